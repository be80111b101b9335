"""Which of several things is meant, by what was measured of them: side and size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from ..grasp.rectangle import GraspRectangle
from ..language.request import Side, Size
from ..proposals.measures import sides_m
from ..proposals.segments import Segment

TIE_RATIO = 1.12
"""How much more than another's the measure of the largest or tallest has to be."""

_ROW_RATIO = 1.5
"""So much longer than wide is what stands in a row, whose middle one is in the middle along it."""

TIE_PX = 12.0
"""How much farther to a side than another the one on that side has to be."""

_LEAST_M = 1e-3
_LONG = 1.5
"""So much longer than wide and high is what lies along the table."""

_TOWARDS = {
    Side.LEFT: (-1, 0),
    Side.RIGHT: (1, 0),
    Side.FRONT: (0, 1),
    Side.BACK: (0, -1),
    Side.FRONT_LEFT: (-1, 1),
    Side.FRONT_RIGHT: (1, 1),
    Side.BACK_LEFT: (-1, -1),
    Side.BACK_RIGHT: (1, -1),
}

T = TypeVar("T")


def ranked(
    things: Sequence[T],
    order: Sequence[float],
    number: int = 1,
    *,
    ratio: float = 1.0,
    apart: float = 0.0,
) -> list[T]:
    """Return the thing of a number in an order, several where it can't be told from the next ones.

    Args:
        things: to choose from.
        order: the smallest number is the first thing's.
        number: which one, from 1.
        ratio: how much more of a positive measure the next one has to have.
        apart: by how much the next one has to be farther.
    """
    by_order = sorted(zip(order, range(len(things)), strict=True))
    at = min(number, len(by_order)) - 1
    lowest = highest = at

    def is_tie(near: float, far: float) -> bool:
        return far - near < apart or (ratio > 1.0 and far < near * ratio)

    while lowest > 0 and is_tie(by_order[lowest - 1][0], by_order[lowest][0]):
        lowest -= 1
    while highest + 1 < len(by_order) and is_tie(by_order[highest][0], by_order[highest + 1][0]):
        highest += 1
    return [things[index] for _, index in by_order[lowest : highest + 1]]


def taken_thing(rectangle: GraspRectangle | None, segments: Sequence[Segment]) -> Segment | None:
    """Return the smallest segment in which a grasp has its middle; None where there is none."""
    if rectangle is None or not rectangle.is_inside_image:
        return None
    at = int(rectangle.y_px), int(rectangle.x_px)
    there = [one for one in segments if one.mask[at]]
    return min(there, key=lambda one: one.area_px, default=None)


def centre_px(segment: Segment) -> NDArray[np.float64]:
    """Return the middle of a segment's box, shape (2,)."""
    left, top, width, height = segment.box_px
    return np.array([left + width / 2, top + height / 2])


def along(segments: Sequence[Segment], side: Side) -> list[float]:
    """Return how far each segment is from being the one on a side of the picture, in pixels."""
    centres = np.array([centre_px(segment) for segment in segments])
    if side is Side.MIDDLE:
        aside = np.abs(centres - np.median(centres, axis=0))
        spread = np.ptp(centres, axis=0)
        if spread.max() < _ROW_RATIO * spread.min():
            return [float(value) for value in aside.min(axis=1)]
        return [float(value) for value in aside[:, int(np.argmax(spread))]]
    way = np.array(_TOWARDS[side], dtype=np.float64)
    return [float(value) for value in -centres @ (way / np.linalg.norm(way))]


def inside_px(segments: Sequence[Segment], frame: RgbdFrame) -> list[float]:
    """Return how far each segment lies from where the table or its picture ends, in pixels."""
    plane = segments[0].plane
    with np.errstate(invalid="ignore"):
        is_table = np.abs(plane.height_m(frame.points_m)) < plane.object_height_m
    ys, xs = np.nonzero(is_table)
    outline = cv2.convexHull(np.column_stack([xs, ys]).astype(np.int32))
    centres = [centre_px(segment) for segment in segments]
    return [cv2.pointPolygonTest(outline, (float(x), float(y)), True) for x, y in centres]


def in_row(segments: Sequence[Segment], row: Side) -> list[int]:
    """Return which segments lie in a row or column of the picture, as indices.

    What lies apart across the rows by more than half the size of a thing is in another row.

    Args:
        segments: to choose from; at least one.
        row: `FRONT`, `BACK` and `MIDDLE` name rows, `LEFT` and `RIGHT` columns.
    """
    axis = 0 if row in (Side.LEFT, Side.RIGHT) else 1
    across = np.array([centre_px(segment)[axis] for segment in segments])
    least_gap = 0.5 * float(np.median([segment.box_px[2 + axis] for segment in segments]))
    order = np.argsort(across)
    starts = np.flatnonzero(np.diff(across[order]) > least_gap) + 1
    rows = np.split(order, starts)
    if row is Side.MIDDLE:
        return sorted(int(k) for k in rows[len(rows) // 2]) if len(rows) % 2 else []
    return sorted(int(k) for k in rows[0 if row in (Side.LEFT, Side.BACK) else -1])


def measure(segments: Sequence[Segment], size: Size, frame: RgbdFrame) -> list[float]:
    """Return segments' measures, all positive; that of the meant one is the least.

    How large a thing is goes by the surface of the box around it, how thin by the least of that
    box's faces. Short is told of length where all are long things that lie, else of height.

    Args:
        segments: to be told apart, at least one.
        size: by what.
        frame: that they were cut out of.
    """
    sides = sides_m(frame, segments)
    long_m, middle_m, short_m = sides.T
    surfaces_m2 = long_m * middle_m + long_m * short_m + middle_m * short_m
    heights_m = np.array([max(one.height_m, _LEAST_M) for one in segments])
    across_m2 = middle_m * short_m
    do_lie = bool((long_m >= _LONG * np.maximum(middle_m, heights_m)).all())
    if size is Size.MEDIUM:
        times = surfaces_m2 / np.median(surfaces_m2)
        return [float(one) for one in np.maximum(times, 1 / times)]
    orders = {
        Size.LARGEST: 1.0 / surfaces_m2,
        Size.SMALLEST: surfaces_m2,
        Size.TALLEST: 1.0 / heights_m,
        Size.SHORTEST: long_m if do_lie else heights_m,
        Size.LOWEST: heights_m,
        Size.LONGEST: 1.0 / long_m,
        Size.THICKEST: 1.0 / across_m2,
        Size.THINNEST: across_m2,
    }
    return [float(one) for one in orders[size]]
