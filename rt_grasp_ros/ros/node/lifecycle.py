"""What our lifecycle nodes share: bringing themselves up, and being asked for their state."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from lifecycle_msgs.srv import GetState
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.lifecycle import LifecycleNode, TransitionCallbackReturn
from rclpy.node import Node
from rclpy.task import Future

from ..rclpy_fixes.service_call import NotReady, ask
from .parameters import parameter

UNCONFIGURED, INACTIVE, ACTIVE, FINALIZED = "unconfigured", "inactive", "active", "finalized"
"""Labels of the states, as `ros2 lifecycle get` says them."""

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
        self._asked: Future | None = None
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
            return None
        if self._asked is not None and self._asked.done():
            self._newest = str(self._asked.result().current_state.label)
            self._asked = None
        if self._asked is None:
            self._asked = self._client.call_async(GetState.Request())
        return self._newest
