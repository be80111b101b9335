"""Which of several things is meant, by what was measured of them: side, size, what lies beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..language.request import Relation, Side, Size
from ..proposals.segments import Segment

TIE_RATIO = 1.12
"""How much more than another's the measure of the largest or tallest has to be."""

_TIE_PX = 12.0
_MOST_NEAR_M = 0.25

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


def nearest_to(other: Segment, relation: Relation, segments: Sequence[Segment]) -> Segment | None:
    """Return the segment that lies by another one as said; None where none is near enough.

    Where none lies on the side that is said, the nearest of all counts.

    Args:
        other: that the meant one lies by.
        relation: how.
        segments: to choose from, without the other one.
    """
    at_px = centre_px(other)
    sides: dict[Relation, Callable[[NDArray[np.float64]], bool]] = {
        Relation.LEFT_OF: lambda away: away[0] < 0,
        Relation.RIGHT_OF: lambda away: away[0] > 0,
        Relation.BEHIND: lambda away: away[1] < 0,
        Relation.IN_FRONT_OF: lambda away: away[1] > 0,
        Relation.BESIDE: lambda away: True,
    }
    fits = sides[relation]
    placed = [one for one in segments if fits(centre_px(one) - at_px)] or segments
    apart_m = [float(np.linalg.norm(one.centre_m - other.centre_m)) for one in placed]
    is_too_far = relation is Relation.BESIDE and min(apart_m, default=0.0) > _MOST_NEAR_M
    return None if not placed or is_too_far else placed[int(np.argmin(apart_m))]
