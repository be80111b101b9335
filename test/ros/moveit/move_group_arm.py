"""The move_group backend against servers with the names of the real ones, and its tasks."""

import time

import numpy as np
import pytest
from arm_world import ROBOT, assert_stands_still
from moveit_msgs.srv import GetPlanningScene
from moveit_world import OTHER_OBJECT
from rclpy.node import Node

from rt_grasp_ros.motion.backend import never
from rt_grasp_ros.motion.embedded import MotionSettings
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.pick_plan import PickCandidate
from rt_grasp_ros.motion.planning_scene import PlanningScene
from rt_grasp_ros.motion.sequence import PickSequence
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.moveit.move_group_backend import MoveGroupBackend, MoveItSettings
from rt_grasp_ros.ros.moveit.scene_objects import TARGET
from rt_grasp_ros.ros.rclpy_fixes.service_call import ask
from rt_grasp_ros.ros.robot.robot_topics import RobotTopics

GRIPPER = load_gripper(share_path("config/grippers/panda_hand.yaml"))
HOME = ROBOT.home_rad
TURNED = HOME + np.eye(7)[0] * 1.0
TIMEOUT_S = 3.0
# Where a wait is cancelled, its own deadline is 30 s and the fake hangs for a minute: what ends
# within 10 s, a loaded machine's delays included, was cancelled.
LONG_S, PROMPTLY_S = 30.0, 10.0
# A box of 4 cm to grasp at (0.5, 0), and a neighbour.
CLOUD = np.array([[x, y, z] for x in (0.48, 0.5, 0.52) for y in (0.0, 0.3) for z in (0.02, 0.05)])
SCENE = PlanningScene(CLOUD, CLOUD[:, 1] < 0.1, 0.0, 0.06)


def backend_of_move_group(world):
    """Return the backend of a world with an arm, once move_group answers it."""
    node = world.add(Node("user_of_move_group", context=world.context))
    io = RobotTopics(node, node, ROBOT, GRIPPER)
    settings = MotionSettings(speed=1.0, line_speed=1.0)
    backend = MoveGroupBackend(
        node, ROBOT, GRIPPER, io, settings, MoveItSettings(timeout_s=TIMEOUT_S)
    )
    io.wait_for_state(60.0)
    client = node.create_client(GetPlanningScene, "get_planning_scene")
    ask(client, GetPlanningScene.Request(), 60.0, "move_group is silent")  # replies get lost before
    return backend


def raises(failure, *words):
    return pytest.raises(failure, match=".*".join(words))


def cancelled_after(duration_s):
    start_s = time.monotonic()
    return lambda: time.monotonic() > start_s + duration_s


def moved(T_base_tip, z_m):
    pose = T_base_tip.copy()
    pose[2, 3] += z_m
    return pose


def line(backend, is_cancelled=never):
    return backend.plan_line(HOME, moved(backend.tip_pose(HOME), -0.06), is_cancelled)


def stands_on_the_way(arm):
    assert_stands_still(arm)
    return not np.allclose(arm.arm_rad(), TURNED, atol=0.02)


def has_left(arm):
    return np.abs(arm.arm_rad() - HOME).max() > 0.02


def untouched(move_group):
    return (
        move_group.world == {OTHER_OBJECT}
        and not move_group.attached
        and TARGET not in move_group.matrix.entry_names
    )


def grasp_at(x_m):
    pose = np.array(
        [[0.0, 1.0, 0.0, x_m], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, -1.0, 0.04], [0, 0, 0, 1]]
    )
    return PickCandidate(pose, 0.06)


def pick(backend, *candidates, **options):
    sequence = PickSequence(backend, GRIPPER, **options)
    return sequence.run(candidates or [grasp_at(0.5)], CLOUD)
