"""Sending a gripper where it is to go, by whichever interface its profile names.

Nothing is waited for but the action itself to be there: how the fingers come to stand is seen
from the joint states, the same way for all of them (`motion.fingers`).
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

from ..grasp.errors import BackendUnavailable
from ..motion.gripper import GripperProfile
from ..motion.trajectory import Trajectory
from .action_client import ActionClient
from .motion_conversions import trajectory_to_message

_QUEUE = 10
_WAIT_S = 1.0

Send = Callable[[Trajectory], None]


def gripper_sender(node: Node, gripper: GripperProfile) -> Send:
    """Return what sends the finger joints to the end of a trajectory.

    Args:
        node: which an executor spins.
        gripper: names type and name of the interface.

    Raises:
        BackendUnavailable: the interface's package is not installed.
    """
    if gripper.command_type == "joint_trajectory":
        publisher = node.create_publisher(JointTrajectory, gripper.command_name, _QUEUE)
        return lambda trajectory: publisher.publish(trajectory_to_message(trajectory))
    name, fill = {
        "gripper_command": ("GripperCommand", _fill_gripper_command),
        "parallel_gripper_command": ("ParallelGripperCommand", _fill_parallel_gripper_command),
    }[gripper.command_type]
    kind = getattr(_control_msgs_actions(gripper), name)
    client = ActionClient(node, kind, gripper.command_name, callback_group=ReentrantCallbackGroup())

    def report(accepting: Future) -> None:
        if not accepting.result().accepted:
            node.get_logger().error(f"'{gripper.command_name}' refused to move the gripper")

    def send(trajectory: Trajectory) -> None:
        if not client.wait_for_server(timeout_sec=_WAIT_S):
            raise BackendUnavailable(
                f"Nobody offers '{gripper.command_name}'; start the gripper's controller, or "
                "mend command_name in its profile."
            )
        goal = kind.Goal()
        fill(goal, gripper, trajectory)
        client.send_goal_async(goal).add_done_callback(report)

    return send


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
