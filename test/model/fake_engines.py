"""Engines for the worker process, chosen by name; each does what the command says."""

import os
import time
from pathlib import Path

from rt_grasp_ros.grasp.errors import AnswerGarbled, CheckpointInvalid
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.answer import Answer


class FakeEngine:
    """Grasps at the middle of the picture, unless the command holds a word of mischief."""

    def __init__(self, opening_fraction=0.125):
        self.opening_fraction = opening_fraction

    def answer(self, image_rgb, command, max_candidates=1, on_text=None):
        if "hang" in command:
            time.sleep(3600)
        if "crash" in command:
            os._exit(7)
        if "slow" in command:
            time.sleep(1.0)
        if "garbled" in command:
            raise AnswerGarbled("lorem ipsum 0.5 0.")
        if "fault" in command:
            raise ZeroDivisionError("a fault in the engine")
        if "absent" in command:
            return [Answer("There is no such thing on the table.", None, 0.9)]
        height, width = image_rgb.shape[:2]
        opening = width * (0.6 if "wide" in command else self.opening_fraction)
        if on_text is not None:
            on_text("It lies")
            on_text("It lies in the middle.")
        return [
            Answer(
                f"It lies in the middle ({command}).",
                GraspRectangle(
                    width / 2 + 3 * i, height / 2, 0.0, opening, opening / 2, width, height
                ),
                0.9 - 0.1 * i,
            )
            for i in range(max_candidates)
        ]


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
    time.sleep(3600)


def crashes_on_load():
    os._exit(9)
