"""rclpy's action client, without the ways in which it loses that a goal was accepted.

It can go when rclpy notes a request before it is sent, or under a lock, and when
https://github.com/ros2/rmw_fastrtps/issues/842 is closed, in every version that is supported.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from rclpy import action
from rclpy.node import Node
from rclpy.task import Future

from .private_names import private

_REMEMBERED = 64


class ActionClient(action.ActionClient):
    """An action client that hears of every goal that was accepted.

    A goal whose acceptance is lost is carried out, while its client believes that nobody accepted
    it, and so can't cancel it. It is lost in two ways:

    - rclpy notes the number of a request after sending it, unguarded (Jazzy, 7.1): where another
      thread takes the response in between, it drops it as one that nobody waits for.
    - A server that has not discovered its client yet drops the response
      (https://github.com/ros2/rmw_fastrtps/issues/842). The server's status, which is latched,
      then says that the goal was accepted.
    """

    def __init__(self, node: Node, action_type: Any, *args: Any, **options: Any) -> None:
        """Take the arguments of rclpy's action client."""
        self._kind = action_type
        self._sending = threading.Lock()
        self._answered: deque[int] = deque(maxlen=_REMEMBERED)
        self._listed: deque[int] = deque(maxlen=_REMEMBERED)
        super().__init__(node, action_type, *args, **options)

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
        """Handle a response once the number of its request is noted; a listed goal is answered."""
        with self._sending:
            data = dict(taken_data)
            if "goal" in data:
                number = data["goal"][0]
                self._answered.append(number)
                if number in self._listed:
                    del data["goal"]
            listed = self._unanswered_in(data["status"]) if "status" in data else []
            self._listed += listed
        await super().execute(data)
        for number in listed:
            accepted = self._kind.Impl.SendGoalService.Response(accepted=True)
            await super().execute({"goal": (number, accepted)})

    def _unanswered_in(self, status: Any) -> list[int]:
        """Return the requests whose goals the server lists, though no answer has come."""
        ids = {bytes(listed.goal_info.goal_id.uuid) for listed in status.status_list}
        asked: dict[int, Any] = private(self, "_goal_sequence_number_to_goal_id", {})
        return [
            number
            for number, goal_id in list(asked.items())
            if bytes(goal_id.uuid) in ids and number not in (*self._answered, *self._listed)
        ]
