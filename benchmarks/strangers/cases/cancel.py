"""Cancels that come at the same time as what they are to end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.strangers.case import Case, CaseFailed
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import Cancelled, NotActive
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.memory import DialogueMemory
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.pipeline.command_flow import CommandFlow
from rt_grasp_ros.pipeline.command_outcome import CommandOutcome, CommandRequest, Execution
from rt_grasp_ros.pipeline.surroundings import OnVerdicts

_ROUNDS = 100
_PATIENCE_S = 5.0
_CLOSED = NotActive("It is closed; open it.")


def cases() -> list[Case]:
    """Return the cases of this kind."""
    right = "the command is refused or cancelled"
    return [
        Case("cancel", "a cancel as a command begins", "review", right, _cancel_at_once),
        Case("cancel", "deactivating as a command begins", "review", right, _close_at_once),
    ]


class _Waiting:
    """Takes a picture for as long as nobody cancels."""

    def __init__(self) -> None:
        self.flow = CommandFlow(self, Gripper(), lambda: "plane", DialogueMemory())
        self.survived = False

    def take_frame(self) -> RgbdFrame:
        deadline_s = time.monotonic() + _PATIENCE_S
        while not self.flow.is_cancelled:
            if time.monotonic() > deadline_s:
                self.survived = True
                break
            time.sleep(0)
        raise Cancelled

    def ask_model(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int,
        history: Sequence[Turn],
    ) -> list[Answer]:
        raise NotImplementedError

    def show(self, frame: RgbdFrame, outcome: CommandOutcome) -> None:
        raise NotImplementedError

    def execute(
        self, frame: RgbdFrame, outcome: CommandOutcome, on_verdicts: OnVerdicts
    ) -> Execution:
        raise NotImplementedError


def _cancel_at_once() -> str:
    def end(flow: CommandFlow) -> None:
        deadline_s = time.monotonic() + _PATIENCE_S
        while not flow.cancel() and time.monotonic() < deadline_s:
            time.sleep(0)

    return _race(end, {ErrorCode.CANCELLED})


def _close_at_once() -> str:
    def end(flow: CommandFlow) -> None:
        flow.close(_CLOSED)

    return _race(end, {ErrorCode.CANCELLED, ErrorCode.NOT_ACTIVE})


def _race(end: Callable[[CommandFlow], None], allowed: set[ErrorCode]) -> str:
    """Let a command and its end begin together, many times."""
    for _ in range(_ROUNDS):
        waiting = _Waiting()
        both = threading.Barrier(2)
        outcomes: list[CommandOutcome] = []

        def command(
            waiting: _Waiting = waiting,
            both: threading.Barrier = both,
            outcomes: list[CommandOutcome] = outcomes,
        ) -> None:
            both.wait(_PATIENCE_S)
            outcomes.append(waiting.flow.run(CommandRequest("grasp the mug", execute=True)))

        thread = threading.Thread(target=command)
        thread.start()
        both.wait(_PATIENCE_S)
        end(waiting.flow)
        thread.join(2 * _PATIENCE_S)
        if waiting.survived or not outcomes or outcomes[0].error_code not in allowed:
            raise CaseFailed("a command survived")
    return f"none of {_ROUNDS} commands survived"
