"""What the executor tells of its check of the candidates: messages, and a line each in the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rclpy.impl.rcutils_logger import RcutilsLogger

from rt_grasp_ros.msg import GraspVerdict

from ...grasp.verdict import Verdict
from ..messages.grasps import verdict_to_message


class VerdictReport:
    """The newest verdicts of one goal, as its grasps are counted.

    Attributes:
        indices: where each candidate of the pick sequence stood in the goal.
        messages: best first, rejected ones last; empty before the check.
    """

    def __init__(self, indices: Sequence[int], logger: RcutilsLogger) -> None:
        """Start without verdicts.

        Args:
            indices: where each candidate of the pick sequence stood in the goal.
            logger: of the executor.
        """
        self.indices = indices
        self.messages: list[GraspVerdict] = []
        self._logger = logger

    def hear(self, verdicts: Sequence[Verdict]) -> None:
        """Take verdicts in place of the ones before, and log what is new about them."""
        known = {
            (message.grasp_index, message.is_twin, message.rejected_code)
            for message in self.messages
        }
        self.messages = [
            verdict_to_message(replace(verdict, grasp_index=self.indices[verdict.grasp_index]))
            for verdict in verdicts
        ]
        accepted = dict.fromkeys(
            self.indices[verdict.grasp_index] for verdict in verdicts if not verdict.is_rejected
        )
        numbers = ", ".join(map(str, accepted)) or "none"
        self._logger.info(f"grasps that the arm can go to, best first: {numbers}")
        for message in self.messages:
            key = (message.grasp_index, message.is_twin, message.rejected_code)
            if message.rejected_reason and key not in known:
                twin = " turned by half a turn" if message.is_twin else ""
                self._logger.info(
                    f"grasp {message.grasp_index}{twin} is rejected: {message.rejected_reason}"
                )
