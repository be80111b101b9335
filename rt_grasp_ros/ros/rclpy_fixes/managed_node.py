"""A lifecycle node that outlives a request for a transition which its state does not have.

rclpy raises out of the service's callback then (7.1, 9.1), which ends the spinning and so the
process: a second `activate` would stop an arm that moves. It can go when rclpy replies that the
transition failed in every version that is supported.
"""

from __future__ import annotations

import threading
from typing import Any

from rclpy.lifecycle import LifecycleNode, TransitionCallbackReturn

from .private_names import RCLError


class ManagedNode(LifecycleNode):
    """rclpy's lifecycle node; one transition after the other, and none that ends it by mistake."""

    def __init__(self, node_name: str, **options: Any) -> None:
        """Take the arguments of rclpy's lifecycle node."""
        self._changing = threading.Lock()
        super().__init__(node_name, **options)

    # What rclpy calls for each transition, asked for by a service or by `trigger_...`.
    def _LifecycleNodeMixin__change_state(self, transition_id: int) -> TransitionCallbackReturn:
        with self._changing:
            try:
                # Typed as unknown: the name is rclpy's own.
                change: Any = super()._LifecycleNodeMixin__change_state  # type: ignore[misc]
                return TransitionCallbackReturn(change(transition_id))
            except RCLError as error:
                self.get_logger().warning(f"a transition was refused: {error}")
                return TransitionCallbackReturn.FAILURE
