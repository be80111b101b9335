"""Grasps from above on a region of depth, searched in height maps turned step by step.

For each direction the region is cut into strips as broad as the pads. Where a strip rises above
the level of the fingertips, for no longer than the gripper opens, and both sides leave room for a
finger, jaws can close on it. Hollow things are taken by their wall: the strip falls below the
fingertips inside, too.

After the height-map grasp planners of Dex-Net 2.0 (Mahler et al., RSS 2017) and of the Amazon
Robotics Challenge (Zeng et al., ICRA 2018), without a network.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Gripper
from ..grasp.plane import Plane
from ..grasp.rectangle import jaw_angle_difference
from .height_map import CELL_M, UNSEEN_M, TableFrame, cell_centre_m, height_map, turned
from .proposal import Proposal
from .stretches import stretches_above

_DIRECTIONS = 16
_DEPTHS_M = (0.020, 0.014, 0.008)
"""How far the fingertips go below the top of a strip, tried in turn."""

_LEAST_HEIGHT_M = 0.006
_LEAST_WIDTH_M = 0.003
_STRIP_STEP = 2  # cells
_SKIN_M = 0.002
_EDGE = 1  # cells beside the object that are its own blurred edge
_REACH_M = 0.25  # about the region's middle: what may be in the way
_FEWEST_POINTS = 20
_FEWEST_CELLS = 8  # of the region between the pads: less is a stray edge of depth
_TOP_PERCENTILE = 97

# What a point of the score is worth; found on simulated things.
_PER_M_BLOCKED = 60.0
_PER_UNSEEN = 0.6
_PER_EMPTY = 0.4
_PER_M_ASIDE = 2.2
_PER_M_WIDE = 0.5
_PER_M_LOW = 2.0
_PER_M_SHALLOW = 8.0
_PER_SLANT = 1.0
_PER_UNMEASURED = 1.5

_FLANKS_OF = 300
"""So many of the best stretches are asked how their flanks run."""

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
class _Found:
    """A stretch of a strip between two fingers, in the table frame turned by `angle_rad`.

    `held` has the cells under the pads, along the closing direction in columns.
    """

    score: float
    angle_rad: float
    along_m: float
    across_m: float
    width_m: float
    opening_m: float
    tips_m: float
    held: NDArray[np.bool_]


class AntipodalSearch:
    """Proposals by geometry alone; see the top of the file."""

    def __init__(self, gripper: Gripper) -> None:
        """Take the gripper's measures."""
        self._gripper = gripper

    def propose(self, frame: RgbdFrame, plane: Plane, region: NDArray[np.bool_]) -> list[Proposal]:
        """See `Proposals`."""
        points_m = frame.points_m
        is_seen = np.isfinite(points_m[..., 2])
        region_m = points_m[region & is_seen]
        if len(region_m) < _FEWEST_POINTS:
            return []
        middle_m = np.median(region_m, axis=0)
        foot_m = middle_m - plane.normal * float(plane.height_m(middle_m))
        table = TableFrame.at(foot_m, plane.normal)
        is_near = is_seen.copy()
        for axis in range(3):
            is_near &= np.abs(points_m[..., axis] - middle_m[axis]) < _REACH_M
        region_table_m = table.to_table(region_m)
        region_map_m = height_map(region_table_m)
        around_map_m = height_map(table.to_table(points_m[is_near]))
        top_m = float(np.percentile(region_table_m[:, 2], _TOP_PERCENTILE))
        found = [
            stretch
            for angle_rad in np.arange(_DIRECTIONS) * math.pi / _DIRECTIONS
            for stretch in self._along(
                angle_rad, turned(around_map_m, angle_rad), turned(region_map_m, angle_rad), top_m
            )
        ]
        likely = sorted(found, key=lambda one: -one.score)[:_FLANKS_OF]
        pads = _Pads.of(region_table_m, self._gripper.finger_breadth_m)
        return [
            replace(self._proposal(stretch, table), surface_m=pads.surface_m(stretch))
            for stretch in _apart(likely, pads)
        ]

    def _along(
        self,
        angle_rad: float,
        around_map_m: NDArray[np.float32],
        region_map_m: NDArray[np.float32],
        top_m: float,
    ) -> Iterator[_Found]:
        """Yield the stretches between fingers that close along the rows of two height maps."""
        breadth = max(1, round(self._gripper.finger_breadth_m / CELL_M))
        pad = np.ones((breadth, 1), np.uint8)
        strips_m = np.asarray(cv2.dilate(region_map_m, pad), np.float32)
        around_m = np.asarray(cv2.dilate(around_map_m, pad), np.float32)
        beside = [
            _Sides(around_m, clearance_m / 2, self._gripper.finger_thickness_m)
            for clearance_m in (self._gripper.clearance_m, self._gripper.min_clearance_m)
        ]
        rows = np.nonzero((region_map_m > _LEAST_HEIGHT_M).any(axis=1))[0][::_STRIP_STEP]
        strips_m = strips_m[rows]
        tops_m = strips_m.max(axis=1, initial=UNSEEN_M).astype(np.float64)
        stretches = stretches_above(
            strips_m,
            np.stack(
                [np.maximum(tops_m - depth_m, self._lowest_tips_m) for depth_m in _DEPTHS_M], axis=1
            ),
        )
        width_m = (stretches.ends - stretches.starts) * CELL_M
        is_fit = (width_m >= _LEAST_WIDTH_M) & (width_m <= self._widest_m)
        stretches, width_m = stretches.those(is_fit), width_m[is_fit]
        at_rows = rows[stretches.strips]
        sides = np.full(len(width_m), -np.inf)
        opening_m = width_m + beside[-1].clearance_m
        for side in beside:
            score = side.scores(at_rows, stretches.starts, stretches.ends, stretches.tips_m)
            is_better = (score > sides) & (
                width_m + side.clearance_m <= self._gripper.max_opening_m
            )
            sides[is_better] = score[is_better]
            opening_m[is_better] = width_m[is_better] + side.clearance_m
        scores = (
            sides
            - _PER_M_ASIDE
            * np.hypot(
                cell_centre_m((stretches.starts + stretches.ends - 1) / 2), cell_centre_m(at_rows)
            )
            - _PER_M_WIDE * width_m
            - _PER_M_LOW * (top_m - stretches.tops_m)
            - _PER_M_SHALLOW * (_DEPTHS_M[0] - (stretches.tops_m - stretches.tips_m))
        )
        for k, row in enumerate(at_rows.tolist()):
            start, end = int(stretches.starts[k]), int(stretches.ends[k])
            tips_m = float(stretches.tips_m[k])
            under_pads_m = region_map_m[max(0, row - breadth // 2) : row + breadth // 2 + 1]
            is_held = under_pads_m[:, start:end] > tips_m
            held = np.count_nonzero(is_held)
            if held < _FEWEST_CELLS:
                continue
            yield _Found(
                score=float(scores[k]) - _PER_EMPTY * (1.0 - held / is_held.size),
                angle_rad=angle_rad,
                along_m=cell_centre_m((start + end - 1) / 2),
                across_m=cell_centre_m(row),
                width_m=float(width_m[k]),
                opening_m=float(opening_m[k]),
                tips_m=tips_m,
                held=is_held,
            )

    @property
    def _lowest_tips_m(self) -> float:
        return max(self._gripper.table_clearance_m, _LEAST_HEIGHT_M)

    @property
    def _widest_m(self) -> float:
        return self._gripper.max_opening_m - self._gripper.min_clearance_m

    def _proposal(self, found: _Found, table: TableFrame) -> Proposal:
        T_camera_table = table.turned(found.angle_rad).T_camera_table
        closing, _, up = T_camera_table[:3, :3].T
        origin = np.array([found.along_m, found.across_m, found.tips_m, 1.0])
        T_camera_grasp = np.eye(4)
        T_camera_grasp[:3, :3] = np.stack([closing, np.cross(-up, closing), -up], axis=1)
        T_camera_grasp[:3, 3] = (T_camera_table @ origin)[:3]
        return Proposal(
            T_camera_grasp=T_camera_grasp,
            opening_m=found.opening_m,
            object_width_m=found.width_m,
            height_m=found.tips_m,
            quality=math.exp(min(found.score, 0.0)),
        )


class _Sides:
    """What stands where the fingers come down beside a stretch, with some clearance."""

    def __init__(
        self, around_m: NDArray[np.float32], side_clearance_m: float, finger_thickness_m: float
    ) -> None:
        """Measure every place that a finger could come down at.

        Args:
            around_m: greatest height under the pads' breadth, shape (R, C).
            side_clearance_m: between the object and a finger.
            finger_thickness_m: of a finger along the closing direction.
        """
        self.clearance_m = 2 * side_clearance_m
        self._reach = math.ceil((side_clearance_m + finger_thickness_m) / CELL_M)
        window = self._reach - _EDGE
        self._highest_m = cv2.dilate(around_m, np.ones((1, window), np.uint8), anchor=(0, 0))
        unseen = (around_m <= UNSEEN_M).astype(np.float32)
        self._unseen = cv2.blur(unseen, (window, 1), anchor=(0, 0), borderType=cv2.BORDER_REPLICATE)
        self._columns = around_m.shape[1]

    def scores(
        self,
        rows: NDArray[np.intp],
        starts: NDArray[np.intp],
        ends: NDArray[np.intp],
        tips_m: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return for each stretch 0 where both sides are seen and free, less where not.

        Minus infinity beyond the map; shapes (N,).
        """
        left, right = starts - self._reach, ends + _EDGE
        is_inside = (left >= 0) & (ends + self._reach <= self._columns)
        left, right = np.where(is_inside, left, 0), np.where(is_inside, right, 0)
        highest_m = np.maximum(self._highest_m[rows, left], self._highest_m[rows, right])
        unseen = (self._unseen[rows, left] + self._unseen[rows, right]) / 2
        blocked_m = np.maximum(0.0, highest_m - tips_m - _SKIN_M)
        return np.where(is_inside, -_PER_M_BLOCKED * blocked_m - _PER_UNSEEN * unseen, -np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class _Pads:
    """What was measured of the region, and how broad the pads are.

    Attributes:
        region_m: every so many of its points, in the table frame, shape (N, 3).
        step: how many measured points each stands for.
        breadth_m: of the pads, across the closing direction.
    """

    region_m: NDArray[np.float64]
    step: int
    breadth_m: float

    @classmethod
    def of(cls, region_m: NDArray[np.float64], breadth_m: float) -> _Pads:
        """Take the measured points of a region, shape (N, 3)."""
        step = max(1, len(region_m) // _MOST_POINTS)
        return cls(region_m[::step], step, breadth_m)

    def surface_m(self, found: _Found) -> float:
        """Return how high above the tips what was measured between the pads lies, as a median."""
        high_m = self._between_m(found)
        return max(0.0, float(np.median(high_m))) if len(high_m) else 0.0

    def measured(self, found: _Found) -> int:
        """Return how many measured points of the region lie between the pads of a stretch."""
        return self.step * len(self._between_m(found))

    def _between_m(self, found: _Found) -> NDArray[np.float64]:
        """Return how high above the tips the points between the pads lie, shape (M,)."""
        high_m = self.region_m[:, 2] - found.tips_m
        is_at_pads = (high_m > -_BELOW_TIPS_M) & (high_m < _ABOVE_TIPS_M)
        near_m, high_m = self.region_m[is_at_pads], high_m[is_at_pads]
        cosine, sine = math.cos(found.angle_rad), math.sin(found.angle_rad)
        along_m = near_m[:, 0] * cosine + near_m[:, 1] * sine - found.along_m
        across_m = near_m[:, 1] * cosine - near_m[:, 0] * sine - found.across_m
        is_between = np.abs(along_m) < found.opening_m / 2
        return np.asarray(high_m[is_between & (np.abs(across_m) < self.breadth_m / 2)])


def _steady(found: _Found, pads: _Pads) -> _Found:
    """Return a stretch whose score counts its flanks, and whether enough of it was measured.

    Few points may be the blurred edge of what is no wider than a finger, or noise.
    """
    lacking = max(0.0, 1.0 - pads.measured(found) / _ENOUGH_POINTS)
    return _with_flanks(replace(found, score=found.score - _PER_UNMEASURED * lacking))


def _with_flanks(found: _Found) -> _Found:
    """Return a stretch whose score counts how its flanks run; -inf where the pads slip off.

    A grasp is antipodal where both flanks lie square to the closing direction, within the
    friction cone (Nguyen, IJRR 1988).
    """
    rows = found.held[found.held.any(axis=1)]
    half = len(rows) // 2
    if half == 0:
        return found
    starts = rows.argmax(axis=1)
    ends = rows.shape[1] - 1 - rows[:, ::-1].argmax(axis=1)
    slants = [
        abs(int(edge[-half:].sum()) - int(edge[:half].sum())) / half / max(len(rows) - half, 1)
        for edge in (starts, ends)
    ]
    if max(slants) > _STEEPEST_SLANT:
        return replace(found, score=-math.inf)
    return replace(found, score=found.score - _PER_SLANT * max(slants))


def _apart(likely: list[_Found], pads: _Pads) -> list[_Found]:
    """Return the best by score and flanks, best first, none nearly as a better one (grasp NMS).

    Flanks and what was measured only lower a score. So they are looked at when a stretch comes
    first by its score without, and not at all where it lies near a better one.

    Args:
        likely: best first, by their scores without flanks.
        pads: what was measured between them.
    """
    kept: list[tuple[_Found, float, float]] = []
    waiting = [(-one.score, False, place, one) for place, one in enumerate(likely)]
    while waiting and len(kept) < _KEPT:
        negated, has_flanks, place, stretch = heapq.heappop(waiting)
        if not math.isfinite(negated):
            break
        x_m, y_m = _place_m(stretch)
        is_near = any(
            math.hypot(x_m - other_x_m, y_m - other_y_m) <= _NEAR_M
            and jaw_angle_difference(stretch.angle_rad, other.angle_rad) <= _NEAR_RAD
            for other, other_x_m, other_y_m in kept
        )
        if has_flanks and not is_near:
            kept.append((stretch, x_m, y_m))
        elif not is_near:
            steady = _steady(stretch, pads)
            heapq.heappush(waiting, (-steady.score, True, place, steady))
    return [stretch for stretch, _, _ in kept]


def _place_m(stretch: _Found) -> tuple[float, float]:
    """Return where a stretch lies in the table frame before it was turned."""
    cosine, sine = math.cos(stretch.angle_rad), math.sin(stretch.angle_rad)
    return (
        stretch.along_m * cosine - stretch.across_m * sine,
        stretch.along_m * sine + stretch.across_m * cosine,
    )
