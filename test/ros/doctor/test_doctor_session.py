"""What the command line's doctor takes from the nodes that run."""

import pytest
from rclpy.node import Node
from sensor_msgs.msg import Image

from rt_grasp_ros.ros.doctor.background_node import Place
from rt_grasp_ros.ros.doctor.doctor_session import doctor_session

pytestmark = pytest.mark.ros

COLOUR = "camera/color/image_raw"


def test_it_looks_at_the_camera_that_our_nodes_listen_to(world):
    node = Node("perception_node_listener", context=world.context, namespace="/session")
    node.create_subscription(Image, "realsense/color/image_raw", print, 10)
    world.add(node)
    for camera, topic in (
        ("", "/session/realsense/color/image_raw"),
        ("other", "/session/other/color/image_raw"),
    ):
        with doctor_session(Place(namespace="/session", camera=camera), None, None) as session:
            assert session.node.resolve_topic_name(COLOUR) == topic


def test_without_them_it_looks_at_the_usual_one():
    with doctor_session(Place(namespace="/lonely", camera=""), None, None) as session:
        assert session.node.resolve_topic_name(COLOUR) == "/lonely/camera/color/image_raw"
        assert session.robot.name == "panda"
        assert session.gripper.name == "panda_hand"
