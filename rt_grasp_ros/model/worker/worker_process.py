"""The process that runs the model: what happens on its side of the pipe."""

from __future__ import annotations

import os
import queue
import signal
import threading
import traceback
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection

import numpy as np

from ...grasp.errors import AnswerGarbled, ModelError, RtGraspError
from ...language.answer import Answer
from ...with_parent import end_with_parent
from ..engine import GraspEngine, note_of
from .readable import readable
from .worker_messages import (
    Answers,
    Begun,
    Cancel,
    EngineSource,
    Failed,
    Failure,
    Loaded,
    Ready,
    Request,
    Text,
)

_WARM_UP_COMMAND = "grasp the mug"
_WARM_UP_SIZE_PX = (480, 640)


def serve(connection: Connection, source: EngineSource) -> None:
    """Load the engine, warm it up, and answer until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends this one
    end_with_parent()
    inbox = _Inbox(connection)
    with suppress(OSError):
        try:
            engine = source.make()
            connection.send(Loaded(note_of(engine)))
            _warm_up(engine)
        except Exception as error:
            connection.send(Failed(_as_ours(error)))
            return
        connection.send(Ready())
        while True:
            _answer(engine, inbox.next(), inbox, connection)


class _Inbox:
    """Takes messages from the pipe in the background, so that one can cancel what goes on."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._cancelled_number = 0
        threading.Thread(target=self._listen, name="inbox", daemon=True).start()

    def next(self) -> Request:
        """Wait for a request."""
        return self._requests.get()

    def is_cancelled(self, number: int) -> bool:
        """Whether the request of this number is to be given up."""
        return self._cancelled_number >= number

    def _listen(self) -> None:
        while True:
            try:
                message: Request | Cancel = self._connection.recv()
            except (EOFError, OSError):
                os._exit(0)  # nobody is left to answer to, and the engine may hang
            if isinstance(message, Cancel):
                self._cancelled_number = message.number
            else:
                self._requests.put(message)


def _warm_up(engine: GraspEngine) -> None:
    """Let the engine compile, allocate and connect whatever it does so for with its first answer.

    Raises:
        RtGraspError: it will not answer other commands either.
    """
    with suppress(AnswerGarbled):  # a grey picture deserves no grasp
        engine.answer(np.full((*_WARM_UP_SIZE_PX, 3), 128, np.uint8), _WARM_UP_COMMAND)


def _answer(engine: GraspEngine, request: Request, inbox: _Inbox, connection: Connection) -> None:
    number = request.number
    connection.send(Begun(number))
    try:
        answers = engine.answer(
            request.image_rgb,
            request.command,
            request.max_candidates,
            lambda text: connection.send(Text(number, readable(text))),
            request.history,
            lambda: inbox.is_cancelled(number),
        )
        connection.send(Answers(number, [_readable(answer) for answer in answers]))
    except BrokenPipeError:
        raise
    except Exception as error:
        connection.send(Failure(number, _as_ours(error)))


def _readable(answer: Answer) -> Answer:
    return replace(answer, reasoning=readable(answer.reasoning))


def _as_ours(error: Exception) -> RtGraspError:
    """Return the error, or one of ours in its place, with the traceback in the log."""
    if isinstance(error, RtGraspError):
        error.args = tuple(readable(str(arg)) for arg in error.args)
        return error
    traceback.print_exception(error)
    return ModelError(
        f"The model failed with {type(error).__name__} ('{readable(str(error)[:200])}'); "
        "the traceback is in the log of the perception node."
    )
