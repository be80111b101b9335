"""A service asked from a thread that does not spin: a blocking call with a deadline.

A request that nobody answers is forgotten again, and what may arrive twice is asked anew, since a
request to a service that was killed, and a reply, can be lost (`ask`). The second can go when https://github.com/ros2/rmw_fastrtps/issues/842
is closed in every version that is supported.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from typing import Any

from rclpy.client import Client
from rclpy.task import Future

from ...grasp.errors import RtGraspError

_POLL_S = 0.05
_ASK_AGAIN_S = 0.5
STOP_AGAIN_S = 2.0
"""An arm that is told to stop says so when it stands: sooner, a second request would only wait."""


class NotReady(RtGraspError):
    """A node did not do what it was asked to within the deadline."""


def call(
    client: Client,
    request: Any,
    timeout_s: float,
    failure: str,
    require_alive: Callable[[], None] = lambda: None,
) -> Any:
    """Return the reply of a service; its node's executor must spin meanwhile.

    Args:
        client: of the service, which need not be there yet.
        request: a message of the service's request type; sent at once where the service is there.
        timeout_s: for the service to appear and to reply.
        failure: what to say where it does not, without a full stop.
        require_alive: called while waiting; raises where waiting makes no sense any more.

    Raises:
        NotReady: no reply within the timeout.
    """
    return _reply_to(client, request, timeout_s, failure, require_alive, math.inf)


def ask(
    client: Client,
    request: Any,
    timeout_s: float,
    failure: str,
    require_alive: Callable[[], None] = lambda: None,
    again_s: float = _ASK_AGAIN_S,
) -> Any:
    """Like `call`, for a request that may arrive twice: it is sent anew until a reply comes.

    A service that has not discovered its client yet drops the reply; the client can't see that
    (https://github.com/ros2/rmw_fastrtps/issues/842).

    Args:
        client: as in `call`, like the rest.
        request: a message of the service's request type.
        timeout_s: for the service to appear and to reply.
        failure: what to say where it does not, without a full stop.
        require_alive: called while waiting.
        again_s: after so long without a reply the request is sent anew.

    Raises:
        NotReady: no reply within the timeout.
    """
    return _reply_to(client, request, timeout_s, failure, require_alive, again_s)


def _reply_to(
    client: Client,
    request: Any,
    timeout_s: float,
    failure: str,
    require_alive: Callable[[], None],
    again_s: float,
) -> Any:
    """Return the first reply to a request that is sent every `again_s`."""
    sent: list[Future] = []
    due_s = -math.inf

    def is_answered() -> bool:
        nonlocal due_s
        if client.service_is_ready() and time.monotonic() >= due_s:
            sent.append(client.call_async(request))
            due_s = time.monotonic() + again_s
        return any(future.done() for future in sent)

    try:
        must_come_true(is_answered, timeout_s, failure, require_alive)
    finally:
        forget_unanswered(client, sent)
    return next(future.result() for future in sent if future.done())


def forget_unanswered(client: Client, sent: Iterable[Future]) -> None:
    """Wait no longer for replies that have not come: rclpy keeps what is asked until one does.

    Args:
        client: that sent the requests.
        sent: what `call_async` returned for each.
    """
    for future in sent:
        if not future.done():
            client.remove_pending_request(future)


def must_come_true(
    is_done: Callable[[], bool],
    timeout_s: float,
    failure: str,
    require_alive: Callable[[], None] = lambda: None,
) -> None:
    """Return once something is done; the other arguments are those of `call`.

    Raises:
        NotReady: it is not within the timeout.
    """
    if not comes_true(is_done, timeout_s, require_alive):
        raise NotReady(f"{failure} within {timeout_s:g} s; read the logs of the nodes.")


def comes_true(
    is_done: Callable[[], bool],
    timeout_s: float,
    require_alive: Callable[[], None] = lambda: None,
    now_s: Callable[[], float] = time.monotonic,
) -> bool:
    """Wait like `must_come_true`, and return whether it is done in time, by the clock `now_s`."""
    deadline_s = now_s() + timeout_s
    while not is_done():
        require_alive()
        if now_s() > deadline_s:
            return False
        time.sleep(_POLL_S)
    return True
