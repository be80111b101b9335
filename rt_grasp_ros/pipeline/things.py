"""Which of several things is meant, by what was measured of them: side, size, what lies beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..grasp.plane import Plane
from ..language.request import Relation, Side, Size
from ..proposals.segments import Segment

TIE_RATIO = 1.12
"""How much more than another's the measure of the largest or tallest has to be."""

_TIE_PX = 12.0
_MOST_NEAR_M = 0.25
_LEAST_COSINE = 0.2
"""Of the angle between the way to a thing and a direction in which it still lies."""

T = TypeVar("T")


def first(things: Sequence[T], order: Sequence[float], ratio: float | None = None) -> list[T]:
    """Return the things that are first, several where they can't be told apart.

    Args:
        things: to choose from.
        order: the smallest number is the first thing's.
        ratio: how much more the first one needs, of negative numbers; pixels where left out.
    """
    best = min(order)
    if ratio is not None:
        return [t for t, value in zip(things, order, strict=True) if value * ratio <= best]
    return [t for t, value in zip(things, order, strict=True) if value - best < _TIE_PX]


def centre_px(segment: Segment) -> NDArray[np.float64]:
    """Return the middle of a segment's box, shape (2,)."""
    left, top, width, height = segment.box_px
    return np.array([left + width / 2, top + height / 2])


def along(segments: Sequence[Segment], side: Side) -> list[float]:
    """Return how far each segment is from being the one on a side, in pixels."""
    xs, ys = np.array([centre_px(segment) for segment in segments]).T
    widest = xs if np.ptp(xs) >= np.ptp(ys) else ys
    order = {
        Side.LEFT: xs,
        Side.RIGHT: -xs,
        Side.FRONT: -ys,
        Side.BACK: ys,
        Side.MIDDLE: np.abs(widest - np.median(widest)),
    }[side]
    return [float(value) for value in order]


def measure(segment: Segment, size: Size) -> float:
    """Return a segment's measure; that of which the meant one has most."""
    pixels = float(np.count_nonzero(segment.mask)) * float(segment.centre_m[2]) ** 2
    return {
        Size.LARGEST: pixels,
        Size.SMALLEST: 1.0 / pixels,
        Size.TALLEST: segment.height_m,
        Size.SHORTEST: 1.0 / segment.height_m,
        Size.LONGEST: segment.extent_m,
    }[size]


def nearest_to(
    other: Segment,
    relation: Relation,
    segments: Sequence[Segment],
    also: Segment | None = None,
) -> Segment | None:
    """Return the segment that lies by another one as said; None where none is near enough.

    Sides are those of the table as the camera sees it: left and right along the picture's rows,
    behind is away from the camera. What lies straight that way counts for nearer than what lies
    aslant; where none lies on that side, the nearest of all counts.

    Args:
        other: that the meant one lies by.
        relation: how.
        segments: to choose from, without the other one.
        also: the second one, of two between which the meant one lies.
    """
    if not segments:
        return None
    from_m = other.centre_m if also is None else (other.centre_m + also.centre_m) / 2
    away_m = np.array([one.centre_m - from_m for one in segments])
    away_m -= np.outer(away_m @ other.plane.normal, other.plane.normal)
    apart_m = np.linalg.norm(away_m, axis=1)
    order_m = apart_m
    if (way := _ways(other.plane).get(relation)) is not None:
        cosine = (away_m @ way) / np.maximum(apart_m, 1e-6)
        aslant_m = np.where(cosine > _LEAST_COSINE, apart_m / np.maximum(cosine, 1e-6) ** 2, np.inf)
        order_m = aslant_m if np.isfinite(aslant_m).any() else apart_m
    elif relation is Relation.FAR_FROM:
        order_m = -apart_m
    elif relation is Relation.BESIDE and apart_m.min() > _MOST_NEAR_M:
        return None
    return segments[int(np.argmin(order_m))]


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
