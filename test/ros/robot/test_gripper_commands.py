"""Grippers by each interface, against real servers of it."""

import dataclasses
import importlib
from contextlib import suppress

import numpy as np
import pytest
from arm_world import eventually
from control_msgs.action import GripperCommand, ParallelGripperCommand
from controllers import GripperController, TrajectoryController
from rclpy.action import ActionServer
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from trajectory_msgs.msg import JointTrajectory

from rt_grasp_ros.grasp.errors import BackendUnavailable, ControllerFailed
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.robot.gripper_commands import gripper_sender

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


HAND = load_gripper(share_path("config/grippers/panda_hand.yaml"))
FIRST, SECOND = "panda_finger_joint1", "panda_finger_joint2"


def hand_sender(world, controller, **changes):
    """Return what drives the Panda's hand behind a controller, which is there."""
    name = controller.get_name()
    gripper = dataclasses.replace(HAND, **changes).driven_by(name)
    user = world.add(Node(f"user_of_{name}", context=world.context))
    assert eventually(
        lambda: (
            user.count_services(f"/{name}/get_parameters") == 1
            and (
                user.count_subscribers(f"/{name}/joint_trajectory")
                or user.count_services(f"/{name}/gripper_cmd/_action/send_goal")
            )
        ),
    )
    return gripper, gripper_sender(user, gripper)


def sends(send, gripper):
    """Send until what is sent is heard; topics lose what comes before they are connected."""

    def send_once():
        with suppress(BackendUnavailable):
            send(gripper.trajectory(0.08, 0.0))
        return False

    return send_once


def refused_by(world, controller, **changes):
    gripper, send = hand_sender(world, controller, **changes)
    with pytest.raises(ControllerFailed) as refused:
        eventually(sends(send, gripper))
    return str(refused.value)


def test_the_shipped_hand_drives_a_trajectory_controller_of_the_first_finger(world):
    controller = world.add(TrajectoryController(world, "jtc_of_one", [FIRST]))
    gripper, send = hand_sender(world, controller)

    def is_taken():
        send(gripper.trajectory(0.08, 0.0))
        return eventually(lambda: controller.accepted, 0.5)

    assert eventually(is_taken)
    assert controller.accepted[0].joint_names == [FIRST]


@pytest.mark.parametrize("command_type", ACTIONS)
def test_the_shipped_action_profile_drives_the_vendors_controllers(world, command_type):
    name = f"hand_by_{command_type}"
    controller = world.add(GripperController(world, name, command_type, FIRST))
    action = load_gripper(share_path("config/grippers/panda_hand_action.yaml"))
    gripper = dataclasses.replace(action, command_type=command_type).driven_by(name)
    send = gripper_sender(world.add(Node(f"{name}_user", context=world.context)), gripper)

    def is_taken():
        with suppress(BackendUnavailable):
            send(gripper.trajectory(0.08, 0.02))
        return eventually(lambda: controller.accepted, 0.5)

    assert eventually(is_taken)
    command = controller.accepted[0].command
    assert np.ravel(command.position) == pytest.approx([0.01])  # of one finger, half of the opening


@pytest.mark.parametrize("takes", [(FIRST,), (SECOND,), (FIRST, SECOND), (SECOND, FIRST)])
@pytest.mark.parametrize("commanded", [(FIRST,), (FIRST, SECOND)])
def test_a_controller_that_tells_its_joints_is_sent_those(world, takes, commanded):
    name = f"jtc_{len(commanded)}_{''.join(joint[-1] for joint in takes)}"
    controller = world.add(TrajectoryController(world, name, takes))
    gripper, send = hand_sender(world, controller, commanded_joints=commanded)

    def is_taken():
        send(gripper.trajectory(0.08, 0.02))
        return eventually(lambda: controller.accepted, 0.5)

    assert eventually(is_taken)
    message = controller.accepted[0]
    assert set(message.joint_names) == set(takes)
    assert list(message.points[-1].positions) == pytest.approx([0.01] * len(takes))
    assert list(message.points[0].positions) == pytest.approx([0.04] * len(takes))


def test_a_controller_of_joints_that_nobody_named_is_told_as_what_it_is(world):
    three = (FIRST, SECOND, "panda_thumb_joint")
    controller = world.add(TrajectoryController(world, "jtc_that_refuses", three))
    said = refused_by(world, controller)
    assert "expects 3 joints (panda_finger_joint1, panda_finger_joint2, panda_thumb_joint)" in said
    assert "and got 1 joint (panda_finger_joint1)" in said
    assert controller.accepted == []


def test_a_controller_of_another_joint_is_told_as_what_it_is(world):
    controller = world.add(
        GripperController(world, "other_hand", "parallel_gripper_command", "thumb")
    )
    said = refused_by(
        world,
        controller,
        command_type="parallel_gripper_command",
        command_name="a/gripper_cmd",
    )
    assert "expects 1 joint (thumb), and got 1 joint (panda_finger_joint1)" in said


def test_a_refused_goal_is_not_fingers_that_are_stuck(world):
    controller = world.add(
        GripperController(
            world, "inactive_hand", "gripper_command", FIRST, tells=False, accepts=False
        )
    )
    said = refused_by(
        world, controller, command_type="gripper_command", command_name="a/gripper_cmd"
    )
    assert "refuses to move panda_finger_joint1 to 0 by 'inactive_hand/gripper_cmd'" in said
    assert "free its fingers" not in said
