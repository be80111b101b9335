"""A model's process that is stopped, and answers that nobody took; commands too long for it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.strangers.case import Case, CaseFailed
from rt_grasp_ros.grasp.errors import CommandTooLong, ModelTimeout
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.model.engine import EngineSettings, IsCancelled, OnText
from rt_grasp_ros.model.load_engine import load_engine
from rt_grasp_ros.model.torch_settings import TorchSettings
from rt_grasp_ros.model.worker.worker import ModelWorker
from rt_grasp_ros.model.worker.worker_messages import EngineSource
from rt_grasp_ros.resources import share_path

_IMAGE = np.zeros((1080, 1920, 3), np.uint8)  # more than fits into a pipe


def cases() -> list[Case]:
    """Return the cases of this kind."""
    return [
        Case(
            "worker",
            "whoever hears the reasoning fails",
            "review",
            "the next command gets its own answer",
            _own_answers,
        ),
        Case(
            "worker",
            "a server splits an emoji between two pieces of text",
            "review",
            "text that can be sent",
            _sendable,
        ),
        Case(
            "worker",
            "the process is stopped while it is given a picture",
            "review",
            "ends within its deadline, and the next command is answered",
            _stopped,
            is_quick=False,
        ),
        *(
            Case(
                "worker",
                f"a command of 490 Chinese characters, {backend}",
                "review",
                "COMMAND_TOO_LONG or an answer, and the next command is answered",
                partial(_long, backend),
                is_quick=False,
            )
            for backend in ("onnx", "torch")
        ),
    ]


class Echo:
    """An engine that says what it was asked."""

    name = "echo"

    def answer(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int = 1,
        on_text: OnText | None = None,
        history: Sequence[Turn] = (),
        is_cancelled: IsCancelled | None = None,
    ) -> list[Answer]:
        """Return the command as the reasoning; see `GraspEngine`."""
        if on_text is not None:
            on_text(f"\ud83d {command}" if "emoji" in command else command)
        half = "\ud83d" if "emoji" in command else ""
        return [Answer(half + command, GraspRectangle(8, 8, 0.0, 4, 2, 16, 16), 0.9)]


def make_echo() -> Echo:
    """Return the engine; called in the model's process."""
    return Echo()


def _worker() -> ModelWorker:
    worker = ModelWorker(EngineSource(f"{__name__}:make_echo"), load_timeout_s=60.0)
    worker.start()
    worker.warm_up()
    return worker


def _own_answers() -> str:
    def fail(text: str) -> None:
        raise OSError("the topic is gone")

    worker = _worker()
    try:
        for _ in range(2):
            with suppress(OSError):
                worker.answer(_IMAGE, "the knife", 1, 30.0, on_text=fail)
            for command in ("the mug", "the banana"):
                said = worker.answer(_IMAGE, command, 1, 30.0)[0].reasoning
                if said != command:
                    raise CaseFailed(f"'{command}' was answered with '{said}'")
    finally:
        worker.stop()
    return "each command got its own answer"


def _sendable() -> str:
    worker = _worker()
    heard: list[str] = []
    try:
        said = worker.answer(_IMAGE, "emoji", 1, 30.0, on_text=heard.append)[0].reasoning
    finally:
        worker.stop()
    try:
        for text in (said, *heard):
            text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CaseFailed(str(error)) from error
    return f"'{said}'"


def _stopped() -> str:
    worker = _worker()
    try:
        os.kill(worker.pid or 0, signal.SIGSTOP)
        start_s = time.monotonic()
        try:
            worker.answer(_IMAGE, "the mug", 1, 1.0)
        except ModelTimeout:
            ended_s = time.monotonic() - start_s
        else:
            raise CaseFailed("a stopped process answered")
        if ended_s > 15.0:
            raise CaseFailed(f"it ended after {ended_s:.0f} s")
        if worker.answer(_IMAGE, "the mug", 1, 60.0)[0].reasoning != "the mug":
            raise CaseFailed("the next command was not answered")
    finally:
        worker.stop()
    return f"ended after {ended_s:.1f} s, the next command was answered"


def _long(backend: str) -> str:
    settings = EngineSettings(torch=TorchSettings(device="cpu"))
    engine = load_engine(share_path("models/rt-grasp-tiny"), backend, settings)
    image = np.full((480, 640, 3), 128, np.uint8)
    refused = 0
    engine.answer(image, "grasp the mug")
    for count in (200, 270, 274, 278, 330, 490):
        try:
            engine.answer(image, "grasp the " + "\u676f" * count)
        except CommandTooLong:
            refused += 1
    if refused == 0:
        raise CaseFailed("none was refused")
    engine.answer(image, "grasp the mug")
    return f"{refused} of 6 lengths refused, the others answered"
