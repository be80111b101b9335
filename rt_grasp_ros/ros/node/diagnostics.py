"""Findings as diagnostics, for `rqt_robot_monitor` and the like.

`diagnostic_updater` does the same on a ROS installation, but PyPI lacks it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node

from ...doctor.finding import Finding
from .robot_clock import steady_timer

_LEVELS = {
    "ok": DiagnosticStatus.OK,
    "note": DiagnosticStatus.WARN,
    "wrong": DiagnosticStatus.ERROR,
}


class DiagnosticsPublisher:
    """Publishes what a node finds on `/diagnostics`, again and again.

    Attributes:
        hardware_id: what the findings are about.
    """

    def __init__(
        self,
        node: Node,
        hardware_id: str,
        examine: Callable[[], Iterable[Finding]],
        period_s: float = 1.0,
    ) -> None:
        """Start to publish; the first findings come after one period.

        Args:
            node: whose findings they are.
            hardware_id: what they are about.
            examine: asked in each period, in a thread of the node's executor.
            period_s: how often.
        """
        self._node = node
        self.hardware_id = hardware_id
        self._examine = examine
        self._publisher = node.create_publisher(DiagnosticArray, "/diagnostics", 10)
        steady_timer(node, period_s, self._publish, MutuallyExclusiveCallbackGroup())

    def _publish(self) -> None:
        message = DiagnosticArray(status=[self._status(finding) for finding in self._examine()])
        message.header.stamp = self._node.get_clock().now().to_msg()
        self._publisher.publish(message)

    def _status(self, finding: Finding) -> DiagnosticStatus:
        return DiagnosticStatus(
            level=_LEVELS[finding.status],
            name=f"{self._node.get_fully_qualified_name().lstrip('/')}: {finding.check}",
            message=finding.message,
            hardware_id=self.hardware_id,
            values=[
                KeyValue(key=name, value=f"{number:.6g}")
                for name, number in finding.numbers.items()
            ],
        )
