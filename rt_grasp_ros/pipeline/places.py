"""How well things lie by another one as it is said: on a side of it, beside it, on it, in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ..grasp.frame import RgbdFrame
from ..language.request import Relation
from ..proposals.measures import table_points_m
from ..proposals.segments import Segment

_LEAST_COSINE = 0.2
"""Of the angle between the way to a thing and a direction in which it still lies."""

_NEAR_M, _THAT_WAY_M, _FAR_M = 0.06, 0.15, 0.12
"""Distances that count for a logit: of what is near, what lies in a direction, what is far away."""

_ASLANT, _WRONG_SIDE = 4.0, 8.0
"""In logits: what at most speaks against a thing aslant, and what against one on no such side."""

_MIDDLES = 0.2
"""What the way between the middles of two things counts for beside the gap between them."""

_NEAREST_PERCENTILE = 2  # of a thing's points, that a stray one does not bridge a gap
_LOW_PERCENTILE = 5
_OFF_TABLE_M = 0.012
"""What stands so high off the table stands on something else."""

_ELSEWHERE, _ON_TABLE, _SAME = 10.0, 3.0, 6.0
"""In logits: against what lies outside the other thing, against what on it does not stand clear of
the table, and against what covers so much of it that it is the same thing."""

_COVERED, _ALL_COVERED = 0.4, 0.8
"""Which share of it that is; less is what lies on or in it."""

_WAYS = {
    Relation.LEFT_OF: (-1.0, 0.0),
    Relation.RIGHT_OF: (1.0, 0.0),
    Relation.BEHIND: (0.0, 1.0),
    Relation.IN_FRONT_OF: (0.0, -1.0),
}


@dataclass(frozen=True, eq=False)
class Places:
    """Where things are, on the table as the camera sees it.

    Attributes:
        points_m: of each thing, shape (N, 3): to the right along the picture's rows, away from the
            camera, up from the table.
    """

    points_m: Sequence[NDArray[np.float64]]

    @classmethod
    def of(cls, frame: RgbdFrame, segments: Sequence[Segment]) -> Places:
        """Return where segments of a frame are."""
        return cls(table_points_m(frame, segments))

    @cached_property
    def middles_m(self) -> NDArray[np.float64]:
        """The middle of each on the table, shape (S, 2)."""
        return np.array([np.median(one[:, :2], axis=0) for one in self.points_m]).reshape(-1, 2)

    @cached_property
    def lows_m(self) -> NDArray[np.float64]:
        """How high the lowest of each stands off the table, shape (S,)."""
        return np.array([np.percentile(one[:, 2], _LOW_PERCENTILE) for one in self.points_m])

    def apart_m(self, other: int) -> NDArray[np.float64]:
        """Return how far the middle of each is from one of them, shape (S,)."""
        return np.asarray(np.linalg.norm(self.middles_m - self.middles_m[other], axis=1))

    def gaps_m(self, other: int) -> NDArray[np.float64]:
        """Return how far each is from one of them at the nearest, shape (S,)."""
        near = cKDTree(self.points_m[other][:, :2])
        ways_m = [near.query(one[:, :2])[0] for one in self.points_m]
        return np.array([np.percentile(one, _NEAREST_PERCENTILE) for one in ways_m])

    def within(self, inner: int, outer: int) -> float:
        """Return which share of one of them lies within the outline of another, 0..1."""
        hull = self._hulls[outer]
        edges = np.roll(hull, -1, axis=0) - hull
        to_points = self.points_m[inner][:, None, :2] - hull[None]
        sides = edges[:, 0] * to_points[..., 1] - edges[:, 1] * to_points[..., 0]
        return float((sides >= 0).all(axis=1).mean())

    @cached_property
    def _hulls(self) -> list[NDArray[np.float64]]:
        """The outline of each on the table, corners in the order in which the inside is left."""
        return [_hull(one[:, :2]) for one in self.points_m]


def _hull(points_m: NDArray[np.float64]) -> NDArray[np.float64]:
    hull = np.asarray(cv2.convexHull(points_m.astype(np.float32))[:, 0], np.float64)
    turns_left = cv2.contourArea(hull.astype(np.float32), oriented=True) > 0
    return hull if turns_left else hull[::-1]


def place_logits(
    relation: Relation, places: Places, other: int, also: int | None = None
) -> NDArray[np.float64]:
    """Return how well each thing lies by one of them as said, logits from 0 down, shape (S,).

    Sides are those of the table as the camera sees it: left and right along the picture's rows,
    behind is away from the camera. What lies straight that way counts for nearer than what lies
    aslant; what lies on another side counts for little, the nearer the more. How near a thing is
    goes by the gap between the two. What lies on another has its outline within the other's and
    stands off the table; what bears it, the reverse.

    Args:
        relation: how.
        places: where the things are.
        other: that the meant one lies by.
        also: the second one, of two between which the meant one lies.
    """
    apart_m = places.apart_m(other)
    if (way := _WAYS.get(relation)) is not None:
        away_m = places.middles_m - places.middles_m[other]
        cosine = (away_m @ np.array(way)) / np.maximum(apart_m, 1e-6)
        straight = apart_m / np.maximum(cosine, _LEAST_COSINE) ** 2 / _THAT_WAY_M
        near = apart_m / _THAT_WAY_M
        lies_so = np.minimum(straight, near + _ASLANT)
        return np.asarray(-np.where(cosine > _LEAST_COSINE, lies_so, near + _WRONG_SIDE))
    if also is not None:
        detours_m = apart_m + places.apart_m(also) - apart_m[also]
        return np.asarray(-detours_m / _NEAR_M)
    if relation is Relation.FAR_FROM:
        return np.asarray((apart_m - apart_m.max()) / _FAR_M)
    if relation in (Relation.ON, Relation.IN, Relation.UNDER):
        return _stacked(relation, places, other) - _MIDDLES * apart_m / _NEAR_M
    return -((1 - _MIDDLES) * places.gaps_m(other) + _MIDDLES * apart_m) / _NEAR_M


def _stacked(relation: Relation, places: Places, other: int) -> NDArray[np.float64]:
    """Return how well each thing lies on, in or under one of them, logits from 0 down."""
    told = []
    for k in range(len(places.points_m)):
        upper, lower = (other, k) if relation is Relation.UNDER else (k, other)
        off_table = np.clip(places.lows_m[upper] / _OFF_TABLE_M, 0, 1)
        lacking = 0.0 if relation is Relation.IN else 1.0 - off_table
        covered = (places.within(lower, upper) - _COVERED) / (_ALL_COVERED - _COVERED)
        outside = 1 - places.within(upper, lower)
        told.append(_ELSEWHERE * outside + _ON_TABLE * lacking + _SAME * np.clip(covered, 0.0, 1.0))
    return -np.array(told)


def may_be_within(relation: Relation) -> bool:
    """Whether what lies so by another thing may be seen within its outline."""
    return relation in (Relation.ON, Relation.IN, Relation.UNDER)
