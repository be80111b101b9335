"""Engines for the worker process, chosen by name; each does what the command says."""

import dataclasses
import os
import time
from pathlib import Path

from rt_grasp_ros.grasp.errors import AnswerCancelled, AnswerGarbled, CheckpointInvalid
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.answer import Answer

FOREVER_S = 3600
WORD_S = 0.05


class FakeEngine:
    """Grasps at the middle of the picture, unless the command holds a word of mischief."""

    def __init__(self, opening_fraction=0.125):
        self.opening_fraction = opening_fraction

    def answer(
        self,
        image_rgb,
        command,
        max_candidates=1,
        on_text=None,
        history=(),
        is_cancelled=None,
    ):
        if image_rgb.shape[2:] != (3,):
            raise ValueError("no picture in colours")
        if "hang" in command:
            time.sleep(FOREVER_S)
        if "crash" in command:
            os._exit(7)
        if "slow" in command:
            time.sleep(3.0)
        if "halves" in command:
            return say_halves(command, on_text)
        if "garbled" in command:
            raise AnswerGarbled("lorem ipsum 0.5 0.")
        if "fault" in command:
            raise ZeroDivisionError("a fault in the engine")
        if "absent" in command:
            return [Answer("There is no such thing on the table.", None, 0.9)]
        if "ramble" in command:
            ramble(on_text, is_cancelled)
        height, width = image_rgb.shape[:2]
        opening = width * (0.6 if "wide" in command else self.opening_fraction)
        if on_text is not None:
            on_text("It lies")
            on_text("It lies in the middle.")
        said = "; ".join([*(turn.command for turn in history), command])
        return [
            Answer(
                f"It lies in the middle ({said}).",
                GraspRectangle(
                    width / 2 + 3 * i, height / 2, 0.0, opening, opening / 2, width, height
                ),
                0.9 - 0.1 * i,
            )
            for i in range(max_candidates)
        ]


def say_halves(command, on_text):
    """Say what a server makes of characters outside of the basic plane."""
    if "garbled" in command:
        raise AnswerGarbled("half \ud83d")
    if "fault" in command:
        raise ValueError("half \ud83d")
    on_text("A\ud83d")
    on_text("A \ud83d\ude00 mug")
    rectangle = GraspRectangle(32, 24, 0.0, 16, 8, 64, 48)
    return [Answer("A \ud83d\ude00 \ud83dmug", rectangle, 0.9 - 0.1 * i) for i in range(2)]


def ramble(on_text, is_cancelled):
    """Write words until that is cancelled."""
    words = 0
    while not is_cancelled():
        time.sleep(WORD_S)
        words += 1
        on_text("and " * words)
    raise AnswerCancelled


def well_behaved(**arguments):
    return FakeEngine(**arguments)


def no_checkpoint():
    raise CheckpointInvalid("There is no checkpoint here; download one.")


def slow_at_first(flag):
    """Load at once, and slowly from the second time on."""
    if Path(flag).exists():
        time.sleep(1.5)
    Path(flag).touch()
    return FakeEngine()


def never_loads():
    time.sleep(FOREVER_S)


def never_warms_up():
    engine = FakeEngine()
    engine.answer = lambda *_: time.sleep(FOREVER_S)
    return engine


def fails_to_warm_up():
    engine = FakeEngine()
    engine.answer = lambda *_: no_checkpoint()
    return engine


def crashes_on_load():
    os._exit(9)


class StallsOnce(FakeEngine):
    """Says in a file that it has come to a phase, and stays there until it is killed; but once."""

    def __init__(self, phase, flag):
        super().__init__()
        self._phase, self._flag = phase, Path(flag)
        self._answers = 0
        self._reach("loading")

    def answer(self, image_rgb, command, max_candidates=1, on_text=None, *context):
        self._reach("warming up" if self._answers == 0 else "prefill")
        self._answers += 1
        if on_text is not None:
            on_text("It")
            self._reach("decoding")
        return super().answer(image_rgb, command, max_candidates, on_text, *context)

    def _reach(self, phase):
        if phase == self._phase and not self._flag.exists():
            self._flag.touch()
            time.sleep(FOREVER_S)


def stalls_once(phase, flag):
    return StallsOnce(phase, flag)


class Unreadable:
    """Can be sent to another process and not be read there."""

    def __reduce__(self):
        return int, ("no number",)


def talks_nonsense():
    engine = FakeEngine()
    answer = engine.answer

    def answer_or_not(image_rgb, command, *context):
        answers = answer(image_rgb, command, *context)
        if "nonsense" in command:
            return [dataclasses.replace(answers[0], rectangle=Unreadable())]
        return answers

    engine.answer = answer_or_not
    return engine
