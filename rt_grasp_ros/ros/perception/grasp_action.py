"""The action `grasp`: commands whose stages and reasoning are told, and which can be cancelled."""

from __future__ import annotations

import time

from rclpy.action import ActionServer, CancelResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile

from rt_grasp_ros.action import GraspByCommand

from ...grasp.error_code import ErrorCode
from ...pipeline.caller import Caller
from ...pipeline.command_stage import CommandStage
from ..messages.stamps import duration_from_seconds
from .command_messages import action_result, request_of
from .command_runner import CommandRunner

_FEEDBACK = QoSProfile(depth=100)  # a stage is not to be lost to words that come fast


class GraspAction:
    """Hands goals to the runner, like `GraspCommandService` does with requests.

    Every goal is accepted: one that is turned away is aborted with its code, such as `BUSY` or
    `NOT_ACTIVE`, which a rejection could not say.
    """

    def __init__(self, node: Node, runner: CommandRunner) -> None:
        """Create the action on the node; it lives as long."""
        self._runner = runner
        self._server = ActionServer(
            node,
            GraspByCommand,
            "grasp",
            self._execute,
            cancel_callback=lambda goal: CancelResponse.ACCEPT,
            # A goal has begun before it can be cancelled; it is carried out outside of the group.
            callback_group=MutuallyExclusiveCallbackGroup(),
            feedback_pub_qos_profile=_FEEDBACK,
        )

    def destroy(self) -> None:
        """Take the action off the node, which is spun no more."""
        self._server.destroy()

    def _execute(self, goal: ServerGoalHandle) -> GraspByCommand.Result:
        progress = _Progress(goal)
        caller = Caller(
            on_stage=progress.hear_stage,
            on_text=progress.hear_text,
            has_cancelled=lambda: goal.is_cancel_requested,
        )
        outcome = self._runner.run(request_of(goal.request), caller)
        if outcome.error_code is ErrorCode.OK:
            goal.succeed()
        elif outcome.error_code is ErrorCode.CANCELLED and goal.is_cancel_requested:
            goal.canceled()
        else:
            goal.abort()
        return action_result(outcome)


class _Progress:
    """Tells the client of one goal how far it is; heard in the goal's thread alone."""

    def __init__(self, goal: ServerGoalHandle) -> None:
        self._goal = goal
        self._start_s = time.monotonic()
        self._stage = CommandStage.FRAME
        self._reasoning = ""

    def hear_stage(self, stage: CommandStage) -> None:
        self._stage = stage
        self._tell()

    def hear_text(self, text: str) -> None:
        self._reasoning = text
        self._tell()

    def _tell(self) -> None:
        self._goal.publish_feedback(
            GraspByCommand.Feedback(
                stage=int(self._stage),
                reasoning=self._reasoning,
                elapsed=duration_from_seconds(time.monotonic() - self._start_s),
            )
        )
