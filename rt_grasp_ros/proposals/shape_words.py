"""Whether a thing has the shape that a word says, as depth measures it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from .segments import Segment

_TOP_PERCENTILE = 95
_MIDDLE_SHARE = 0.3
_FEWEST_POINTS = 12


@dataclass(frozen=True, slots=True)
class Shape:
    """What is measured of a thing, seen from above.

    Attributes:
        ratio: its length over its breadth, at least 1.
        fill: the share of the box around it that its hull takes; pi / 4 of a disc.
        solid: the share of its hull that it takes itself.
        breadth_m: the shorter side of the box around it.
        height_m: of its top above the plane.
        middle: how high its middle is, as a share of its top; near 0 where that is open.
    """

    ratio: float
    fill: float
    solid: float
    breadth_m: float
    height_m: float
    middle: float

    @property
    def thickness_m(self) -> float:
        """The least of what it measures."""
        return min(self.breadth_m, self.height_m)


_CONTRADICTIONS: MappingProxyType[str, Callable[[Shape], bool]] = MappingProxyType(
    {
        "round": lambda shape: shape.ratio > 1.7 or shape.fill > 0.93,
        "long": lambda shape: shape.ratio < 1.7,
        "thin": lambda shape: shape.thickness_m > 0.035,
        "flat": lambda shape: shape.height_m > 0.035,
        "hollow": lambda shape: shape.middle > 0.4,
        "rectangular": lambda shape: shape.fill < 0.85,
        "curved": lambda shape: shape.solid > 0.95,
        "bent": lambda shape: shape.solid > 0.95,
        "cylindrical": lambda shape: shape.fill < 0.75 or shape.height_m < 0.025,
    }
)
"""By the word, whether a shape is plainly another one; in between everybody says it differently."""


def is_shape_word(words: str) -> bool:
    """Whether words say nothing of a thing but its shape."""
    return words in _CONTRADICTIONS


def contradicts(word: str, frame: RgbdFrame, segment: Segment) -> bool:
    """Whether a thing plainly does not have the shape that a word says.

    Args:
        word: one of `is_shape_word`; any other is never contradicted.
        frame: that the segment is of.
        segment: the thing.
    """
    check = _CONTRADICTIONS.get(word)
    shape = None if check is None else measured_shape(frame, segment)
    return check is not None and shape is not None and check(shape)


def measured_shape(frame: RgbdFrame, segment: Segment) -> Shape | None:
    """Return the shape of a thing; None where depth shows too little of it."""
    left, top, width, height = segment.box_px
    place = slice(top, top + height), slice(left, left + width)
    mask = segment.mask[place]
    points_m = frame.points_m[place][mask]
    points_m = points_m[np.isfinite(points_m).all(axis=1)]
    if len(points_m) < _FEWEST_POINTS:
        return None
    heights_m = segment.plane.height_m(points_m)
    flat_m = _on_plane(points_m, segment.plane.normal)
    middle_m, sides_m, _ = cv2.minAreaRect(flat_m)
    breadth_m, length_m = sorted(sides_m)
    if breadth_m <= 0:
        return None
    top_m = float(np.percentile(heights_m, _TOP_PERCENTILE))
    away_m = np.linalg.norm(flat_m - np.array(middle_m), axis=1)
    inner = away_m < _MIDDLE_SHARE * breadth_m / 2
    outline = np.argwhere(mask)[:, ::-1].astype(np.int32)
    return Shape(
        ratio=length_m / breadth_m,
        fill=cv2.contourArea(cv2.convexHull(flat_m)) / (length_m * breadth_m),
        solid=np.count_nonzero(mask) / max(cv2.contourArea(cv2.convexHull(outline)), 1.0),
        breadth_m=breadth_m,
        height_m=top_m,
        middle=float(np.median(heights_m[inner])) / top_m if inner.any() else 0.0,
    )


def _on_plane(points_m: NDArray[np.float64], normal: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return where points (N, 3) are along a plane, shape (N, 2)."""
    along = np.array([1.0, 0.0, 0.0]) - normal * normal[0]
    along /= np.linalg.norm(along)
    axes = np.column_stack([along, np.cross(normal, along)])
    return np.asarray(points_m @ axes, np.float32)
