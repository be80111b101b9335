"""Services and actions of another node: every wait has a deadline and can be cancelled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from rclpy.action.client import ClientGoalHandle
from rclpy.callback_groups import CallbackGroup
from rclpy.node import Node
from rclpy.task import Future

from ...grasp.errors import BackendUnavailable, MotionTimeout
from ...motion.backend import IsCancelled, raise_if
from ..node.robot_clock import RobotClock
from ..rclpy_fixes.action_client import ActionClient

_POLL_S = 0.01


class RemoteService:
    """One service; the node's executor must spin meanwhile."""

    def __init__(self, node: Node, kind: type, name: str, group: CallbackGroup) -> None:
        """Connect; the service need not be there yet."""
        self._client = node.create_client(kind, name, callback_group=group)
        self._name = name

    def call(self, request: Any, timeout_s: float, is_cancelled: IsCancelled) -> Any:
        """Return the reply.

        Args:
            request: a message of the service's request type.
            timeout_s: for the service to appear and to reply.
            is_cancelled: asked every 10 ms.

        Raises:
            BackendUnavailable: it is not there, disappears, or does not reply in time.
            Cancelled: it was asked to stop.
        """
        deadline_s = time.monotonic() + timeout_s
        _wait_for(self._client.service_is_ready, self._name, timeout_s, is_cancelled)
        replying = self._client.call_async(request)
        try:
            done = _waited(replying, deadline_s, is_cancelled, self._is_there)
        finally:
            if not replying.done():
                self._client.remove_pending_request(replying)
        if not done:
            raise BackendUnavailable(
                f"'{self._name}' did not reply within {timeout_s:g} s; look at move_group's log."
            )
        return replying.result()

    def _is_there(self) -> None:
        _require(self._client.service_is_ready(), self._name)


class RemoteAction:
    """One action, one goal at a time; the node's executor must spin meanwhile."""

    def __init__(self, node: Node, kind: type, name: str, group: CallbackGroup) -> None:
        """Connect; the action need not be there yet."""
        self._client = ActionClient(node, kind, name, callback_group=group)
        self._name = name
        self._clock = RobotClock(node)

    def run(
        self,
        goal: Any,
        *,
        accept_timeout_s: float,
        timeout_s: float,
        is_cancelled: IsCancelled,
        watch: Callable[[], object] = lambda: None,
        on_accepted: Callable[[], object] = lambda: None,
        before_cancel: Callable[[], object] = lambda: None,
    ) -> Any:
        """Return the result of a goal; where that fails, the goal is cancelled.

        Args:
            goal: a message of the action's goal type.
            accept_timeout_s: for the action to appear and to accept the goal.
            timeout_s: for carrying it out, by the robot's clock.
            is_cancelled: asked every 10 ms.
            watch: called as often; may raise to give up.
            on_accepted: called when the goal is accepted.
            before_cancel: called before the goal is cancelled.

        Raises:
            BackendUnavailable: it is not there, refuses, or disappears.
            MotionTimeout: it does not end in time.
            Cancelled: it was asked to stop.
        """
        deadline_s = time.monotonic() + accept_timeout_s
        _wait_for(self._is_ready, self._name, accept_timeout_s, is_cancelled)
        accepting = self._client.send_goal_async(goal)
        try:
            if not _waited(accepting, deadline_s, is_cancelled, self._is_there, watch):
                raise BackendUnavailable(
                    f"'{self._name}' did not accept a goal within {accept_timeout_s:g} s; look at "
                    "move_group's log."
                )
            handle = accepting.result()
            if not handle.accepted:
                raise BackendUnavailable(
                    f"'{self._name}' refused the goal, as it does while it carries out another; "
                    "look at move_group's log."
                )
            on_accepted()
            ending = handle.get_result_async()
            now_s = self._clock.now_s
            deadline_s = now_s() + timeout_s
            if not _waited(ending, deadline_s, is_cancelled, self._is_there, watch, now_s=now_s):
                raise MotionTimeout(
                    f"'{self._name}' did not end within {timeout_s:.1f} s; check the robot's "
                    "controllers."
                )
            return ending.result().result
        except BaseException:
            before_cancel()
            accepting.add_done_callback(_cancel_if_accepted)
            raise

    def destroy(self) -> None:
        """Disconnect."""
        self._client.destroy()

    def _is_ready(self) -> bool:
        return bool(self._client.server_is_ready())

    def _is_there(self) -> None:
        _require(self._is_ready(), self._name)


def _cancel_if_accepted(accepting: Future) -> None:
    """Cancel a goal, accepted already or only after nobody waited for it any more."""
    handle: ClientGoalHandle | None = accepting.result()
    if handle is not None and handle.accepted:
        handle.cancel_goal_async()


def _wait_for(
    is_ready: Callable[[], bool], name: str, timeout_s: float, is_cancelled: IsCancelled
) -> None:
    """Wait until a server is there.

    Raises:
        BackendUnavailable: it does not appear in time.
        Cancelled: it was asked to stop.
    """
    deadline_s = time.monotonic() + timeout_s
    while not is_ready():
        raise_if(is_cancelled)
        if time.monotonic() > deadline_s:
            raise BackendUnavailable(
                f"Nobody offers '{name}'; start move_group, and check namespaces and ROS_DOMAIN_ID."
            )
        time.sleep(_POLL_S)


def _waited(
    future: Future,
    deadline_s: float,
    is_cancelled: IsCancelled,
    *watches: Callable[[], object],
    now_s: Callable[[], float] = time.monotonic,
) -> bool:
    """Wait for a future; returns whether it came before the deadline (of `now_s`)."""
    done = threading.Event()
    future.add_done_callback(lambda _: done.set())
    while not done.wait(_POLL_S):
        raise_if(is_cancelled)
        for watch in watches:
            watch()
        if now_s() > deadline_s:
            return False
    return True


def _require(is_there: bool, name: str) -> None:
    if not is_there:
        raise BackendUnavailable(f"'{name}' has disappeared; look at the arm, restart move_group.")
