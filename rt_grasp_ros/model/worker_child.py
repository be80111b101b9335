"""The process that runs the model, as its parent sees it."""

from __future__ import annotations

import enum
import multiprocessing
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from ..grasp.errors import ModelWorkerDied, RtGraspError
from .worker_messages import Cancel, Ended, EngineSource, Failure, Loaded, Ready, Reply, Request
from .worker_process import serve

_END_TIMEOUT_S = 5.0

# Spawned, not forked: the parent runs the threads of a ROS node.
_SPAWN = multiprocessing.get_context("spawn")


class ChildState(enum.IntEnum):
    """How far a process has come."""

    LOADING = 0
    WARMING_UP = 1
    READY = 2
    ENDED = 3


class WorkerChild:
    """One process, from its start to its end, with a thread that listens to it.

    Attributes:
        state: how far it has come.
        started_s: when it was started, by `time.monotonic`.
    """

    def __init__(
        self, source: EngineSource, on_end: Callable[[WorkerChild, RtGraspError], None]
    ) -> None:
        """Start the process.

        Args:
            source: the engine.
            on_end: called once, with the reason, after the process has ended and before anyone
                who waits for it hears of that.
        """
        self.state = ChildState.LOADING
        self.started_s = time.monotonic()
        self._on_end = on_end
        self._reason: RtGraspError | None = None
        self._changed = threading.Condition()
        self._replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        self._connection, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=serve, args=(theirs, source), name="rt_grasp_model", daemon=True
        )
        self._process.start()
        theirs.close()  # so that the pipe closes when the child ends
        threading.Thread(target=self._listen, name="rt_grasp_model_listener", daemon=True).start()

    @property
    def pid(self) -> int | None:
        """Process id."""
        return self._process.pid

    def wait_for(self, state: ChildState, timeout_s: float) -> bool:
        """Wait until it has come that far or has ended; return whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: self.state >= state, max(0.0, timeout_s))

    def send(self, message: Request | Cancel) -> None:
        """Send a message; where the process has ended, the next reply says so."""
        with suppress(OSError):
            self._connection.send(message)

    def reply(self, timeout_s: float) -> Reply | None:
        """Return the next reply, or None where none comes in time."""
        try:
            return self._replies.get(timeout=max(0.0, timeout_s))
        except queue.Empty:
            return None

    def end(self, reason: RtGraspError) -> None:
        """End the process, whatever it does, and wait until that is known to everyone."""
        self._reason = self._reason or reason
        self._process.kill()
        self.wait_for(ChildState.ENDED, _END_TIMEOUT_S)

    def _listen(self) -> None:
        """Sort what the process says until it ends, however it ends."""
        with suppress(EOFError, OSError):
            while True:
                message = self._connection.recv()
                if isinstance(message, Loaded):
                    self._set(ChildState.WARMING_UP)
                elif isinstance(message, Ready):
                    self._set(ChildState.READY)
                elif isinstance(message, Failure) and self.state < ChildState.READY:
                    self._reason = message.error
                else:
                    self._replies.put(message)
        self._process.join(_END_TIMEOUT_S)
        reason = self._reason or ModelWorkerDied(
            f"The model process ended (exit code {self._process.exitcode}); send the command "
            "again, and check the free memory if this repeats."
        )
        self._on_end(self, reason)
        self._replies.put(Ended(reason))
        self._set(ChildState.ENDED)
        self._connection.close()

    def _set(self, state: ChildState) -> None:
        with self._changed:
            self.state = state
            self._changed.notify_all()
