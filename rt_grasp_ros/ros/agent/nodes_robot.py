"""Perception and executor as an agent's tools see them: goals, a stop, and what nodes report."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.context import Context
from std_srvs.srv import Trigger

from rt_grasp_ros.action import ExecuteGrasp, GraspByCommand
from rt_grasp_ros.msg import Grasp as GraspMessage

from ...agent.results import Check, CommandResult, Failure, GraspFound, RobotState, StopResult
from ...agent.robot import AgentCommand
from ...closing import Closing
from ...grasp.error_code import ErrorCode
from ...grasp.errors import NotActive, RtGraspError
from ..rclpy_fixes.action_client import ActionClient
from ..rclpy_fixes.goal_call import GoalCall
from ..rclpy_fixes.service_call import STOP_AGAIN_S, ask, comes_true
from ..rclpy_fixes.spinner import Spinner

_STOP_TIMEOUT_S = 10.0
_APPEAR_TIMEOUT_S = 10.0
_END_TIMEOUT_S = 5.0
_STALE_S = 5.0
_LEVELS = ("ok", "warning", "error", "stale")


class NodesRobot(Closing):
    """An `AgentRobot` in the ROS graph; spins in the background until it is closed."""

    def __init__(self, namespace: str = "") -> None:
        """Create a node in a context of its own.

        Args:
            namespace: of the robot's nodes; empty where they have none.
        """
        self._context = Context()
        rclpy.init(context=self._context)
        self._node = rclpy.create_node(
            "rt_grasp_agent", namespace=namespace or None, context=self._context
        )
        self._commands = ActionClient(self._node, GraspByCommand, "grasp")
        self._executor = ActionClient(self._node, ExecuteGrasp, "execute_grasp")
        self._stop = self._node.create_client(Trigger, "stop")
        self._cancel = self._node.create_client(Trigger, "cancel_command")
        self._node.create_subscription(DiagnosticArray, "/diagnostics", self._hear, 10)
        self._lock = threading.Lock()
        self._checks: dict[str, tuple[float, Check]] = {}
        self._running: _Running | None = None
        self._last: CommandResult | None = None
        self._spinner = Spinner(self._context)
        self._spinner.add(self._node)
        self._spinner.start()

    def begin(self, command: AgentCommand) -> _Running:
        """See `AgentRobot`.

        Raises:
            NotActive: no perception node appears.
        """
        if not comes_true(self._commands.server_is_ready, timeout_s=_APPEAR_TIMEOUT_S):
            raise NotActive(
                "No perception node takes commands; start it, and give its namespace where it has "
                "one ('rt-grasp mcp --namespace NAME')."
            )
        goal = GraspByCommand.Goal(
            command=command.text,
            dialogue_id=command.dialogue_id,
            max_candidates=command.max_candidates,
            execute=command.execute,
        )
        running = _Running(GoalCall(self._commands, goal), self._keep)
        with self._lock:
            self._running = running
        return running

    def stop(self) -> StopResult:
        """See `AgentRobot`."""
        with self._lock:
            running = self._running
        if running is not None:
            running.cancel()
        if self._cancel.service_is_ready():
            self._cancel.call_async(Trigger.Request())
        try:
            reply = ask(
                self._stop,
                Trigger.Request(),
                _STOP_TIMEOUT_S,
                "The executor did not stop the arm",
                again_s=STOP_AGAIN_S,
            )
        except RtGraspError as error:
            return StopResult(False, f"{error.message} Use the robot's own stop.")
        return StopResult(reply.success, reply.message)

    def state(self) -> RobotState:
        """See `AgentRobot`."""
        now_s = time.monotonic()
        with self._lock:
            running, last = self._running, self._last
            heard = sorted(self._checks.values(), key=lambda entry: entry[1].name)
        checks = tuple(
            check
            if now_s - at_s < _STALE_S
            else Check(check.name, "stale", f"Not heard for {now_s - at_s:.0f} s.")
            for at_s, check in heard
        )
        return RobotState(
            takes_commands=self._commands.server_is_ready(),
            has_executor=self._executor.server_is_ready(),
            is_busy=running is not None and not running.is_over(),
            checks=checks,
            last=last,
        )

    def close(self) -> None:
        """End a command under way, and leave the ROS graph."""
        running = self._running
        if running is not None and not running.is_over():
            running.cancel()
            comes_true(running.is_over, timeout_s=_END_TIMEOUT_S)
        self._spinner.stop(_STOP_TIMEOUT_S)
        self._commands.destroy()
        self._executor.destroy()
        self._node.destroy_node()
        self._context.try_shutdown()

    def _keep(self, result: CommandResult) -> None:
        with self._lock:
            self._last = result

    def _hear(self, message: DiagnosticArray) -> None:
        now_s = time.monotonic()
        with self._lock:
            for status in message.status:
                level = status.level if isinstance(status.level, int) else status.level[0]
                self._checks[status.name] = (
                    now_s,
                    Check(status.name, _LEVELS[min(level, 3)], status.message),
                )


class _Running:
    """A goal under way."""

    def __init__(self, goal: GoalCall, keep: Callable[[CommandResult], None]) -> None:
        self._goal, self._keep = goal, keep
        self._begun_s = time.monotonic()

    def is_over(self) -> bool:
        return self._goal.is_over()

    def cancel(self) -> None:
        self._goal.cancel()

    def result(self) -> CommandResult:
        try:
            message = self._goal.result(_END_TIMEOUT_S, "No result of the command came")
        except RtGraspError as error:
            result = CommandResult(Failure.from_error(error))
        else:
            result = result_from(message, time.monotonic() - self._begun_s)
        self._keep(result)
        return result


def result_from(message: GraspByCommand.Result, seconds: float) -> CommandResult:
    """Return a goal's result as the tools tell it.

    Args:
        message: of the action.
        seconds: that the command took.
    """
    return CommandResult(
        failure=Failure.of(ErrorCode(message.error_code), message.error_message),
        reasoning=message.reasoning,
        grasps=tuple(_grasp_from(grasp) for grasp in message.grasps),
        dialogue_id=message.dialogue_id,
        moved=message.executed,
        held=message.held if message.executed else None,
        seconds=round(seconds, 3),
    )


def _grasp_from(message: GraspMessage) -> GraspFound:
    place: Any = message.pose.position
    x_m, y_m, z_m, opening_m = (
        _finite(number) for number in (place.x, place.y, place.z, message.opening_m)
    )
    return GraspFound(
        x_px=message.rectangle.x_px,
        y_px=message.rectangle.y_px,
        x_m=x_m,
        y_m=y_m,
        z_m=z_m,
        opening_m=opening_m,
        score=message.score,
        reasoning=message.reasoning,
        rejected=Failure.of(ErrorCode(message.rejected_code), message.rejected_reason),
    )


def _finite(number: float) -> float | None:
    """Return a number; None for NaN, which JSON does not have."""
    return number if math.isfinite(number) else None
