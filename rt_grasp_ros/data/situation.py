"""Where on its object a grasp lies, in words that follow from the object's labels alone.

A data set of rectangles does not say which part a rectangle is on. What follows from the rectangles
of one object is how far apart and along which line they lie: that is said, and no more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ..grasp.rectangle import GraspRectangle

MIN_SPAN = 0.5
"""Centres that spread less than this share of the openings' median are one place."""

MAX_BREADTH = 0.4
"""Centres whose spread across is below this share of their spread along form one line."""

_MIDDLE = 1 / 6  # of the line's length to either side of its middle

_COMPASS = (
    *("right", "upper right", "upper", "upper left"),
    *("left", "lower left", "lower", "lower right"),
)
_AXES = (
    "from its left to its right",
    "from its lower left to its upper right",
    "from its lower to its upper side",
    "from its lower right to its upper left",
)


class Spot(StrEnum):
    """Where among an object's labels a grasp lies."""

    MIDDLE = "middle"
    """The labels form a line, and it lies in the middle third."""
    END = "end"
    """The labels form a line, and it lies towards one end."""
    SIDE = "side"
    """The labels spread over an area or around a rim, and it lies on one side of it."""
    CENTRE = "centre"
    """It lies in the middle of an area, or all labels are about one place."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the labels of one object say of one grasp.

    Attributes:
        spot: where among the labels it lies.
        extent: how the labels lie; completes "The cup ...".
        where: where on the object the grasp is; completes "I take it ...".
    """

    spot: Spot
    extent: str
    where: str


def situate(rectangle: GraspRectangle, labels: Sequence[GraspRectangle]) -> Situation:
    """Describe a grasp among the labels of its object.

    Args:
        rectangle: the grasp.
        labels: all good grasps of the same object, the grasp among them.
    """
    centres = np.array([label.centre for label in labels])
    middle = centres.mean(axis=0)
    opening_px = float(np.median([label.opening_px for label in labels]))
    axes = np.linalg.svd(centres - middle, full_matrices=True)[2]
    along_px, across_px = (centres @ axes.T).T
    span_px, breadth_px = float(np.ptp(along_px)), float(np.ptp(across_px))
    if span_px < MIN_SPAN * opening_px:
        return Situation(Spot.CENTRE, "can be grasped at one place", "around its centre")
    if breadth_px > MAX_BREADTH * span_px:
        offset = rectangle.centre - middle
        if math.hypot(*offset) < _MIDDLE * span_px:
            return Situation(Spot.CENTRE, "can be grasped from several sides", "around its centre")
        side = f"by its {_compass(offset)} side"
        return Situation(Spot.SIDE, "can be grasped from several sides", side)
    axis = axes[0]
    extent = f"stretches {_AXES[round(_angle_rad(axis) / (math.pi / 4)) % 4]}"
    share = (rectangle.centre @ axis - (along_px.min() + along_px.max()) / 2) / span_px
    if abs(share) <= _MIDDLE:
        return Situation(Spot.MIDDLE, extent, "halfway along its length")
    return Situation(Spot.END, extent, f"towards its {_compass(axis * np.sign(share))} end")


def stated_in(text: str) -> set[str]:
    """Return which of all extents and places on an object a text states."""
    found = {phrase for phrase in _EVERY_PHRASE if phrase in text}
    return {phrase for phrase in found if not any(phrase in other != phrase for other in found)}


def _angle_rad(direction: np.ndarray) -> float:
    """Angle of `[x, y]` in pixels, counter-clockwise as seen."""
    return math.atan2(-direction[1], direction[0])


def _compass(direction: np.ndarray) -> str:
    return _COMPASS[round(_angle_rad(direction) / (math.pi / 4)) % 8]


_EVERY_PHRASE = (
    "can be grasped at one place",
    "can be grasped from several sides",
    *(f"stretches {axis}" for axis in _AXES),
    "around its centre",
    "halfway along its length",
    *(f"by its {name} side" for name in _COMPASS),
    *(f"towards its {name} end" for name in _COMPASS),
)
