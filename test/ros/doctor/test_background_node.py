"""The command line's node stands where it is told to, and ends after what it has begun."""

import threading
import time

import pytest
from std_msgs.msg import String

from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.ros.camera.camera_subscriptions import CAMERA_TOPICS
from rt_grasp_ros.ros.doctor.background_node import Place, background_node

pytestmark = [pytest.mark.ros]


def test_topics_are_those_of_the_named_camera_in_the_namespace():
    place = Place(namespace="robot1", camera="camera/camera", use_sim_time=True)
    with background_node("user", place) as node:
        topics = [node.resolve_topic_name(topic) for topic in CAMERA_TOPICS]
        assert node.get_parameter("use_sim_time").value is True
        assert node.resolve_topic_name("/tf") == "/tf"
    assert topics == [
        "/robot1/camera/camera/color/image_raw",
        "/robot1/camera/camera/aligned_depth_to_color/image_raw",
        "/robot1/camera/camera/color/camera_info",
    ]


def test_frames_are_those_of_the_namespace_where_it_keeps_its_own():
    with background_node("user", Place(namespace="robot1", private_tf=True)) as node:
        topics = [node.resolve_topic_name(topic) for topic in ("/tf", "/tf_static")]
    assert topics == ["/robot1/tf", "/robot1/tf_static"]


@pytest.mark.parametrize("place", [Place(namespace="a b"), Place(camera="a b")])
def test_names_that_ros_does_not_take_are_refused(place):
    with pytest.raises(RequestInvalid, match="ROS refuses"), background_node("user", place):
        pass


def test_what_is_under_way_ends_before_the_node_does():
    begun, ended = threading.Event(), threading.Event()
    with background_node("user", Place()) as node:
        said = node.create_publisher(String, "said", 10)

        def say():
            begun.set()
            time.sleep(0.5)
            said.publish(String(data="done"))
            ended.set()

        timer = node.create_timer(0.01, lambda: (timer.cancel(), say()))
        assert begun.wait(30.0)
    assert ended.is_set()
