"""Grippers by each interface, against real servers of it."""

import dataclasses
import importlib
from contextlib import suppress

import numpy as np
import pytest
from arm_world import eventually
from control_msgs.action import GripperCommand, ParallelGripperCommand
from rclpy.action import ActionServer
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from trajectory_msgs.msg import JointTrajectory

from rt_grasp_ros.grasp.errors import BackendUnavailable
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.gripper_commands import gripper_sender

pytestmark = [pytest.mark.ros, pytest.mark.moveit]

GRIPPER = load_gripper(share_path("config/grippers/robotiq_2f_85.yaml"))
CLOSE = GRIPPER.trajectory(GRIPPER.max_opening_m, 0.0)


ACTIONS = {
    "gripper_command": GripperCommand,
    "parallel_gripper_command": ParallelGripperCommand,
}


class Controller(Node):
    """A gripper controller of one kind, under a name of its own."""

    def __init__(self, world, command_type, name):
        super().__init__(f"{name}_controller", context=world.context)
        self.heard = []
        group = ReentrantCallbackGroup()
        if command_type == "joint_trajectory":
            self.create_subscription(
                JointTrajectory, f"hand/{name}", self.heard.append, 10, callback_group=group
            )
            return
        self._kind = ACTIONS[command_type]
        self._server = ActionServer(
            self, self._kind, f"hand/{name}", self._execute, callback_group=group
        )

    def _execute(self, goal):
        self.heard.append(goal.request)
        goal.succeed()
        return self._kind.Result(stalled=True)

    def destroy_node(self):
        if hasattr(self, "_server"):
            self._server.destroy()
        super().destroy_node()


def sent(world, command_type, name, **changes):
    """Close by an interface and return what the controller heard."""
    controller = world.add(Controller(world, command_type, name))
    gripper = dataclasses.replace(
        GRIPPER, command_type=command_type, command_name=f"hand/{name}", **changes
    )
    node = world.add(Node(f"{name}_user", context=world.context))
    send = gripper_sender(node, gripper)

    def is_heard():  # a topic is heard once it is connected
        with suppress(BackendUnavailable):
            send(CLOSE)
        return eventually(lambda: controller.heard, 1.0)

    assert eventually(is_heard)
    return controller.heard[0]


def test_a_trajectory_is_a_topic(world):
    message = sent(world, "joint_trajectory", "joint_trajectory")
    assert message.joint_names == list(GRIPPER.joints)
    assert message.points[-1].positions == pytest.approx([0.8])


def test_a_gripper_command_is_the_joint_position_and_the_effort(world):
    goal = sent(world, "gripper_command", "gripper", max_effort=20.0)
    assert goal.command.position == pytest.approx(0.8)
    assert goal.command.max_effort == 20.0


@pytest.mark.parametrize(("max_effort", "effort"), [(30.0, [30.0]), (0.0, [])])
def test_a_parallel_gripper_command_names_the_joints(world, max_effort, effort):
    goal = sent(world, "parallel_gripper_command", f"parallel_{len(effort)}", max_effort=max_effort)
    assert list(goal.command.name) == list(GRIPPER.joints)
    assert np.allclose(goal.command.position, [0.8])
    assert list(goal.command.effort) == effort


def test_a_controller_that_is_not_there_is_named(world):
    node = world.add(Node("lonely_user", context=world.context))
    gripper = dataclasses.replace(GRIPPER, command_name="nowhere/gripper_cmd")
    with pytest.raises(BackendUnavailable, match="nowhere/gripper_cmd"):
        gripper_sender(node, gripper)(CLOSE)


def test_missing_control_msgs_say_how_to_install_them(world, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    monkeypatch.setenv("ROS_DISTRO", "jazzy")
    node = world.add(Node("bare_user", context=world.context))
    with pytest.raises(BackendUnavailable, match="apt install ros-jazzy-control-msgs"):
        gripper_sender(node, GRIPPER)
