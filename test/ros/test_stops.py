"""Stops over topics, by what the arm's controller commands 250 times a second.

Bounds are wide: messages between threads of a loaded process are some cycles late, each of which
costs. What they are without that: test/motion/test_braking.py. Before, it was 26 to 38 times.
"""

import time

import numpy as np
import pytest
from arm_world import ROBOT, FakeArm, eventually
from rclpy.node import Node
from world import World

from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.timing import time_path
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.robot.robot_topics import RobotTopics

pytestmark = pytest.mark.ros

GRIPPER = load_gripper(share_path("config/grippers/panda_hand.yaml"))
HOME = ROBOT.home_rad
TURNED = HOME + np.eye(7)[0] * 2.0
WAY = time_path(ROBOT, np.linspace(HOME, TURNED, 8), 0.35)


@pytest.fixture(params=[True, False], ids=["velocities", "no velocities"])
def arm_and_topics(request):
    world = World()
    arm = world.add(FakeArm(world, sends_velocities=request.param))
    node = world.add(Node("user", context=world.context))
    topics = RobotTopics(node, node, ROBOT, GRIPPER)
    world.start()
    topics.wait_for_state(30.0)
    assert eventually(lambda: topics._arm.get_subscription_count() > 0)
    yield arm, topics
    world.stop()


def send_halfway(arm, topics):
    topics.send_arm(WAY)
    assert eventually(lambda: arm.arm_rad()[0] - HOME[0] > 0.6)


def most(arm):
    return 2.0 if arm.sends_velocities else 5.0


def stands(arm):
    """Whether the arm that was told to hold does, within 0.5 s by its controller's time."""
    assert eventually(lambda: arm.holds and arm.is_at_rest())
    assert arm.stood_within_s() < 0.5


def test_a_stop_is_even(arm_and_topics):
    arm, topics = arm_and_topics
    send_halfway(arm, topics)
    told_s = time.monotonic()
    topics.hold()
    assert eventually(topics.has_come_to_rest)
    stands(arm)
    arm.assert_braked_evenly(told_s, most(arm))
    assert arm.holds == 1


def test_a_stop_of_an_arm_that_is_not_seen_any_more_goes_on_its_way(arm_and_topics):
    """The joint_state_broadcaster died: the arm once went back by all that was not seen."""
    arm, topics = arm_and_topics
    send_halfway(arm, topics)
    arm.is_silent = True
    time.sleep(0.4)
    told_s = time.monotonic()
    topics.hold()
    stands(arm)
    arm.assert_braked_evenly(told_s, most(arm))
