"""Whether a thing has the shape that a word says, as depth measures it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
        seen_ratio: as `ratio`, of its outline in the picture.
        seen_fill: as `fill`, of its outline in the picture.
    """

    ratio: float
    fill: float
    solid: float
    breadth_m: float
    height_m: float
    middle: float
    seen_ratio: float
    seen_fill: float

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


_HAS_IT = 2.0
"""In logits: how well a thing fits a word for a shape that it surely has."""

_LEAST = -6.0
_DISC = np.pi / 4

_LACKING: MappingProxyType[str, Callable[[Shape], float]] = MappingProxyType(
    {
        "round": lambda shape: min(
            3 * (shape.ratio - 1) + 12 * abs(shape.fill - _DISC),
            3 * (shape.seen_ratio - 1) + 12 * abs(shape.seen_fill - _DISC),
        ),
        "long": lambda shape: 3 * max(0.0, np.log(6 / shape.ratio)),
        "thin": lambda shape: 80 * max(0.0, shape.thickness_m - 0.01),
        "flat": lambda shape: 80 * max(0.0, shape.height_m - 0.01),
        "hollow": lambda shape: 8 * max(0.0, shape.middle - 0.15),
        "rectangular": lambda shape: 12 * max(0.0, 1 - shape.fill),
        "curved": lambda shape: 15 * max(0.0, shape.solid - 0.82),
        "bent": lambda shape: 15 * max(0.0, shape.solid - 0.82),
        "cylindrical": lambda shape: (
            12 * abs(shape.fill - _DISC) + 60 * max(0.0, 0.05 - shape.height_m)
        ),
    }
)
"""By the word, how much in logits speaks against a shape."""


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


def shape_logits(word: str, frame: RgbdFrame, segments: Sequence[Segment]) -> NDArray[np.float64]:
    """Return how well things have the shape that a word says, as logits, shape (S,).

    Args:
        word: one of `is_shape_word`.
        frame: that the segments are of.
        segments: the things.
    """
    shapes = [measured_shape(frame, one) for one in segments]
    lacking = [np.inf if one is None else _LACKING[word](one) for one in shapes]
    return np.asarray(np.maximum(_HAS_IT - np.array(lacking, float), _LEAST))


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
    hull_px = cv2.contourArea(cv2.convexHull(outline))
    _, seen_px, _ = cv2.minAreaRect(outline)
    short_px, long_px = max(min(seen_px), 1.0), max(*seen_px, 1.0)
    return Shape(
        ratio=length_m / breadth_m,
        fill=cv2.contourArea(cv2.convexHull(flat_m)) / (length_m * breadth_m),
        solid=np.count_nonzero(mask) / max(hull_px, 1.0),
        breadth_m=breadth_m,
        height_m=top_m,
        middle=float(np.median(heights_m[inner])) / top_m if inner.any() else 0.0,
        seen_ratio=long_px / short_px,
        seen_fill=hull_px / (long_px * short_px),
    )


def _on_plane(points_m: NDArray[np.float64], normal: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return where points (N, 3) are along a plane, shape (N, 2)."""
    along = np.array([1.0, 0.0, 0.0]) - normal * normal[0]
    along /= np.linalg.norm(along)
    axes = np.column_stack([along, np.cross(normal, along)])
    return np.asarray(points_m @ axes, np.float32)
