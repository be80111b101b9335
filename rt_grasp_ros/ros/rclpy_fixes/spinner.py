"""Spinning nodes in the background, and ending executors without the races of rclpy's `shutdown`.

`Executor.shutdown` takes away the guard condition which every callback triggers that another
thread still spins or runs, and it waits for none of them (rclpy 7.1: it asks a flag that it has
just set itself). So here the thread that spins leaves its loop first, then what is under way
ends, and only then the executor does. It can go when `shutdown` waits for both in every rclpy that
is supported.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from rclpy.context import Context
from rclpy.executors import Executor, MultiThreadedExecutor, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.task import Task

from .callback_threads import CallbackThreads
from .private_names import private
from .service_call import comes_true

_REMOVE_TIMEOUT_S = 5.0
_SPIN_S = 0.05


def make_executor(threads: int, context: Context | None = None) -> Executor:
    """Return an executor of so many threads; with one, callbacks run in the thread that spins."""
    if threads == 1:
        return SingleThreadedExecutor(context=context)
    executor = MultiThreadedExecutor(threads, context=context)
    threads_of_its_own = private(executor, "_executor", None)
    if threads_of_its_own is not None:
        threads_of_its_own.shutdown()  # none of them has begun yet
        executor._executor = CallbackThreads(threads)
    return executor


def end_executor(executor: Executor, timeout_s: float) -> bool:
    """End an executor that no thread spins any more.

    Args:
        executor: of `make_executor`.
        timeout_s: for the callbacks under way; what takes longer is left to itself.

    Returns:
        Whether all of them ended in time.
    """
    ended = callbacks_end(executor, timeout_s)
    executor.shutdown()
    return ended


def callbacks_end(executor: Executor, timeout_s: float) -> bool:
    """Wait for the callbacks under way of an executor that no thread spins any more.

    Returns:
        Whether all of them ended in time.
    """
    return comes_true(lambda: all(task.done() for task in _handed_out(executor)), timeout_s)


def work_ends(executor: Executor, timeout_s: float) -> bool:
    """Spin until callbacks have ended and what they left to the executor is done, such as replies.

    The result of an action's goal is sent by a task of its own, after the goal's callback.

    Returns:
        Whether all of that ended in time.
    """
    deadline_s = time.monotonic() + timeout_s
    while _tasks_under_way(executor):
        if time.monotonic() > deadline_s or not executor.context.ok():
            return False
        executor.spin_once(timeout_sec=_SPIN_S)
    return True


def _tasks_under_way(executor: Executor) -> bool:
    left: list[tuple[Task, Any, Any]] = private(executor, "_tasks", [])
    tasks = [*_handed_out(executor), *(task for task, *_ in list(left))]
    return not all(task.done() for task in tasks)


def _handed_out(executor: Executor) -> list[Task]:
    """Return the tasks given to the pool, not yet looked after; with one thread there is none."""
    if not isinstance(executor, MultiThreadedExecutor):
        return []
    handed_out: list[Task] = private(executor, "_futures", [])
    return list(handed_out)


class Spinner:
    """Spins nodes in a thread of its own, from `start` to `stop`.

    Attributes:
        failure: what a callback raised, which ends the spinning; None while all is well.
    """

    def __init__(self, context: Context, threads: int = 1) -> None:
        """Make ready; nothing is spun yet.

        Args:
            context: of the nodes.
            threads: that serve their callbacks.
        """
        self.failure: Exception | None = None
        self._executor = make_executor(threads, context)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._spin, name="spinner", daemon=True)

    def add(self, node: Node) -> None:
        """Spin a node, too."""
        self._executor.add_node(node)

    def remove(self, node: Node) -> None:
        """Spin a node no more; returns when no wait has it any more: it may be destroyed then."""
        self._executor.remove_node(node)
        if self._thread.is_alive():
            for _ in range(2):  # the first may still come out of the wait that has the node
                self._go_around()

    def start(self) -> None:
        """Begin to spin."""
        self._thread.start()

    def stop(self, timeout_s: float) -> bool:
        """Spin no more; the nodes are still there, and whoever made them destroys them.

        Args:
            timeout_s: for the callbacks under way.

        Returns:
            Whether they ended in time.
        """
        deadline_s = time.monotonic() + timeout_s
        self._stopped.set()
        self._executor.create_task(_nothing)  # `wake` alone lets it go on waiting
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return end_executor(self._executor, max(0.0, deadline_s - time.monotonic()))

    def _spin(self) -> None:
        try:
            while not self._stopped.is_set() and self._executor.context.ok():
                self._executor.spin_once()
        except Exception as error:
            if not self._executor.context.ok():
                return  # the wait's end, not a callback's
            self.failure = error
            raise

    def _go_around(self) -> None:
        """Wait until the executor has looked for work once more."""
        gone_around = threading.Event()
        self._executor.create_task(gone_around.set)
        gone_around.wait(_REMOVE_TIMEOUT_S)


def _nothing() -> None:
    """Be a task that ends an executor's wait."""
