"""Sending a gripper where it is to go, by whichever interface its profile names.

Nothing is waited for but the action to be there and to accept: how the fingers come to stand is
seen from the joint states, the same way for all of them (`motion.fingers`).
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.task import Future
from sensor_msgs.msg import JointState
from trajectory_msgs.msg import JointTrajectory

from ...doctor.robot_checks import refusal
from ...grasp.errors import BackendUnavailable, ControllerFailed
from ...motion.gripper import GripperProfile
from ...motion.trajectory import Trajectory
from ..messages.motion_conversions import trajectory_to_message
from ..rclpy_fixes.action_client import ActionClient
from ..rclpy_fixes.service_call import comes_true
from .controller_joints import ControllerJoints

_QUEUE = 10
_WAIT_S = 1.0
_ACCEPT_S = 3.0
_ASK_S = 0.5

Send = Callable[[Trajectory], None]


def gripper_sender(node: Node, gripper: GripperProfile) -> Send:
    """Return what sends the finger joints to the end of a trajectory.

    What it returns raises `BackendUnavailable` where the controller is not there or does not
    answer, and `ControllerFailed` where it refuses, saying why as far as the controller tells.

    Args:
        node: which an executor spins.
        gripper: names type and name of the interface.

    Raises:
        BackendUnavailable: the interface's package is not installed.
    """
    taken = _JointsTaken(node, gripper)
    if gripper.command_type == "joint_trajectory":
        publisher = node.create_publisher(JointTrajectory, gripper.command_name, _QUEUE)

        def publish(trajectory: Trajectory) -> None:
            fitted = taken.of(trajectory)  # a topic never says that it is refused
            publisher.publish(trajectory_to_message(fitted))

        return publish
    name, fill = {
        "gripper_command": ("GripperCommand", _fill_gripper_command),
        "parallel_gripper_command": ("ParallelGripperCommand", _fill_parallel_gripper_command),
    }[gripper.command_type]
    kind = getattr(_control_msgs_actions(gripper), name)
    client = ActionClient(node, kind, gripper.command_name, callback_group=ReentrantCallbackGroup())

    def send(trajectory: Trajectory) -> None:
        if not client.wait_for_server(timeout_sec=_WAIT_S):
            raise BackendUnavailable(
                f"Nobody offers '{gripper.command_name}'; start the gripper's controller, or "
                "mend command_name in its profile."
            )
        fitted = taken.of(trajectory)
        goal = kind.Goal()
        fill(goal, gripper, fitted)
        accepting = client.send_goal_async(goal)
        if not comes_true(accepting.done, _ACCEPT_S):
            accepting.add_done_callback(_cancel_if_accepted)
            raise BackendUnavailable(
                f"'{gripper.command_name}' did not answer within {_ACCEPT_S:g} s; look at the log "
                "of the gripper's controller."
            )
        if not accepting.result().accepted:
            position = ", ".join(f"{value:.4g}" for value in fitted.end)
            raise ControllerFailed(
                f"The gripper's controller refuses to move {', '.join(fitted.names)} to "
                f"{position} by '{gripper.command_name}'; its log says why. It must be active, "
                "and of the joint in commanded_joints."
            )

    return send


class _JointsTaken:
    """Sees to it that a gripper's controller is sent the joints that it takes.

    Those are the profile's `commanded_joints` where it does not tell, and else what it tells: a
    profile of two fingers drives a controller of one that the other mimics, and one of both.
    """

    def __init__(self, node: Node, gripper: GripperProfile) -> None:
        self._gripper = gripper
        self._question = ControllerJoints(node, gripper.command_name)
        self._names: tuple[str, ...] = ()

    def of(self, trajectory: Trajectory) -> Trajectory:
        """Return a motion of the fingers as their controller takes it; it is asked once.

        Raises:
            ControllerFailed: it takes joints that the profile does not know.
        """
        if not self._names:
            takes = self._question.ask(_ASK_S)
            problem = refusal(takes, self._gripper)
            if problem is not None:
                raise ControllerFailed(problem)
            self._names = tuple(name for name in self._gripper.joints if name in takes)
        names = self._names or trajectory.names
        return trajectory if names == trajectory.names else self._gripper.along(trajectory, names)


def _cancel_if_accepted(accepting: Future) -> None:
    """Cancel a goal that nobody waited for any more."""
    handle = accepting.result()
    if handle is not None and handle.accepted:
        handle.cancel_goal_async()


def _control_msgs_actions(gripper: GripperProfile) -> Any:
    """Import control_msgs, which belongs to the ROS distribution."""
    try:
        return importlib.import_module("control_msgs.action")
    except ImportError as error:
        distro = os.environ.get("ROS_DISTRO", "jazzy")
        raise BackendUnavailable(
            f"The gripper '{gripper.name}' needs control_msgs for its {gripper.command_type}, "
            f"which is not installed; run `apt install ros-{distro}-control-msgs`."
        ) from error


def _fill_gripper_command(goal: Any, gripper: GripperProfile, trajectory: Trajectory) -> None:
    goal.command.position = float(trajectory.end[0])
    goal.command.max_effort = gripper.max_effort


def _fill_parallel_gripper_command(
    goal: Any, gripper: GripperProfile, trajectory: Trajectory
) -> None:
    effort = [gripper.max_effort] * len(trajectory.names) if gripper.max_effort > 0.0 else []
    goal.command = JointState(
        name=list(trajectory.names), position=trajectory.end.tolist(), effort=effort
    )
