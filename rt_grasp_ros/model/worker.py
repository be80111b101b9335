"""The model in a process of its own: it may hang, crash or hold the interpreter; a node may not."""

from __future__ import annotations

import importlib
import multiprocessing
import signal
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import (
    ModelError,
    ModelNotLoaded,
    ModelTimeout,
    ModelWorkerDied,
    RtGraspError,
)
from ..language.answer import Answer

_WARM_UP_COMMAND = "grasp the mug"
_STOP_TIMEOUT_S = 5.0

# Spawned, not forked: the parent runs the threads of a ROS node.
_SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class EngineSource:
    """Where the worker gets its engine from.

    Attributes:
        factory: importable name of a function that returns a `GraspEngine`, `module:function`.
        arguments: its keyword arguments.
    """

    factory: str = "rt_grasp_ros.model.engine:load_engine"
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class _Request:
    image_rgb: NDArray[np.uint8]
    command: str
    max_candidates: int


@dataclass(frozen=True, slots=True)
class _Ready:
    pass


@dataclass(frozen=True, slots=True)
class _Text:
    text: str


@dataclass(frozen=True, slots=True)
class _Answers:
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class _Failure:
    error: RtGraspError


_Reply = _Ready | _Text | _Answers | _Failure


@dataclass(frozen=True, slots=True)
class _Child:
    """A worker process and our end of the pipe to it."""

    process: BaseProcess
    connection: Connection
    load_deadline_s: float  # on the clock of `time.monotonic`, as all deadlines here

    @classmethod
    def spawn(cls, source: EngineSource, load_timeout_s: float) -> _Child:
        ours, theirs = _SPAWN.Pipe()
        process = _SPAWN.Process(
            target=_serve, args=(theirs, source), name="rt_grasp_model", daemon=True
        )
        process.start()
        theirs.close()  # so that the pipe closes when the child ends
        return cls(process, ours, time.monotonic() + load_timeout_s)

    def kill(self) -> None:
        if self.process.is_alive():
            self.process.kill()
            self.process.join(_STOP_TIMEOUT_S)


class ModelWorker:
    """Runs an engine in another process, one request at a time, each within a deadline.

    A worker that dies or misses its deadline is replaced at once, at most `max_restarts` times
    in a row. `answer` is for one caller at a time; `stop` may be called from any thread.
    """

    def __init__(
        self, source: EngineSource, *, load_timeout_s: float = 120.0, max_restarts: int = 3
    ) -> None:
        """Remember what to run; `start` runs it.

        Args:
            source: the engine.
            load_timeout_s: how long loading and the first answer may take.
            max_restarts: replacements in a row before it gives up.
        """
        self._source = source
        self._load_timeout_s = load_timeout_s
        self._max_restarts = max_restarts
        self._failures = 0
        self._stopped = True
        self._ready = False
        self._child: _Child | None = None

    def start(self) -> None:
        """Load the engine and warm it up.

        Raises:
            ModelError: it could not be loaded, or not within `load_timeout_s`.
        """
        self.stop()
        self._stopped = False
        self._failures = 0
        child = self._spawn()
        try:
            self._await_ready(child, child.load_deadline_s)
        except RtGraspError:
            self.stop()
            raise

    def answer(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int,
        timeout_s: float,
        on_text: Callable[[str], None] | None = None,
    ) -> list[Answer]:
        """Ask the engine; the arguments are those of `GraspEngine.answer`.

        Args:
            image_rgb: shape (H, W, 3), uint8.
            command: what to grasp.
            max_candidates: how many answers at most.
            timeout_s: how long to wait, also for a worker that is being replaced.
            on_text: called with the first answer's text so far whenever it grows.

        Raises:
            ModelNotLoaded: `start` was not called, or the worker failed too often in a row.
            ModelTimeout: no answer within `timeout_s`; the worker is replaced, unless it was
                still being started.
            ModelWorkerDied: the process ended; it is replaced.
            RtGraspError: what the engine raised.
        """
        deadline_s = time.monotonic() + timeout_s
        child = self._child
        if child is None or self._stopped:
            raise ModelNotLoaded("No model is loaded; configure the perception node first.")
        if self._failures > self._max_restarts:
            raise ModelNotLoaded(
                f"The model process failed {self._failures} times in a row and is not started "
                "again; read its log, then clean up and configure the perception node."
            )
        if not self._ready:
            self._await_ready(child, deadline_s)
        request = _Request(np.ascontiguousarray(image_rgb), command, max_candidates)
        try:
            child.connection.send(request)
        except OSError as error:
            raise self._died(child) from error
        while True:
            match self._receive(child, deadline_s):
                case _Text(text):
                    if on_text is not None:
                        on_text(text)
                case _Answers(answers):
                    self._failures = 0
                    return answers
                case _Failure(failure):
                    self._failures = 0
                    raise failure
                case None:
                    self._replace(child)
                    raise ModelTimeout(
                        f"The model did not answer within {timeout_s:g} s and is started anew; "
                        "send the command again, or raise the parameter model_timeout_s."
                    )

    def stop(self) -> None:
        """End the process; a second call does nothing."""
        self._stopped = True
        if self._child is not None:
            self._child.kill()

    def _spawn(self) -> _Child:
        self._ready = False
        self._child = _Child.spawn(self._source, self._load_timeout_s)
        return self._child

    def _replace(self, child: _Child) -> None:
        """Start a new process in place of a failed one, unless it fails too often."""
        child.kill()
        self._failures += 1
        if not self._stopped and self._failures <= self._max_restarts:
            self._spawn()

    def _await_ready(self, child: _Child, deadline_s: float) -> None:
        """Wait for a process that is loading; it may load on when the deadline is not its own."""
        reply = self._receive(child, min(deadline_s, child.load_deadline_s))
        match reply:
            case _Ready():
                self._ready = True
            case _Failure(error):
                self._replace(child)
                raise error
            case None if deadline_s < child.load_deadline_s:
                raise ModelTimeout(
                    "The model is still being started anew; send the command again in a while."
                )
            case None:
                self._replace(child)
                raise ModelTimeout(
                    f"The model did not load within {self._load_timeout_s:g} s; raise the "
                    "parameter model_load_timeout_s on a slow machine."
                )

    def _receive(self, child: _Child, deadline_s: float) -> _Reply | None:
        """Return the next reply, or None where the deadline passes first."""
        try:
            # A process that ends closes its end of the pipe, which makes ours readable.
            if not child.connection.poll(max(0.0, deadline_s - time.monotonic())):
                return None
            reply: _Reply = child.connection.recv()
            return reply
        except (EOFError, OSError) as error:
            raise self._died(child) from error

    def _died(self, child: _Child) -> RtGraspError:
        """Replace the process and return the error that says how it ended."""
        if self._stopped:
            return ModelNotLoaded("The model was unloaded while it answered; send it again.")
        child.process.join(_STOP_TIMEOUT_S)
        exit_code = child.process.exitcode
        self._replace(child)
        return ModelWorkerDied(
            f"The model process ended (exit code {exit_code}) and is started anew; send the "
            "command again, and check the free memory if this repeats."
        )


def _serve(connection: Connection, source: EngineSource) -> None:
    """Load the engine and answer until the other end closes; runs in the worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends this one
    with suppress(EOFError, OSError):
        try:
            module, function = source.factory.split(":")
            engine = getattr(importlib.import_module(module), function)(**source.arguments)
            with suppress(RtGraspError):
                engine.answer(np.full((480, 640, 3), 128, np.uint8), _WARM_UP_COMMAND)
        except Exception as error:
            connection.send(_Failure(_as_ours(error)))
            return
        connection.send(_Ready())
        while True:
            request: _Request = connection.recv()
            try:
                answers = engine.answer(
                    request.image_rgb,
                    request.command,
                    request.max_candidates,
                    lambda text: connection.send(_Text(text)),
                )
                connection.send(_Answers(answers))
            except OSError:
                raise
            except Exception as error:
                connection.send(_Failure(_as_ours(error)))


def _as_ours(error: Exception) -> RtGraspError:
    """Return the error, or one of ours in its place, with the traceback in the log."""
    if isinstance(error, RtGraspError):
        return error
    traceback.print_exception(error)
    return ModelError(
        f"The model failed with {type(error).__name__} ('{str(error)[:200]}'); "
        "the traceback is in the log of the perception node."
    )
