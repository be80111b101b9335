"""Threads that serve an executor's callbacks, each handed over once.

rclpy's `MultiThreadedExecutor` hands a callback out anew each time it looks for work, until a
thread has begun with it; and it looks so often that threads hardly get the interpreter to begin
(https://github.com/ros2/rclpy/issues/1452, rclpy 7.1.6 and 9.1.2). On some machines a callback was
handed out nine times and came a second late. It can go when that issue is closed in every rclpy
that is supported.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

_HAND_OVER_S = 0.05


class CallbackThreads(ThreadPoolExecutor):
    """A pool whose `submit` returns once a thread has begun, or 50 ms later where all are busy."""

    def submit(self, task: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a task in one of the threads; it is handed over before the caller goes on."""
        has_begun = threading.Event()

        def run() -> Any:
            has_begun.set()
            return task(*args, **kwargs)

        future = super().submit(run)
        has_begun.wait(_HAND_OVER_S)
        return future
