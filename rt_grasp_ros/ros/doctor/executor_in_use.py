"""What the running executor was started with."""

from __future__ import annotations

from dataclasses import dataclass

from rcl_interfaces.srv import GetParameters
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.parameter import parameter_value_to_python

from ..executor.executor_parameters import ExecutorParameters
from ..rclpy_fixes.service_call import NotReady, ask

_NAMES = ("robot", "gripper", "backend", "table_z_m", "gripper_controller")


@dataclass(frozen=True, slots=True)
class ExecutorInUse:
    """Some of `ExecutorParameters`; its defaults where no executor answers.

    Attributes:
        robot: profile of the arm.
        gripper: profile of the gripper.
        backend: what plans and moves.
        table_z_m: height of the table in the base frame.
        gripper_controller: in place of the one in the gripper's profile; empty for that one.
    """

    robot: str = ExecutorParameters.robot
    gripper: str = ExecutorParameters.gripper
    backend: str = ExecutorParameters.backend
    table_z_m: float = ExecutorParameters.table_z_m
    gripper_controller: str = ExecutorParameters.gripper_controller


class ExecutorQuestion:
    """Asks `executor_node` for its parameters; the node's executor must spin meanwhile."""

    def __init__(self, node: Node) -> None:
        """Connect; the executor need not be there."""
        self._client = node.create_client(
            GetParameters,
            "executor_node/get_parameters",
            callback_group=ReentrantCallbackGroup(),
        )

    def ask(self, timeout_s: float) -> ExecutorInUse:
        """Return what it says, or the defaults where it does not answer in time."""
        request = GetParameters.Request(names=list(_NAMES))
        try:
            reply = ask(self._client, request, timeout_s, "No parameters came")
        except NotReady:
            return ExecutorInUse()
        if len(reply.values) != len(_NAMES):
            return ExecutorInUse()
        return ExecutorInUse(*map(parameter_value_to_python, reply.values))
