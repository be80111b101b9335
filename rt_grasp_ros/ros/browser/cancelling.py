"""Cancelling a command until it is over, also one that arrives behind the cancel."""

from __future__ import annotations

import time

from rclpy.client import Client
from rclpy.task import Future
from std_srvs.srv import Trigger

_AGAIN_S = 0.3


class Cancelling:
    """Asks `cancel_command` at once, and again for as long as a command has no reply.

    Two services keep no order between each other: a cancel may overtake the command that it is
    meant for, finds nothing, and the command goes on.
    """

    def __init__(self, client: Client, command: Future | None) -> None:
        """Ask for nothing yet.

        Args:
            client: of the service `cancel_command`.
            command: the reply that is waited for; None where it is not known of any.
        """
        self._client = client
        self._command = command
        self._asked: Future | None = None
        self._asked_s = 0.0

    def go_on(self) -> None:
        """Ask the first time, or again where that has not helped; returns at once."""
        if not self._client.service_is_ready():
            return
        is_due = time.monotonic() - self._asked_s > _AGAIN_S
        if self._asked is None or (is_due and not self.is_over()):
            if self._asked is not None and not self._asked.done():
                self._client.remove_pending_request(self._asked)
            self._asked = self._client.call_async(Trigger.Request())
            self._asked_s = time.monotonic()

    def is_over(self) -> bool:
        """Return whether the command has ended; of an unknown one, whether the cancel was heard."""
        if self._command is not None:
            return self._command.done() or self._command.cancelled()
        return self._asked is None or self._asked.done()
