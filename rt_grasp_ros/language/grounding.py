"""Words that state what the numbers say, so that the two can be checked against each other."""

from __future__ import annotations

import math

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


def describe_place(rectangle: GraspRectangle) -> str:
    """Say in which ninth of the picture the grasp's centre lies."""
    column = min(int(3 * rectangle.x_px / rectangle.image_width_px), 2)
    row = min(int(3 * rectangle.y_px / rectangle.image_height_px), 2)
    return _PLACES[max(row, 0)][max(column, 0)]


def describe_closing(rectangle: GraspRectangle) -> str:
    """Say along which of four directions in the picture the jaws close."""
    return _CLOSINGS[round(rectangle.theta_rad / (math.pi / 4)) % 4]


def agrees(reasoning: str, rectangle: GraspRectangle) -> bool:
    """Whether a reasoning that states place and closing direction states those of the rectangle."""
    return describe_place(rectangle) in reasoning and describe_closing(rectangle) in reasoning
