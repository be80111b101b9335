"""Grippers by each interface, against real servers of it."""

import dataclasses
import importlib
import threading

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


@pytest.fixture(scope="module")
def controller(world):
    return world.add(Controller(world))


class Controller(Node):
    """Every kind of gripper controller at once, each under its own name."""

    def __init__(self, world):
        super().__init__("gripper_controller", context=world.context)
        self.heard = []
        group = ReentrantCallbackGroup()
        self.create_subscription(
            JointTrajectory, "hand/joint_trajectory", self.heard.append, 10, callback_group=group
        )
        for kind, name in ((GripperCommand, "gripper"), (ParallelGripperCommand, "parallel")):
            ActionServer(
                self,
                kind,
                f"hand/{name}",
                self._execute,
                callback_group=group,
            )

    def _execute(self, goal):
        self.heard.append(goal.request)
        goal.succeed()
        return goal._action_type.Result(stalled=True)


def sent(world, controller, command_type, name, **changes):
    """Close by an interface and return what the controller heard."""
    controller.heard.clear()
    gripper = dataclasses.replace(
        GRIPPER, command_type=command_type, command_name=f"hand/{name}", **changes
    )
    node = world.add(Node(f"{name}_user", context=world.context))
    send = gripper_sender(node, gripper)
    heard = threading.Event()
    for _ in range(50):  # a topic is heard once it is connected
        send(CLOSE)
        if eventually(lambda: controller.heard, 0.2):
            heard.set()
            break
    assert heard.is_set()
    return controller.heard[0]


def test_a_trajectory_is_a_topic(world, controller):
    message = sent(world, controller, "joint_trajectory", "joint_trajectory")
    assert message.joint_names == list(GRIPPER.joints)
    assert message.points[-1].positions == pytest.approx([0.8])


def test_a_gripper_command_is_the_joint_position_and_the_effort(world, controller):
    goal = sent(world, controller, "gripper_command", "gripper", max_effort=20.0)
    assert goal.command.position == pytest.approx(0.8)
    assert goal.command.max_effort == 20.0


@pytest.mark.parametrize(("max_effort", "effort"), [(30.0, [30.0]), (0.0, [])])
def test_a_parallel_gripper_command_names_the_joints(world, controller, max_effort, effort):
    goal = sent(world, controller, "parallel_gripper_command", "parallel", max_effort=max_effort)
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
