"""Markers reach whoever comes late, though RViz drops them until it knows their frame."""

import time

import numpy as np
import pytest
from arm_world import GRASP, eventually
from rclpy.lifecycle import LifecycleNode
from rclpy.node import Node
from visualization_msgs.msg import Marker, MarkerArray
from world import INTRINSICS

from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.pipeline.command_outcome import Candidate, CommandOutcome
from rt_grasp_ros.ros.node.qos import LATCHED
from rt_grasp_ros.ros.perception.grasp_publishers import GraspPublishers

pytestmark = pytest.mark.ros

FRAME = RgbdFrame(
    np.zeros((240, 320, 3), np.uint8), np.ones((240, 320), np.float32), INTRINSICS, "camera", 5
)


@pytest.fixture
def publishers(world):
    node = world.add(LifecycleNode("shower", context=world.context, namespace="/shown_late"))
    made = GraspPublishers(node)
    node.trigger_configure()
    node.trigger_activate()
    yield made
    world.remove(node)


def listener(world, name):
    """Return a subscription as RViz makes it, with what it has heard."""
    node = world.add(Node(name, context=world.context, namespace="/shown_late"))
    heard = []
    node.create_subscription(MarkerArray, "grasp_markers", heard.append, LATCHED)
    return heard


def show(publishers):
    outcome = CommandOutcome("grasp it", candidates=[Candidate(GRASP, "because")])
    publishers.publish(FRAME, outcome, Gripper())


def test_who_comes_late_gets_the_markers_again_and_not_for_ever(world, publishers):
    show(publishers)
    heard = listener(world, "rviz")
    assert eventually(lambda: len(heard) == 4, 20.0)  # the latched one and three more
    assert {len(message.markers) for message in heard} == {2}
    assert heard[-1].markers[0].action == Marker.DELETEALL  # sent twice, drawn once
    time.sleep(2.5)
    assert len(heard) == 4


def test_where_nothing_was_found_yet_nothing_is_sent_again(world, publishers):
    heard = listener(world, "early_rviz")
    time.sleep(2.5)
    assert heard == []
    show(publishers)
    assert eventually(lambda: heard, 20.0)
