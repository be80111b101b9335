"""A controller tells which joints it takes; others tell nothing."""

import time

import pytest
from arm_world import eventually
from controllers import GripperController, TrajectoryController
from rclpy.node import Node

from rt_grasp_ros.ros.robot.controller_joints import ControllerJoints

pytestmark = [pytest.mark.ros, pytest.mark.moveit]


def told(world, name, command):
    user = world.add(Node(f"user_of_{name}", context=world.context))
    question = ControllerJoints(user, f"{name}/{command}")
    assert eventually(question.is_there)
    return question.ask(30.0)


def test_a_trajectory_controller_tells_its_joints(world):
    world.add(TrajectoryController(world, "telling_controller", ["b", "a"]))
    assert told(world, "telling_controller", "joint_trajectory") == ("b", "a")


def test_a_controller_is_asked_where_its_topic_is_remapped_to(world):
    world.add(TrajectoryController(world, "real_controller", ["a"]))
    remap = "our_controller/joint_trajectory:=real_controller/joint_trajectory"
    arguments = ["--ros-args", "-r", remap]
    user = world.add(Node("remapped_user", context=world.context, cli_args=arguments))
    question = ControllerJoints(user, "our_controller/joint_trajectory")
    assert eventually(question.is_there)
    assert question.ask(30.0) == ("a",)


def test_a_gripper_controller_tells_its_joint(world):
    world.add(GripperController(world, "telling_hand", "gripper_command", "finger"))
    assert told(world, "telling_hand", "gripper_cmd") == ("finger",)


def test_a_node_without_such_parameters_tells_nothing(world):
    world.add(TrajectoryController(world, "silent_controller", ["a"], tells=False))
    assert told(world, "silent_controller", "joint_trajectory") == ()


@pytest.mark.parametrize(
    ("number", "parameters", "expected"),
    [
        (1, {"state_interfaces": ["position", "velocity"]}, True),
        (2, {"state_interfaces": ["position"]}, False),
        (3, {"state_interfaces": ["position"], "interpolate_from_desired_state": True}, True),
        (4, {"state_interfaces": ["position"], "open_loop_control": True}, True),
        (5, {"state_interfaces": ["position"], "interpolate_from_desired_state": False}, False),
        (6, {}, None),
    ],
)
def test_a_trajectory_controller_tells_whether_it_knows_velocities(
    world, number, parameters, expected
):
    name = f"controller_{number}"
    world.add(TrajectoryController(world, name, ["a"], **parameters))
    user = world.add(Node(f"user_{number}", context=world.context))
    question = ControllerJoints(user, f"{name}/joint_trajectory")
    assert eventually(question.is_there)
    assert question.knows_velocities(30.0) is expected


def test_where_nobody_is_nothing_is_waited_for(world):
    user = world.add(Node("user_of_nobody", context=world.context))
    start_s = time.monotonic()
    assert ControllerJoints(user, "nowhere/gripper_cmd").ask(30.0) == ()
    assert time.monotonic() - start_s < 20.0
