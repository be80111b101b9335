"""Cancelling whatever is thought about, until the page's own command is over."""

from __future__ import annotations

import time

from rclpy.client import Client
from rclpy.task import Future
from std_srvs.srv import Trigger

from ..rclpy_fixes.goal_call import GoalCall

_AGAIN_S = 0.3


class Cancelling:
    """Asks `cancel_command` once, and cancels the page's goal again and again until it is over.

    The first ends a command of whoever sent it; the second one of this page that is still on its
    way, too, which the first may overtake.
    """

    def __init__(self, client: Client, command: GoalCall | None) -> None:
        """Ask for nothing yet.

        Args:
            client: of the service `cancel_command`.
            command: the page's own; None where it has none under way.
        """
        self._client = client
        self._command = command
        self._asked: Future | None = None
        self._cancelled_s = -float("inf")

    def go_on(self) -> None:
        """Cancel the first time, or again where that has not helped; returns at once."""
        if self._asked is None and self._client.service_is_ready():
            self._asked = self._client.call_async(Trigger.Request())
        if self._command is None or self._command.is_over():
            return
        if time.monotonic() - self._cancelled_s > _AGAIN_S:
            self._command.cancel()
            self._cancelled_s = time.monotonic()

    def is_over(self) -> bool:
        """Return whether the command has ended; of an unknown one, whether the cancel was heard."""
        if self._command is not None:
            return self._command.is_over()
        return self._asked is None or self._asked.done()
