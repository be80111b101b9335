"""The process that runs the model, as its parent sees it."""

from __future__ import annotations

import enum
import multiprocessing
import queue
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress

from ...grasp.errors import ModelNotLoaded, ModelWorkerDied, RtGraspError
from .worker_messages import Cancel, Ended, EngineSource, Failed, Loaded, Ready, Reply, Request
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
    """One process, from its start to its end, with a thread that writes to it and one that listens.

    Attributes:
        state: how far it has come.
        note: what its engine has to say of itself, once it is loaded.
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

        Raises:
            ModelNotLoaded: no process can be started.
        """
        self.state = ChildState.LOADING
        self.note = ""
        self.started_s = time.monotonic()
        self._on_end = on_end
        self._reason: RtGraspError | None = None
        self._changed = threading.Condition()
        self._replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[Request | Cancel | None] = queue.SimpleQueue()
        try:
            self._start(source)
        except (OSError, RuntimeError) as error:  # no memory, processes, files or threads left
            raise ModelNotLoaded(
                f"The model's process can't be started ({error}); free memory, processes or open "
                "files of this machine, then send the command again."
            ) from error

    def _start(self, source: EngineSource) -> None:
        """Start the process and the threads that talk with it, or leave nothing of them behind."""
        with ExitStack() as undo:
            self._connection, theirs = _SPAWN.Pipe()
            undo.callback(self._connection.close)
            with closing(theirs):  # so that the pipe closes when the child ends
                self._process = _SPAWN.Process(
                    target=serve, args=(theirs, source), name="rt_grasp_model", daemon=True
                )
                self._process.start()
            undo.callback(self._process.kill)
            undo.callback(self._outbox.put, None)
            for work in (self._hand_over, self._listen):
                threading.Thread(
                    target=work, name=f"rt_grasp_model{work.__name__}", daemon=True
                ).start()
            undo.pop_all()

    @property
    def pid(self) -> int | None:
        """Process id."""
        return self._process.pid

    def wait_for(self, state: ChildState, timeout_s: float) -> bool:
        """Wait until it has come that far or has ended; return whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: self.state >= state, max(0.0, timeout_s))

    def send(self, message: Request | Cancel) -> None:
        """Send a message, without waiting for it to be taken.

        A process that does not read holds nobody up; where it has ended, the next reply says so.
        """
        self._outbox.put(message)

    def reply(self, number: int, timeout_s: float) -> Reply | None:
        """Return the next reply to a request, or None where none comes in time.

        Args:
            number: of the request; replies to others are dropped.
            timeout_s: longest wait.
        """
        deadline_s = time.monotonic() + timeout_s
        while True:
            try:
                reply = self._replies.get(timeout=max(0.0, deadline_s - time.monotonic()))
            except queue.Empty:
                return None
            if isinstance(reply, Ended) or reply.number == number:
                return reply

    def end(self, reason: RtGraspError) -> None:
        """End the process, whatever it does, and wait until that is known to everyone."""
        self._reason = self._reason or reason
        self._process.kill()
        self.wait_for(ChildState.ENDED, _END_TIMEOUT_S)

    def _hand_over(self) -> None:
        """Write to the process, which takes as long as it does not read."""
        with suppress(OSError):
            while (message := self._outbox.get()) is not None:
                self._connection.send(message)

    def _listen(self) -> None:
        """Sort what the process says until it ends, however it ends."""
        try:
            self._hear()
        except (EOFError, OSError):
            self._process.join(_END_TIMEOUT_S)
        except Exception as error:
            self._reason = self._reason or ModelWorkerDied(
                f"What the model process said can't be read ({type(error).__name__}: {error}); "
                "send the command again."
            )
        self._process.kill()  # nobody listens to it any more
        self._process.join(_END_TIMEOUT_S)
        reason = self._reason or ModelWorkerDied(
            f"The model process ended (exit code {self._process.exitcode}); send the command "
            "again, and check the free memory if this repeats."
        )
        self._outbox.put(None)
        try:
            self._on_end(self, reason)
        finally:
            self._replies.put(Ended(reason))
            self._set(ChildState.ENDED)
            self._connection.close()

    def _hear(self) -> None:
        """Sort what the process says; raises once nothing more can come."""
        while True:
            message = self._connection.recv()
            if isinstance(message, Loaded):
                self.note = message.note
                self._set(ChildState.WARMING_UP)
            elif isinstance(message, Ready):
                self._set(ChildState.READY)
            elif isinstance(message, Failed):
                self._reason = message.error
            else:
                self._replies.put(message)

    def _set(self, state: ChildState) -> None:
        with self._changed:
            self.state = state
            self._changed.notify_all()
