"""A person's word before the arm moves."""

from __future__ import annotations

import threading
import time

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from std_srvs.srv import SetBool

from ...grasp.errors import NotConfirmed
from ...motion.backend import IsCancelled, raise_if

_POLL_S = 0.01


class Confirmation:
    """The service `confirm`: true lets the arm go along the plan just published, false does not."""

    def __init__(self, node: Node) -> None:
        """Offer the service.

        Args:
            node: which an executor spins.
        """
        self._changed = threading.Condition()
        self._is_waiting = False
        self._answer: bool | None = None
        self._service = node.create_service(
            SetBool, "confirm", self._hear, callback_group=ReentrantCallbackGroup()
        )

    @property
    def is_waiting(self) -> bool:
        """Whether a plan waits for somebody's word."""
        return self._is_waiting

    def wait(self, timeout_s: float, is_cancelled: IsCancelled) -> None:
        """Return once somebody confirmed.

        Args:
            timeout_s: longest wait.
            is_cancelled: asked every 10 ms.

        Raises:
            NotConfirmed: somebody refused, or nobody said anything in time.
            Cancelled: it was asked to stop.
        """
        deadline_s = time.monotonic() + timeout_s
        with self._changed:
            self._is_waiting, self._answer = True, None
            try:
                while self._answer is None:
                    raise_if(is_cancelled)
                    if time.monotonic() > deadline_s:
                        raise NotConfirmed(
                            f"Nobody confirmed the plan within {timeout_s:g} s; send the command "
                            "again, then call 'confirm'."
                        )
                    self._changed.wait(_POLL_S)
            finally:
                self._is_waiting = False
            raise_if(is_cancelled)  # also where both came at once
            if not self._answer:
                raise NotConfirmed("The plan was refused; send another command.")

    def _hear(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        with self._changed:
            response.success = self._is_waiting and self._answer is None
            if response.success:
                self._answer = request.data
                self._changed.notify_all()
        response.message = (
            ("The arm moves." if request.data else "The arm stays where it is.")
            if response.success
            else "No plan is waiting to be confirmed."
        )
        return response
