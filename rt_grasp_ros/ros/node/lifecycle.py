"""What our lifecycle nodes share: bringing themselves up, and being asked and told by others.

A service that has not discovered its client yet drops what it is sent, and one that was killed
seems to be there for a while (https://github.com/ros2/rmw_fastrtps/issues/842): whatever gets no
reply is sent anew.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState, GetState
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.client import Client
from rclpy.lifecycle import LifecycleNode, TransitionCallbackReturn
from rclpy.node import Node
from rclpy.task import Future

from ..rclpy_fixes.service_call import NotReady, ask, forget_unanswered, must_come_true
from .parameters import parameter

UNCONFIGURED, INACTIVE, ACTIVE, FINALIZED = "unconfigured", "inactive", "active", "finalized"
"""Labels of the states, as `ros2 lifecycle get` says them."""

_FROM = {
    Transition.TRANSITION_CONFIGURE: UNCONFIGURED,
    Transition.TRANSITION_ACTIVATE: INACTIVE,
}
_TO = {Transition.TRANSITION_CONFIGURE: INACTIVE, Transition.TRANSITION_ACTIVATE: ACTIVE}
_SEND_AGAIN_S = 1.0
_STATE_TIMEOUT_S = 1.0
_MOST_UNANSWERED = 8

AnyLifecycleNode = TypeVar("AnyLifecycleNode", bound=LifecycleNode)


def autostart() -> Any:
    """Return the parameter by which a node's process brings the node up."""
    return parameter(
        False, "Configure and activate the node when its process starts.", read_only=True
    )


def bring_up(node: LifecycleNode) -> bool:
    """Configure and activate a node that is spun; return whether it is active then."""
    return (
        node.trigger_configure() == TransitionCallbackReturn.SUCCESS
        and node.trigger_activate() == TransitionCallbackReturn.SUCCESS
    )


def made_and_starting(
    make_node: Callable[[], AnyLifecycleNode], is_told: Callable[[AnyLifecycleNode], bool]
) -> AnyLifecycleNode:
    """Make a node that brings itself up while it is spun, where its parameter `autostart` says so.

    Args:
        make_node: makes it.
        is_told: returns what its parameter says.
    """
    node = make_node()
    if is_told(node):
        threading.Thread(target=bring_up, args=(node,), name="autostart", daemon=True).start()
    return node


class StateQuestion:
    """Asks a lifecycle node for its state; the asking node's executor must spin meanwhile."""

    def __init__(self, node: Node, of: str) -> None:
        """Connect; nobody need be there.

        Args:
            node: which asks.
            of: name of the other, in the same namespace.
        """
        self._service = f"{of}/get_state"
        self._client = node.create_client(
            GetState, self._service, callback_group=ReentrantCallbackGroup()
        )
        self._asked: deque[Future] = deque()
        self._ask_again_s = 0.0
        self._newest: str | None = None

    def ask(self, timeout_s: float) -> str | None:
        """Return the state's label, such as `active`; None where nobody says in time."""
        if not self.is_there():
            return None
        try:
            reply = ask(self._client, GetState.Request(), timeout_s, "No state came")
        except NotReady:
            return None
        return str(reply.current_state.label)

    def is_there(self) -> bool:
        """Return whether there is such a node, and a lifecycle one."""
        return bool(self._client.service_is_ready())

    def newest(self) -> str | None:
        """Return the state as it was said last, and ask anew; None where nobody is there."""
        if not self.is_there():
            self._newest = None
            self._forget()
            return None
        told = [future for future in self._asked if future.done()]
        if told:
            self._newest = str(told[-1].result().current_state.label)
            self._forget()
        if not self._asked or time.monotonic() >= self._ask_again_s:
            if len(self._asked) == _MOST_UNANSWERED:
                self._client.remove_pending_request(self._asked.popleft())
            self._asked.append(self._client.call_async(GetState.Request()))
            self._ask_again_s = time.monotonic() + _SEND_AGAIN_S
        return self._newest

    def _forget(self) -> None:
        """Wait for no reply that has not come."""
        forget_unanswered(self._client, self._asked)
        self._asked.clear()


def make_transition(
    client: Client,
    question: StateQuestion,
    transition: int,
    timeout_s: float,
    failure: str,
    require_alive: Callable[[], None] = lambda: None,
) -> None:
    """Have a lifecycle node of another process configure or activate itself.

    The request is sent anew for as long as no reply comes and the node says that it is as before.

    Args:
        client: of its service `change_state`, which need not be there yet.
        question: asks the same node for its state.
        transition: `Transition.TRANSITION_CONFIGURE` or `TRANSITION_ACTIVATE`.
        timeout_s: for all of it.
        failure: what to say where it does not, without a full stop.
        require_alive: called while waiting; raises where waiting makes no sense any more.

    Raises:
        NotReady: the node does not within the timeout, or says that it failed to.
    """
    request = ChangeState.Request(transition=Transition(id=transition))
    sent: list[Future] = []
    again_s = 0.0

    def is_made() -> bool:
        nonlocal again_s
        replies = [future.result() for future in sent if future.done()]
        if any(reply.success for reply in replies):
            return True
        is_due = client.service_is_ready() and time.monotonic() >= again_s
        if not replies and not is_due:
            return False
        state = question.ask(_STATE_TIMEOUT_S) if sent else _FROM[transition]
        if state == _TO[transition]:
            return True
        if replies:
            raise NotReady(f"{failure}; read its log.")
        if state == _FROM[transition]:
            sent.append(client.call_async(request))
        again_s = time.monotonic() + _SEND_AGAIN_S
        return False

    try:
        must_come_true(is_made, timeout_s, failure, require_alive)
    finally:
        forget_unanswered(client, sent)
