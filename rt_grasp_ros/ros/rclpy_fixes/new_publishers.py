"""Noticing that a node was replaced, though the one that died still counts as there.

DDS takes up to 20 seconds to believe that a process that was killed is gone. By then a supervisor
has started another, which knows nothing of what the first was asked. It can go where the middleware
tells at once of a process that ended; that is no fault of rclpy's.
"""

from __future__ import annotations

from rclpy.node import Node


class NewPublishers:
    """Tells whether somebody new publishes a topic that one node alone publishes."""

    def __init__(self, node: Node, topic: str) -> None:
        """Remember who publishes the topic now.

        Args:
            node: looks at the graph.
            topic: as the node names it.
        """
        self._node = node
        self._topic = topic
        self._known = self._publishers()

    def have_appeared(self) -> bool:
        """Return whether somebody publishes it who did not then."""
        return bool(self._publishers() - self._known)

    def _publishers(self) -> set[bytes]:
        found = self._node.get_publishers_info_by_topic(self._topic)
        return {bytes(endpoint.endpoint_gid) for endpoint in found}
