"""What stands between the cell and the other nodes: a topic passed on, or a fault in its place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile

Fault = Callable[[Any], None]
"""Gets each message in place of the listeners; it may publish what it likes."""


def drop(message: Any) -> None:
    """Be the fault that loses each message."""


class Relay:
    """Passes the messages of one topic on to another.

    Attributes:
        publish: sends a message on.
    """

    def __init__(self, node: Node, kind: type, source: str, target: str, qos: QoSProfile) -> None:
        """Connect the topics.

        Args:
            node: which an executor spins.
            kind: type of the messages.
            source: topic listened to.
            target: topic published.
            qos: of both.
        """
        self.publish: Fault = node.create_publisher(kind, target, qos).publish
        self._fault: Fault | None = None
        node.create_subscription(
            kind, source, self._hear, qos, callback_group=MutuallyExclusiveCallbackGroup()
        )

    def publish_later(self, message: Any, delay_s: float) -> None:
        """Send a message on after a while."""
        timer = threading.Timer(delay_s, self.publish, [message])
        timer.daemon = True
        timer.start()

    def spoil(self, fault: Fault) -> None:
        """Hand messages to a fault from now on."""
        self._fault = fault

    def mend(self) -> None:
        """Pass messages on again."""
        self._fault = None

    def _hear(self, message: Any) -> None:
        (self._fault or self.publish)(message)
