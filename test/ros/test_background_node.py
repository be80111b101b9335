"""The command line's node stands where it is told to, and waits no longer than it is told to."""

import threading
import time

import pytest
from rclpy.node import Node
from std_msgs.msg import String
from std_srvs.srv import Trigger

from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.ros.background_node import Place, background_node, reply_within
from rt_grasp_ros.ros.camera_subscriptions import CAMERA_TOPICS

pytestmark = [pytest.mark.ros]


class Answering(Node):
    """Offers `ask`."""

    def __init__(self, world):
        super().__init__("answering", context=world.context)
        self.create_service(Trigger, "ask", self._answer)

    def _answer(self, request, response):
        response.message = "here"
        return response


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


def test_a_reply_comes_or_the_wait_ends(world):
    world.add(Answering(world))
    with background_node("user", Place()) as node:
        reply = reply_within(node.create_client(Trigger, "ask"), Trigger.Request(), 20.0)
        assert reply.message == "here"
        start_s = time.monotonic()
        assert reply_within(node.create_client(Trigger, "nobody"), Trigger.Request(), 0.2) is None
        assert time.monotonic() - start_s < 10.0


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
