"""What lies between a gripper's pads: how much was measured of it, how its flanks run.

That tells a grasp that holds from one that slips off, and is looked at last: a stretch between
fingers that comes first by all else is asked for it, and what lies near a better one is not.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..grasp.rectangle import jaw_angle_difference

# What a point of the score is worth; found on simulated things, see docs/evaluation.md.
_PER_SLANT = 1.0
_PER_UNMEASURED = 1.5

_ENOUGH_POINTS = 14
"""So many measured points between the pads show that there is something to hold."""

_MOST_POINTS = 1500  # of a region, that are looked for between pads

_BELOW_TIPS_M, _ABOVE_TIPS_M = 0.005, 0.025
"""Where they count: along the pads."""

_STEEPEST_SLANT = 0.75
"""Tangent of the angle between a flank and the pads from which on they slip off."""

_KEPT = 16
_NEAR_M = 0.012
_NEAR_RAD = math.radians(30)


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A stretch of a strip between two fingers, in the table frame turned by `angle_rad`.

    Attributes:
        score: at most 0, of all but what is measured here.
        angle_rad: by which the frame is turned.
        along_m: its middle along the closing direction.
        across_m: its middle across that.
        width_m: of what is held.
        opening_m: of the gripper.
        tips_m: height of the fingertips.
        slant: tangent of the angle between the more slanted flank and the pads.
    """

    score: float
    angle_rad: float
    along_m: float
    across_m: float
    width_m: float
    opening_m: float
    tips_m: float
    slant: float

    @property
    def place_m(self) -> tuple[float, float]:
        """Where it lies in the table frame before that was turned."""
        cosine, sine = math.cos(self.angle_rad), math.sin(self.angle_rad)
        return (
            self.along_m * cosine - self.across_m * sine,
            self.along_m * sine + self.across_m * cosine,
        )


class Pads:
    """What was measured of a region, and how broad the pads are."""

    def __init__(self, region_m: NDArray[np.float64], breadth_m: float) -> None:
        """Take the measured points of a region.

        Args:
            region_m: in the table frame, shape (N, 3).
            breadth_m: of the pads, across the closing direction.
        """
        self._step = max(1, len(region_m) // _MOST_POINTS)
        self._x_m, self._y_m, self._z_m = np.ascontiguousarray(region_m[:: self._step].T)
        self._half_breadth_m = breadth_m / 2
        self._turned: dict[float, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}

    def surface_m(self, stretch: Stretch) -> float:
        """Return how high above the tips what was measured between the pads lies, as a median."""
        high_m, is_between = self._between(stretch)
        return max(0.0, float(np.median(high_m[is_between]))) if is_between.any() else 0.0

    def score(self, stretch: Stretch) -> float:
        """Return a stretch's score, its flanks counted, and whether enough of it was measured.

        Few points may be the blurred edge of what is no wider than a finger, or noise. Minus
        infinity where the pads slip off.
        """
        measured = self._step * int(np.count_nonzero(self._between(stretch)[1]))
        lacking = max(0.0, 1.0 - measured / _ENOUGH_POINTS)
        if stretch.slant > _STEEPEST_SLANT:
            return -math.inf
        return stretch.score - _PER_UNMEASURED * lacking - _PER_SLANT * stretch.slant

    def _between(self, stretch: Stretch) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return how high above the tips each point is, and which lie between the pads, (N,)."""
        along_m, across_m = self._turned_by(stretch.angle_rad)
        high_m = self._z_m - stretch.tips_m
        is_between = np.abs(along_m - stretch.along_m) < stretch.opening_m / 2
        is_between &= np.abs(across_m - stretch.across_m) < self._half_breadth_m
        is_between &= high_m > -_BELOW_TIPS_M
        is_between &= high_m < _ABOVE_TIPS_M
        return high_m, is_between

    def _turned_by(self, angle_rad: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the points along and across a closing direction; many stretches share one."""
        if angle_rad not in self._turned:
            cosine, sine = math.cos(angle_rad), math.sin(angle_rad)
            self._turned[angle_rad] = (
                self._x_m * cosine + self._y_m * sine,
                self._y_m * cosine - self._x_m * sine,
            )
        return self._turned[angle_rad]


def best_apart(likely: Sequence[Stretch], pads: Pads) -> list[Stretch]:
    """Return the best as the pads hold them, best first, none nearly as a better one (grasp NMS).

    What is between the pads only lowers a score. So that is looked at when a stretch comes first
    by its score without, and not at all where it lies near a better one.

    Args:
        likely: best first, by their own scores.
        pads: what was measured between them.
    """
    kept: list[tuple[Stretch, float, float]] = []
    waiting = [(-one.score, False, place) for place, one in enumerate(likely)]
    while waiting and len(kept) < _KEPT:
        negated, is_held, place = heapq.heappop(waiting)
        if not math.isfinite(negated):
            break
        stretch = likely[place]
        x_m, y_m = stretch.place_m
        is_near = any(
            math.hypot(x_m - other_x_m, y_m - other_y_m) <= _NEAR_M
            and jaw_angle_difference(stretch.angle_rad, other.angle_rad) <= _NEAR_RAD
            for other, other_x_m, other_y_m in kept
        )
        if is_near:
            continue
        if is_held:
            kept.append((replace(stretch, score=-negated), x_m, y_m))
        else:
            heapq.heappush(waiting, (-pads.score(stretch), True, place))
    return [stretch for stretch, _, _ in kept]
