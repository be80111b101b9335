"""What is published of a command; markers reach whoever comes late, though RViz drops some."""

import time
from dataclasses import replace

import numpy as np
import pytest
from arm_world import GRASP, eventually
from rclpy.lifecycle import LifecycleNode
from rclpy.node import Node
from visualization_msgs.msg import Marker, MarkerArray
from world import INTRINSICS

from rt_grasp_ros.grasp.error_code import ErrorCode
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


class Kept:
    """A node that keeps what its publishers send."""

    def __init__(self):
        self.sent, self.qos = {}, {}

    def create_lifecycle_publisher(self, kind, name, qos):
        self.sent[name], self.qos[name] = [], qos
        return type("Publisher", (), {"publish": staticmethod(self.sent[name].append)})

    def create_timer(self, period_s, callback, callback_group):
        assert period_s == 1.0


def published(*grasps):
    """Return by topic what is sent of some grasps, best first."""
    node = Kept()
    candidates = [Candidate(grasp, "because") for grasp in grasps]
    outcome = CommandOutcome("grasp it", candidates=candidates)
    GraspPublishers(node).publish(FRAME, outcome, Gripper())
    return node.sent


def test_the_best_grasp_alone_is_published_as_the_grasp():
    best, other = replace(GRASP, opening_m=0.031), replace(GRASP, opening_m=0.062)
    sent = published(best, other)
    (grasp,), (pose,), (markers,), (image,) = (
        sent[name] for name in ("grasp", "grasp_pose", "grasp_markers", "grasp_image")
    )
    assert grasp.opening_m == pytest.approx(0.031)
    assert pose.pose == grasp.pose
    headers = {(one.header.frame_id, one.header.stamp.nanosec) for one in (grasp, pose, image)}
    assert headers == {("camera", 5)}
    assert (image.width, image.height) == (320, 240)
    assert len(markers.markers) > len(published(best)["grasp_markers"][0].markers)


def test_what_may_not_be_executed_is_shown_and_not_published_as_the_grasp():
    refused = replace(GRASP, rejected_code=ErrorCode.NO_PLAN, rejected_reason="No way.")
    sent = published(refused, GRASP)
    assert (sent["grasp"], sent["grasp_pose"]) == ([], [])
    assert len(sent["grasp_markers"]) == len(sent["grasp_image"]) == 1


def test_whoever_comes_late_gets_the_last_of_all_but_the_text_that_grows():
    node = Kept()
    publishers = GraspPublishers(node)
    publishers.publish_text("The mug")
    publishers.publish_text("The mug has a handle")
    assert [text.data for text in node.sent["reasoning"]] == ["The mug", "The mug has a handle"]
    assert node.qos.pop("reasoning") == 10
    assert all(qos is LATCHED for qos in node.qos.values())
