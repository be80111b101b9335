"""The executor as the perception node sees it: one blocking call with a deadline."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence

from action_msgs.msg import GoalStatus
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node

from rt_grasp_ros.action import ExecuteGrasp
from rt_grasp_ros.msg import Grasp as GraspMessage
from rt_grasp_ros.msg import GraspVerdict

from ...grasp.error_code import ErrorCode
from ...grasp.errors import Cancelled, ExecutorUnavailable, MotionTimeout
from ...grasp.verdict import Verdict
from ...motion.pick_outcome import Stage
from ...pipeline.command_outcome import Execution
from ...pipeline.surroundings import OnVerdicts
from ..messages.grasps import verdict_from_message
from ..node.lifecycle import ACTIVE, StateQuestion
from ..node.robot_clock import RobotClock
from ..rclpy_fixes.action_client import ActionClient
from ..rclpy_fixes.goal_call import GoalCall
from ..rclpy_fixes.new_publishers import NewPublishers
from ..rclpy_fixes.service_call import comes_true

_ANSWER_S = 15.0
"""So long an executor that is there has to answer: on a busy machine it is slow, and not away."""

_END_TIMEOUT_S = 3.0
_STATUS = "execute_grasp/_action/status"


class ExecutorClient:
    """Sends grasps to `execute_grasp` and waits; the node's executor must spin meanwhile."""

    def __init__(self, node: Node) -> None:
        """Connect to the action; it need not be there yet."""
        self._node = node
        self._clock = RobotClock(node)
        self._state = StateQuestion(node, "executor_node")
        # Of its own, so that feedback is heard in order.
        group = MutuallyExclusiveCallbackGroup()
        self._client = ActionClient(node, ExecuteGrasp, "execute_grasp", callback_group=group)

    def execute(
        self,
        grasps: list[GraspMessage],
        *,
        wait_s: float,
        timeout_s: float,
        on_verdicts: OnVerdicts,
        on_stage: Callable[[Stage], None],
        is_cancelled: Callable[[], bool],
    ) -> Execution:
        """Let the executor carry out the grasps.

        Args:
            grasps: executable candidates, best first.
            wait_s: how long the executor may take to appear; to accept, 15 s at least.
            timeout_s: how long the motion may take, by the robot's clock.
            on_verdicts: called from within, at the latest at the end, whenever they change.
            on_stage: called from within with each stage of the pick, in order.
            is_cancelled: asked twenty times a second, and before anything is sent; once it says
                yes, the arm is stopped.

        Raises:
            ExecutorUnavailable: it is not there, refuses, or disappears; or it was asked to stop
                and does not say that it has.
            MotionTimeout: it does not end in time; it was asked to stop.
            Cancelled: `is_cancelled` said yes, and the executor has stopped.
        """
        accept_deadline_s = time.monotonic() + wait_s
        self._wait_for_server(wait_s, is_cancelled)
        replacements = NewPublishers(self._node, _STATUS)
        heard = _HeardFeedback(on_verdicts, on_stage, len(grasps))

        def watch() -> None:
            heard.pass_on()
            if replacements.have_appeared():
                raise _started_anew()
            self._require_alive(is_cancelled)

        goal = GoalCall(self._client, ExecuteGrasp.Goal(grasps=grasps), heard.keep_feedback)
        try:
            left_s = max(accept_deadline_s - time.monotonic(), _ANSWER_S)
            if not comes_true(goal.is_answered, left_s, lambda: self._require_alive(is_cancelled)):
                raise ExecutorUnavailable(
                    f"The executor did not accept the grasp within {left_s:.0f} s; check that it "
                    "runs."
                )
            _require_accepted(goal)
            if not comes_true(goal.is_over, timeout_s, watch, self._clock.now_s):
                raise MotionTimeout(
                    f"The executor did not finish within {timeout_s:g} s and was asked to stop; "
                    "look at the arm, then send the command again."
                )
            if goal.response.status == GoalStatus.STATUS_UNKNOWN:
                raise _started_anew()  # said by the new one; the old one may still move the arm
        except Cancelled:
            _see_it_end(goal)
            raise
        except BaseException:  # whatever it is: nobody waits for the arm any more
            goal.cancel()
            raise
        heard.keep(goal.response.result.verdicts)
        heard.pass_on()
        return _execution(goal.response.result)

    def _wait_for_server(self, wait_s: float, is_cancelled: Callable[[], bool]) -> None:
        """Return once the executor is there, and active as far as it says.

        Raises:
            Cancelled: it was asked to stop; nothing was sent.
            ExecutorUnavailable: it does not appear in time.
        """
        is_there = comes_true(
            lambda: is_cancelled() or (self._client.server_is_ready() and self._is_active()),
            timeout_s=wait_s,
        )
        if is_cancelled():
            raise Cancelled
        if not is_there and not self._client.server_is_ready():  # else it says why itself
            raise ExecutorUnavailable(
                f"No executor appeared within {wait_s:g} s; start the executor_node, or send the "
                "command with execute=false."
            )

    def _require_alive(self, is_cancelled: Callable[[], bool]) -> None:
        """Wait no longer for what is not wanted, or for an executor that has gone.

        Raises:
            Cancelled: `is_cancelled` says yes.
            ExecutorUnavailable: the executor has disappeared.
        """
        if is_cancelled():
            raise Cancelled
        if not self._client.server_is_ready():
            raise ExecutorUnavailable(
                "The executor disappeared while it carried out the grasp; look at the arm, then "
                "start the executor_node again."
            )

    def _is_active(self) -> bool:
        return not self._state.is_there() or self._state.newest() == ACTIVE


def _require_accepted(goal: GoalCall) -> None:
    """Raise `ExecutorUnavailable` where a goal was refused."""
    if goal.is_refused():
        raise ExecutorUnavailable(
            "The executor refused the grasp, as it does while it carries out another; send the "
            "command again when the arm stands still."
        )


def _see_it_end(goal: GoalCall) -> None:
    """Cancel a goal, whether or not it is known to be accepted, and see it end.

    Raises:
        ExecutorUnavailable: it does not say that it has ended; the arm may still move.
    """
    goal.cancel()
    if not comes_true(goal.is_over, _END_TIMEOUT_S):
        raise ExecutorUnavailable(
            f"The command was cancelled, but within {_END_TIMEOUT_S:g} s the executor did not say "
            "that the arm stands; look at the arm, and use the robot's own stop."
        )


class _HeardFeedback:
    """Keeps feedback in rclpy's thread, and passes on what is new in the one that waits."""

    def __init__(
        self, on_verdicts: OnVerdicts, on_stage: Callable[[Stage], None], grasp_count: int
    ) -> None:
        self._on_verdicts, self._on_stage = on_verdicts, on_stage
        self._grasp_count = grasp_count
        self._stages: deque[Stage] = deque()
        self._newest: list[Verdict] = []
        self._passed_on: list[Verdict] = []

    def keep_feedback(self, feedback: ExecuteGrasp.Feedback) -> None:
        """Take a stage and its verdicts."""
        self.keep(feedback.verdicts)
        self._stages.append(Stage(feedback.stage))

    def keep(self, messages: Sequence[GraspVerdict]) -> None:
        """Take the newest verdicts; a message without any says nothing new."""
        verdicts = [
            verdict_from_message(message)
            for message in messages
            if message.grasp_index < self._grasp_count
        ]
        self._newest = verdicts or self._newest

    def pass_on(self) -> None:
        """Tell of stages that are new, and of the verdicts where they have changed."""
        while self._stages:
            self._on_stage(self._stages.popleft())
        newest = self._newest
        if newest != self._passed_on:
            self._passed_on = newest
            self._on_verdicts(newest)


def _started_anew() -> ExecutorUnavailable:
    return ExecutorUnavailable(
        "The executor was started anew while it carried out the grasp; look at the arm, then send "
        "the command again."
    )


def _execution(result: ExecuteGrasp.Result) -> Execution:
    return Execution(
        error_code=ErrorCode(result.error_code),
        error_message=result.error_message,
        held=result.held,
        executed=result.executed_index >= 0,
        stages_s={stage.name: stage.duration_s for stage in result.stages},
    )
