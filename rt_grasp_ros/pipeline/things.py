"""Which of several things is meant, by what was measured of them: side, size, what lies beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from ..grasp.plane import Plane
from ..grasp.rectangle import GraspRectangle
from ..language.request import Relation, Side, Size
from ..proposals.segments import Segment

TIE_RATIO = 1.12
"""How much more than another's the measure of the largest or tallest has to be."""

_ROW_RATIO = 1.5
"""So much longer than wide is what stands in a row, whose middle one is in the middle along it."""

TIE_PX = 12.0
"""How much farther to a side than another the one on that side has to be."""

_LEAST_M = 1e-3
_LEAST_COSINE = 0.2
"""Of the angle between the way to a thing and a direction in which it still lies."""

_NEAR_M, _THAT_WAY_M, _FAR_M = 0.06, 0.15, 0.12
"""Distances that count for a logit: of what is near, what lies in a direction, what is far away."""

_ASLANT, _WRONG_SIDE = 4.0, 8.0
"""In logits: what at most speaks against a thing aslant, and what against one on no such side."""

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
    return min(there, key=lambda one: np.count_nonzero(one.mask), default=None)


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


def measure(segments: Sequence[Segment], size: Size) -> list[float]:
    """Return segments' measures, all positive; that of the meant one is the least."""
    areas = [np.count_nonzero(one.mask) * float(one.centre_m[2]) ** 2 for one in segments]
    if size is Size.MEDIUM:
        middle = float(np.median(areas))
        return [max(area / middle, middle / area) for area in areas]
    return [
        {
            Size.LARGEST: 1.0 / area,
            Size.SMALLEST: area,
            Size.TALLEST: 1.0 / max(one.height_m, _LEAST_M),
            Size.SHORTEST: one.height_m,
            Size.LONGEST: 1.0 / max(one.extent_m, _LEAST_M),
        }[size]
        for one, area in zip(segments, areas, strict=True)
    ]


def place_logits(
    relation: Relation,
    segments: Sequence[Segment],
    other: Segment,
    also: Segment | None = None,
) -> NDArray[np.float64]:
    """Return how well each segment lies by another one as said, logits from 0 down, shape (S,).

    Sides are those of the table as the camera sees it: left and right along the picture's rows,
    behind is away from the camera. What lies straight that way counts for nearer than what lies
    aslant; what lies on another side counts for little, the nearer the more.

    Args:
        relation: how.
        segments: to be told apart, at least one.
        other: that the meant one lies by.
        also: the second one, of two between which the meant one lies.
    """
    away_m, apart_m = _apart_m(segments, other)
    if (way := _ways(other.plane).get(relation)) is not None:
        cosine = (away_m @ way) / np.maximum(apart_m, 1e-6)
        straight = apart_m / np.maximum(cosine, _LEAST_COSINE) ** 2 / _THAT_WAY_M
        near = apart_m / _THAT_WAY_M
        lies_so = np.minimum(straight, near + _ASLANT)
        return np.asarray(-np.where(cosine > _LEAST_COSINE, lies_so, near + _WRONG_SIDE))
    if also is not None:
        return -_detours_m(segments, other, also) / _NEAR_M
    if relation is Relation.FAR_FROM:
        return np.asarray((apart_m - apart_m.max()) / _FAR_M)
    return np.asarray(-apart_m / _NEAR_M)


def _apart_m(
    segments: Sequence[Segment], other: Segment
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the ways on the plane from a thing, and how long they are."""
    away_m = np.array([one.centre_m - other.centre_m for one in segments])
    away_m -= np.outer(away_m @ other.plane.normal, other.plane.normal)
    return away_m, np.linalg.norm(away_m, axis=1)


def _detours_m(segments: Sequence[Segment], one: Segment, other: Segment) -> NDArray[np.float64]:
    """Return how much longer the way from one thing to another is by each segment than straight."""
    straight_m = _apart_m([other], one)[1]
    return np.asarray(_apart_m(segments, one)[1] + _apart_m(segments, other)[1] - straight_m)


def may_be_within(relation: Relation) -> bool:
    """Whether what lies so by another thing may be seen within its outline."""
    return relation in (Relation.ON, Relation.IN, Relation.UNDER)


def _ways(plane: Plane) -> dict[Relation, NDArray[np.float64]]:
    """Return the directions on a plane that relations mean, unit vectors of the optical frame."""
    right = np.array([1.0, 0.0, 0.0])
    right -= plane.normal * (right @ plane.normal)
    right /= np.linalg.norm(right)
    behind = np.cross(plane.normal, right)
    return {
        Relation.LEFT_OF: -right,
        Relation.RIGHT_OF: right,
        Relation.BEHIND: behind,
        Relation.IN_FRONT_OF: -behind,
    }
