"""Pictures that need no simulator: coloured shapes on a table, and a command about each."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

_SIZE_PX = (480, 640)
_THINGS = ("mug", "banana", "tape", "bottle", "screwdriver", "apple", "box")
_COMMANDS = ("grasp the {}", "pick up the {}", "take the {} by its handle", "give me the {}")


def drawn_questions(count: int, seed: int = 0) -> Iterator[tuple[NDArray[np.uint8], str]]:
    """Yield pictures (480, 640, 3), uint8, and commands; the same seed gives the same ones.

    What is drawn looks like nothing that the command may name: how long answers are and how they
    are worded is what they are for.

    Args:
        count: how many.
        seed: of the chance.
    """
    chance = np.random.default_rng(seed)
    for _ in range(count):
        picture = np.empty((*_SIZE_PX, 3), np.uint8)
        picture[:] = chance.integers(90, 180, 3)
        for _ in range(4):
            centre = (int(chance.integers(120, 520)), int(chance.integers(100, 380)))
            axes = (int(chance.integers(20, 70)), int(chance.integers(12, 30)))
            colour = tuple(int(value) for value in chance.integers(0, 256, 3))
            cv2.ellipse(picture, centre, axes, float(chance.uniform(0, 180)), 0, 360, colour, -1)
        command = str(chance.choice(_COMMANDS)).format(chance.choice(_THINGS))
        yield picture, command
