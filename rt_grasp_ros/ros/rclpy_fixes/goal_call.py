"""A goal of an action, sent from a thread that does not spin: waited for with a deadline.

rclpy cancels a goal only once it is known to be accepted, and forgets what was wanted before. Here
a cancel that comes early is kept for then. It can go when rclpy does so itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from action_msgs.msg import GoalStatus
from rclpy.task import Future

from .action_client import ActionClient
from .service_call import NotReady, must_come_true


class GoalCall:
    """One goal from its sending to its result; the client's node must spin meanwhile."""

    def __init__(
        self, client: ActionClient, goal: Any, on_feedback: Callable[[Any], None] = lambda _: None
    ) -> None:
        """Send the goal; its server has to be there.

        Args:
            client: of the action; in a group of its own feedback is heard in order.
            goal: a message of the action's goal type.
            on_feedback: called with each feedback, in a thread of the node's executor.
        """
        self._changed = threading.Lock()
        self._handle: Any = None
        self._ending: Future | None = None
        self._is_cancelled = False
        self._accepting = client.send_goal_async(
            goal, feedback_callback=lambda message: on_feedback(message.feedback)
        )
        self._accepting.add_done_callback(self._hear_acceptance)

    def cancel(self) -> None:
        """Let the goal end, now or once it is accepted; returns at once, and may be repeated."""
        with self._changed:
            self._is_cancelled = True
            handle = self._handle
        if handle is not None and handle.accepted:
            handle.cancel_goal_async()

    def is_answered(self) -> bool:
        """Return whether the goal was accepted or refused."""
        with self._changed:
            return self._handle is not None

    def is_refused(self) -> bool:
        """Return whether the goal was refused."""
        with self._changed:
            return self._handle is not None and not self._handle.accepted

    def is_over(self) -> bool:
        """Return whether the response is there, or the goal was refused."""
        with self._changed:
            ending = self._ending
        return self.is_refused() or (ending is not None and ending.done())

    @property
    def response(self) -> Any:
        """Status and result of a goal that is over; None where it was refused."""
        return None if self._ending is None else self._ending.result()

    def result(
        self, timeout_s: float, failure: str, require_alive: Callable[[], None] = lambda: None
    ) -> Any:
        """Return the result; whoever waits for it no longer has cancelled the goal.

        Args:
            timeout_s: for the result to come.
            failure: what to say where it does not, without a full stop.
            require_alive: called while waiting; raises where waiting makes no sense any more.

        Raises:
            NotReady: no result within the timeout, the goal was refused, or its server was
                started anew and knows nothing of it.
        """
        try:
            must_come_true(self.is_over, timeout_s, failure, require_alive)
        except BaseException:  # Ctrl-C as well
            self.cancel()
            raise
        response = self.response
        if response is None:
            raise NotReady(f"{failure}: it was refused; send it again.")
        if response.status == GoalStatus.STATUS_UNKNOWN:
            raise NotReady(f"{failure}: the node was started anew meanwhile; send it again.")
        return response.result

    def _hear_acceptance(self, accepting: Future) -> None:
        handle = accepting.result()
        ending = handle.get_result_async() if handle.accepted else None
        with self._changed:
            self._handle, self._ending = handle, ending
            is_cancelled = self._is_cancelled
        if is_cancelled and handle.accepted:
            handle.cancel_goal_async()
