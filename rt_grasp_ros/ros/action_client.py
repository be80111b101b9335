"""rclpy's action client, without its race."""

from __future__ import annotations

import threading
from typing import Any

from rclpy import action
from rclpy.task import Future


class ActionClient(action.ActionClient):
    """An action client that loses no response where several threads spin the node.

    rclpy notes the number of a request after sending it, unguarded (Jazzy, 7.1): where another
    thread takes the response in between, it drops it as one that nobody waits for. A goal so lost
    is carried out, while its client believes that nobody accepted it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        """Take the arguments of rclpy's action client."""
        self._sending = threading.Lock()
        super().__init__(*args, **options)

    def send_goal_async(self, *args: Any, **options: Any) -> Future:
        """See rclpy."""
        with self._sending:
            return super().send_goal_async(*args, **options)

    def _cancel_goal_async(self, goal_handle: Any) -> Future:
        with self._sending:
            return super()._cancel_goal_async(goal_handle)

    def _get_result_async(self, goal_handle: Any) -> Future:
        with self._sending:
            return super()._get_result_async(goal_handle)

    async def execute(self, taken_data: Any) -> None:
        """Handle a response once the number of its request has been noted."""
        with self._sending:
            pass
        await super().execute(taken_data)
