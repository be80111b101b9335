"""Words that state what the numbers say, so that the two can be checked against each other."""

from __future__ import annotations

import math
import re
from enum import Enum

from ..grasp.rectangle import GraspRectangle

_PLACES = (
    ("at the upper left", "at the top", "at the upper right"),
    ("on the left", "in the middle", "on the right"),
    ("at the lower left", "at the bottom", "at the lower right"),
)
_CLOSINGS = (
    "from left to right",
    "from lower left to upper right",
    "from bottom to top",
    "from upper left to lower right",
)

_PLACE = re.compile(rf"\b(?:{'|'.join(phrase for row in _PLACES for phrase in row)})\b")
_CLOSING = re.compile(rf"\b(?:{'|'.join(_CLOSINGS)})\b")


def describe_place(rectangle: GraspRectangle) -> str:
    """Say in which ninth of the picture the grasp's centre lies."""
    column = min(int(3 * rectangle.x_px / rectangle.image_width_px), 2)
    row = min(int(3 * rectangle.y_px / rectangle.image_height_px), 2)
    return _PLACES[max(row, 0)][max(column, 0)]


def describe_closing(rectangle: GraspRectangle) -> str:
    """Say along which of four directions in the picture the jaws close."""
    return _CLOSINGS[round(rectangle.theta_rad / (math.pi / 4)) % 4]


class Grounding(Enum):
    """What a text says of the rectangle beside it."""

    AGREES = "agrees"
    """It states place and closing direction, and they are the rectangle's."""
    SILENT = "silent"
    """What it states is the rectangle's, but place or closing direction is not stated."""
    CONTRADICTS = "contradicts"
    """It states a place or a closing direction that is not the rectangle's."""


def check_grounding(reasoning: str, rectangle: GraspRectangle) -> Grounding:
    """Compare what a text states with the numbers.

    Only the phrases of this module count as statements. A text that states several places or
    directions contradicts the rectangle, since at most one of them is right: no text can agree
    with every rectangle.

    Args:
        reasoning: the sentences before the numbers.
        rectangle: what the numbers say.
    """
    text = reasoning.lower()
    places = {phrase for row in _PLACES for phrase in row if phrase in text}
    closings = {phrase for phrase in _CLOSINGS if phrase in text}
    expected = {describe_place(rectangle), describe_closing(rectangle)}
    if not places | closings <= expected:
        return Grounding.CONTRADICTS
    return Grounding.AGREES if places and closings else Grounding.SILENT


def grounded(reasoning: str, rectangle: GraspRectangle) -> str:
    """Return a text whose places and closing directions are those of the numbers.

    Every phrase of this module is taken for a statement about the grasp, as it is in what the
    embedded model says.

    Args:
        reasoning: the sentences before the numbers.
        rectangle: what the numbers say.
    """
    text = _PLACE.sub(describe_place(rectangle), reasoning)
    return _CLOSING.sub(describe_closing(rectangle), text)


def agrees(reasoning: str, rectangle: GraspRectangle) -> bool:
    """Whether a reasoning states place and closing direction, and those of the rectangle alone."""
    return check_grounding(reasoning, rectangle) is Grounding.AGREES
