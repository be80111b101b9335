"""A picture with markers at known places, for finding out where a model points."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SIZE_PX = (640, 480)
_RADIUS_PX = 22
_GROUND_RGB = (196, 190, 182)


@dataclass(frozen=True, slots=True)
class Marker:
    """A disc of one colour.

    Attributes:
        name: what is asked for.
        x_px: its middle in the picture.
        y_px: the same, downwards.
        rgb: its colour.
    """

    name: str
    x_px: float
    y_px: float
    rgb: tuple[int, int, int]

    @property
    def radius_px(self) -> float:
        """Of the disc."""
        return float(_RADIUS_PX)


MARKERS = (
    Marker("red disc", 96.0, 390.0, (205, 30, 30)),
    Marker("green disc", 560.0, 96.0, (30, 150, 50)),
    Marker("blue disc", 420.0, 410.0, (30, 60, 200)),
    Marker("yellow disc", 260.0, 70.0, (240, 205, 20)),
    Marker("black disc", 590.0, 260.0, (15, 15, 15)),
    Marker("white disc", 60.0, 180.0, (252, 252, 252)),
)
"""None near a diagonal or the middle, where conventions agree."""


def marker_picture() -> NDArray[np.uint8]:
    """Return the picture, uint8 RGB, shape (480, 640, 3)."""
    picture = np.full((SIZE_PX[1], SIZE_PX[0], 3), _GROUND_RGB, np.uint8)
    for marker in MARKERS:
        centre = (round(marker.x_px * 16 - 8), round(marker.y_px * 16 - 8))
        cv2.circle(picture, centre, _RADIUS_PX * 16, marker.rgb, -1, cv2.LINE_AA, shift=4)
    return picture
