"""The model in a process of its own: it may hang, crash or hold the interpreter; a node may not."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from ...grasp.errors import (
    AnswerCancelled,
    ModelNotLoaded,
    ModelTimeout,
    ModelWorkerDied,
    RtGraspError,
)
from ...language.answer import Answer
from ...language.prompt import Turn
from ..engine import IsCancelled, OnText
from .worker_child import ChildState, WorkerChild
from .worker_messages import Answers, Begun, Cancel, Ended, EngineSource, Failure, Request, Text

_log = logging.getLogger(__name__)

_POLL_S = 0.05
_CANCEL_TIMEOUT_S = 3.0  # a model that is reading its prompt does not hear before its end
_PROGRESS_PERIOD_S = 2.0
_DOING = {ChildState.LOADING: "loading", ChildState.WARMING_UP: "warming up"}


class ModelWorker:
    """Runs an engine in another process, one request at a time, each within a deadline.

    A process that ends, at whatever point, is replaced at once, at most `max_restarts` times in
    a row; a request that it has not begun waits for the next one. Only an engine that says
    itself that it can't be started is not tried again. `answer` is for one caller at a time;
    `stop` may be called from any thread.
    """

    def __init__(
        self,
        source: EngineSource,
        *,
        load_timeout_s: float = 120.0,
        max_restarts: int = 3,
        on_failure: Callable[[RtGraspError], None] | None = None,
    ) -> None:
        """Remember what to run; `start` runs it.

        Args:
            source: the engine.
            load_timeout_s: how long loading and the first answer may take.
            max_restarts: replacements in a row before it gives up.
            on_failure: told why a process ended; called from another thread.
        """
        self._source = source
        self._load_timeout_s = load_timeout_s
        self._max_restarts = max_restarts
        self._on_failure = on_failure
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._child: WorkerChild | None = None
        self._failures = self._replaced = 0
        self._is_stopped = True
        self._was_ready = False
        self._is_to_start = False  # the machine could not start one; the next command tries again
        self._last_failure: RtGraspError | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the process that runs the model now; None where there is none."""
        child = self._child
        return child.pid if child and child.state is not ChildState.ENDED else None

    @property
    def is_ready(self) -> bool:
        """Whether a process takes requests now."""
        child = self._child
        return child is not None and child.state is ChildState.READY and not self._is_stopped

    @property
    def note(self) -> str:
        """What the engine has to say of itself; empty for nothing."""
        child = self._child
        return child.note if child is not None else ""

    @property
    def replaced(self) -> int:
        """How many processes were started in place of one that ended, in all."""
        return self._replaced

    def start(self, on_progress: OnText | None = None) -> None:
        """Load the engine; it goes on to warm up.

        Args:
            on_progress: told every other second what is going on.

        Raises:
            RtGraspError: it could not be loaded, or not within `load_timeout_s`.
        """
        self.stop()
        with self._lock:
            self._was_ready = False
            self._failures = 0
            self._child = WorkerChild(self._source, self._replace)
            self._is_stopped = False
        try:
            self._wait_for(ChildState.WARMING_UP, on_progress)
        except RtGraspError:
            self.stop()
            raise

    def warm_up(self, on_progress: OnText | None = None) -> None:
        """Wait until the engine has given its first answer.

        Args:
            on_progress: told every other second what is going on.

        Raises:
            RtGraspError: it fails or ends again and again, or takes longer than
                `load_timeout_s`.
        """
        self._wait_for(ChildState.READY, on_progress)

    def answer(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int,
        timeout_s: float,
        on_text: OnText | None = None,
        history: Sequence[Turn] = (),
        is_cancelled: IsCancelled | None = None,
    ) -> list[Answer]:
        """Ask the engine; the arguments are those of `GraspEngine.answer`, but for one.

        Args:
            image_rgb: shape (H, W, 3), uint8.
            command: what to grasp.
            max_candidates: how many answers at most.
            timeout_s: how long to wait, also for a process that is being replaced.
            on_text: called with the first answer's text so far whenever it grows.
            history: earlier turns of the same dialogue, oldest first.
            is_cancelled: once it says yes, the answer is given up.

        Raises:
            AnswerCancelled: `is_cancelled` said yes.
            ModelNotLoaded: `start` was not called, or the process failed too often in a row.
            ModelTimeout: no answer within `timeout_s`; the process is replaced if it does not
                stop answering when asked to.
            ModelWorkerDied: the process ended while it answered; it is replaced.
            RtGraspError: what the engine raised.
        """
        deadline_s = time.monotonic() + timeout_s
        number = next(self._numbers)
        image_rgb = np.ascontiguousarray(image_rgb)
        request = Request(number, image_rgb, command, max_candidates, tuple(history))
        child = self._ready_child(deadline_s, is_cancelled)
        child.send(request)
        is_begun = False
        while True:
            match child.reply(number, _POLL_S):
                case Begun():
                    is_begun = True
                case Text(_, text):
                    if on_text is not None:
                        self._tell(on_text, text, child, number)
                case Answers(_, answers):
                    self._failures = 0
                    return answers
                case Failure(_, error):
                    self._failures = 0
                    raise error
                case Ended(error) if is_begun or self._is_stopped:
                    raise error
                case Ended():
                    child = self._ready_child(deadline_s, is_cancelled)
                    child.send(request)
            if is_cancelled is not None and is_cancelled():
                self._give_up(child, number, AnswerCancelled())
            if time.monotonic() > deadline_s:
                self._give_up(
                    child,
                    number,
                    ModelTimeout(
                        f"The model did not answer within {timeout_s:g} s; send the command again, "
                        "or raise the parameter model_timeout_s."
                    ),
                )

    @staticmethod
    def _tell(on_text: OnText, text: str, child: WorkerChild, number: int) -> None:
        """Pass a text on; where its listener fails nobody wants the answer any more."""
        try:
            on_text(text)
        except BaseException:
            child.send(Cancel(number))
            raise

    def stop(self) -> None:
        """End the process; a second call does nothing."""
        with self._lock:
            self._is_stopped = True
            child = self._child
        if child is not None:
            child.end(ModelNotLoaded("The model was unloaded while it answered; send it again."))

    def _wait_for(self, state: ChildState, on_progress: OnText | None) -> None:
        """Wait until the process, or one in its place, has come that far."""
        begin_s = time.monotonic()
        while True:
            child = self._current()
            if child.wait_for(state, _PROGRESS_PERIOD_S):
                if child.state is not ChildState.ENDED:
                    self._was_ready |= child.state is ChildState.READY
                    return
            elif time.monotonic() - child.started_s > self._load_timeout_s:
                self._end_slow_start(child)
            elif on_progress is not None:
                on_progress(
                    f"{_DOING[child.state]} the model, {time.monotonic() - begin_s:.0f} s so far"
                )

    def _ready_child(self, deadline_s: float, is_cancelled: IsCancelled | None) -> WorkerChild:
        """Wait for a process that takes requests; one that loads may load on after that."""
        while True:
            child = self._current()
            child.wait_for(ChildState.READY, _POLL_S)
            if child.state is ChildState.READY:
                self._was_ready = True
                return child
            if is_cancelled is not None and is_cancelled():
                raise AnswerCancelled
            if child.state is ChildState.ENDED:
                continue
            if time.monotonic() - child.started_s > self._load_timeout_s:
                self._end_slow_start(child)
            elif time.monotonic() > deadline_s:
                raise ModelTimeout(
                    "The model is still being started anew; send the command again in a while."
                )

    def _current(self) -> WorkerChild:
        """Return the newest process; it may end at any moment."""
        with self._lock:
            if self._child is None or self._is_stopped:
                raise ModelNotLoaded("No model is loaded; configure the perception node first.")
            if self._child.state is not ChildState.ENDED:
                return self._child
            failure = self._last_failure
            if self._is_to_start and self._has_tries_left:
                return self._start_another()
        if failure is not None and not self._was_ready:
            raise failure
        raise ModelNotLoaded(
            f"The model process failed {self._failures} times in a row, the last time with "
            f"'{failure}', and is not started again; clean up and configure the perception node."
        )

    @property
    def _has_tries_left(self) -> bool:
        return self._failures <= self._max_restarts

    def _start_another(self) -> WorkerChild:
        """Start a process in place of one that ended; the lock is held.

        Raises:
            ModelNotLoaded: the machine can't start one.
        """
        self._is_to_start = False
        try:
            self._child = WorkerChild(self._source, self._replace)
        except ModelNotLoaded as failure:
            self._is_to_start = True
            self._failures += 1
            self._last_failure = failure
            raise
        self._replaced += 1
        return self._child

    def _end_slow_start(self, child: WorkerChild) -> None:
        child.end(
            ModelTimeout(
                f"The model did not load within {self._load_timeout_s:g} s; raise the parameter "
                "model_load_timeout_s on a slow machine."
            )
        )

    def _give_up(self, child: WorkerChild, number: int, reason: RtGraspError) -> NoReturn:
        """Let the engine stop between two tokens, or end its process; raises the reason."""
        child.send(Cancel(number))
        deadline_s = time.monotonic() + _CANCEL_TIMEOUT_S
        while (left_s := deadline_s - time.monotonic()) > 0:
            if isinstance(child.reply(number, left_s), Answers | Failure | Ended):
                raise reason
        child.end(reason)
        raise reason

    def _replace(self, child: WorkerChild, failure: RtGraspError) -> None:
        """Start a process in place of one that ended, unless that happens too often."""
        with self._lock:
            if self._is_stopped or child is not self._child:
                return
            self._failures += 1
            self._last_failure = failure
            is_worth_trying = self._was_ready or isinstance(failure, ModelWorkerDied)
            failures = [failure]
            if is_worth_trying and self._has_tries_left:
                try:
                    self._start_another()
                except ModelNotLoaded as further:  # the next command tries again
                    failures.append(further)
        self._report(failures)

    def _report(self, failures: Sequence[RtGraspError]) -> None:
        """Tell of failures; a listener that fails itself changes nothing."""
        if self._on_failure is None:
            return
        for failure in failures:
            try:
                self._on_failure(failure)
            except Exception:
                _log.exception("nobody took the failure of the model: %s", failure)
