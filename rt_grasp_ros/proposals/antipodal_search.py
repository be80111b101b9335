"""Grasps from above on a region of depth, searched in height maps turned step by step.

For each direction the region is cut into strips as broad as the pads. Where a strip rises above
the level of the fingertips, for no longer than the gripper opens, and both sides leave room for a
finger, jaws can close on it. Hollow things are taken by their wall: the strip falls below the
fingertips inside, too.

After the height-map grasp planners of Dex-Net 2.0 (Mahler et al., RSS 2017) and of the Amazon
Robotics Challenge (Zeng et al., ICRA 2018), without a network.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Gripper
from ..grasp.plane import Plane
from .height_map import CELL_M, UNSEEN_M, TableFrame, cell_centre_m, height_map, turned
from .held_cells import held_cells, held_counts, steepest_slants
from .pads import Pads, Stretch, best_apart
from .proposal import Proposal
from .stretches import Stretches, stretches_above

_DIRECTIONS = 16
_DEPTHS_M = (0.020, 0.014, 0.008)
"""How far the fingertips go below the top of a strip, tried in turn."""

_LEAST_HEIGHT_M = 0.006
_UNSHOWN_M = 0.010
"""How high a thing is taken to be that depth hardly shows: sunglasses, what mirrors or is black."""
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

_LOOKED_AT = 300
"""So many of the best stretches are asked what lies between the pads."""


class AntipodalSearch:
    """Proposals by geometry alone; see the top of the file."""

    def __init__(self, gripper: Gripper) -> None:
        """Take the gripper's measures."""
        self._gripper = gripper

    def propose(self, frame: RgbdFrame, plane: Plane, region: NDArray[np.bool_]) -> list[Proposal]:
        """See `Proposals`."""
        left, top, width, height = cv2.boundingRect(region.astype(np.uint8))
        place = slice(top, top + height), slice(left, left + width)
        region_m = frame.points_m[place][region[place]]
        region_m = region_m[np.isfinite(region_m[:, 2])]
        if len(region_m) < _FEWEST_POINTS:
            return []
        region_m = _shown(region_m, plane)
        middle_m = np.median(region_m, axis=0)
        foot_m = middle_m - plane.normal * float(plane.height_m(middle_m))
        table = TableFrame.at(foot_m, plane.normal)
        region_table_m = table.to_table(region_m)
        region_map_m = height_map(region_table_m)
        around_map_m = height_map(table.to_table(points_near(frame, middle_m)))
        top_m = float(np.percentile(region_table_m[:, 2], _TOP_PERCENTILE))
        directions = [
            self._along(
                angle_rad, turned(around_map_m, angle_rad), turned(region_map_m, angle_rad), top_m
            )
            for angle_rad in np.arange(_DIRECTIONS) * math.pi / _DIRECTIONS
        ]
        likely = _likeliest([one for one in directions if one is not None])
        pads = Pads(region_table_m, self._gripper.finger_breadth_m)
        return [
            self._proposal(stretch, table, pads.surface_m(stretch))
            for stretch in best_apart(likely, pads)
        ]

    def _along(
        self,
        angle_rad: float,
        around_map_m: NDArray[np.float32],
        region_map_m: NDArray[np.float32],
        top_m: float,
    ) -> _Direction | None:
        """Return the stretches between fingers that close along the rows of two height maps."""
        breadth = max(1, round(self._gripper.finger_breadth_m / CELL_M))
        rows = np.nonzero((region_map_m > _LEAST_HEIGHT_M).any(axis=1))[0]
        if len(rows) == 0:
            return None
        # What is looked at: these rows, and as much beside them as the pads cover.
        first = max(0, int(rows[0]) - breadth)
        beyond = int(rows[-1]) + breadth + 1
        rows = rows[::_STRIP_STEP]
        pad = np.ones((breadth, 1), np.uint8)
        strips_m = np.asarray(cv2.dilate(region_map_m[first:beyond], pad), np.float32)[rows - first]
        around_m = np.asarray(cv2.dilate(around_map_m[first:beyond], pad), np.float32)
        tops_m = strips_m.max(axis=1, initial=UNSEEN_M).astype(np.float64)
        stretches = stretches_above(
            strips_m,
            np.stack(
                [np.maximum(tops_m - depth_m, self._lowest_tips_m) for depth_m in _DEPTHS_M], axis=1
            ),
        )
        width_m = np.asarray((stretches.ends - stretches.starts) * CELL_M, np.float64)
        is_fit = (width_m >= _LEAST_WIDTH_M) & (width_m <= self._widest_m)
        stretches, width_m = stretches.those(is_fit), width_m[is_fit]
        at_rows = rows[stretches.strips]
        sides = np.full(len(width_m), -np.inf)
        opening_m = width_m + self._gripper.min_clearance_m
        for clearance_m in (self._gripper.clearance_m, self._gripper.min_clearance_m):
            side = _Sides(around_m, clearance_m / 2, self._gripper.finger_thickness_m)
            score = side.scores(at_rows - first, stretches.starts, stretches.ends, stretches.tips_m)
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
        stretches = replace(stretches, strips=at_rows)
        held, covered = held_counts(region_map_m, breadth // 2, stretches)
        scores -= _PER_EMPTY * (1.0 - held / covered)
        scores[held < _FEWEST_CELLS] = -np.inf
        return _Direction(
            angle_rad, region_map_m, breadth // 2, stretches, width_m, opening_m, scores
        )

    @property
    def _lowest_tips_m(self) -> float:
        return max(self._gripper.table_clearance_m, _LEAST_HEIGHT_M)

    @property
    def _widest_m(self) -> float:
        return self._gripper.max_opening_m - self._gripper.min_clearance_m

    def _proposal(self, stretch: Stretch, table: TableFrame, surface_m: float) -> Proposal:
        T_camera_table = table.turned(stretch.angle_rad).T_camera_table
        closing, _, up = T_camera_table[:3, :3].T
        origin = np.array([stretch.along_m, stretch.across_m, stretch.tips_m, 1.0])
        T_camera_grasp = np.eye(4)
        T_camera_grasp[:3, :3] = np.stack([closing, np.cross(-up, closing), -up], axis=1)
        T_camera_grasp[:3, 3] = (T_camera_table @ origin)[:3]
        return Proposal(
            T_camera_grasp=T_camera_grasp,
            opening_m=stretch.opening_m,
            object_width_m=stretch.width_m,
            height_m=stretch.tips_m,
            quality=math.exp(min(stretch.score, 0.0)),
            surface_m=surface_m,
        )


def _shown(region_m: NDArray[np.float64], plane: Plane) -> NDArray[np.float64]:
    """Return the points of a region, raised to a height to close on where depth hardly shows it.

    Each is moved along the ray that it is seen by: colour tells which rays the thing is on.

    Args:
        region_m: in the optical frame, shape (N, 3).
        plane: that bears it.
    """
    heights_m = plane.height_m(region_m)
    if np.median(heights_m) > _LEAST_HEIGHT_M:
        return region_m
    eye_m = float(plane.height_m(np.zeros(3)))
    along = (np.maximum(heights_m, _UNSHOWN_M) - eye_m) / (heights_m - eye_m)
    return np.asarray(region_m * along[:, None])


def points_near(frame: RgbdFrame, middle_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the points that lie within reach of a place along each axis, shape (N, 3)."""
    rows, columns = frame.depth_m.shape
    place = slice(0, rows), slice(0, columns)
    if frame.intrinsics.distortion is None and middle_m[2] > _REACH_M:
        corners_m = middle_m + _REACH_M * np.array(list(product((-1, 1), repeat=3)))
        corners_px = frame.intrinsics.project(corners_m)
        left, top = np.floor(corners_px.min(axis=0)).astype(int) - 1
        right, bottom = np.ceil(corners_px.max(axis=0)).astype(int) + 1
        place = slice(max(0, top), max(0, bottom)), slice(max(0, left), max(0, right))
    points_m = frame.points_m[place]
    is_near = np.abs(points_m[..., 2] - middle_m[2]) < _REACH_M
    for axis in range(2):
        is_near &= np.abs(points_m[..., axis] - middle_m[axis]) < _REACH_M
    return np.asarray(points_m[is_near])


@dataclass(frozen=True, slots=True, eq=False)
class _Direction:
    """The stretches of a height map between fingers that close along its rows.

    Attributes:
        angle_rad: by which the map is turned.
        region_m: heights of the region alone.
        reach: rows that the pads cover on each side.
        stretches: where they lie, their strips the map's rows.
        width_m: of what is held, as the rest of shape (N,).
        opening_m: of the gripper.
        scores: minus infinity where nothing is held but a stray edge.
    """

    angle_rad: float
    region_m: NDArray[np.float32]
    reach: int
    stretches: Stretches
    width_m: NDArray[np.float64]
    opening_m: NDArray[np.float64]
    scores: NDArray[np.float64]

    def of(self, places: NDArray[np.intp]) -> list[Stretch]:
        """Return some of them, in that order."""
        these = self.stretches.those(places)
        slants = steepest_slants(held_cells(self.region_m, self.reach, these))
        along_m = cell_centre_m((these.starts + these.ends - 1) / 2)
        columns = (
            self.scores[places],
            along_m,
            cell_centre_m(these.strips),
            self.width_m[places],
            self.opening_m[places],
            these.tips_m,
            slants,
        )
        rows = np.column_stack(columns).tolist()
        return [Stretch(score, self.angle_rad, *others) for score, *others in rows]


def _likeliest(directions: Sequence[_Direction]) -> list[Stretch]:
    """Return the `_LOOKED_AT` stretches of the best scores, best first."""
    if not directions:
        return []
    scores = np.concatenate([one.scores for one in directions])
    best = np.argsort(-scores, kind="stable")[:_LOOKED_AT]
    best = best[np.isfinite(scores[best])]
    firsts = np.cumsum([0, *(len(one.scores) for one in directions)])
    found: dict[int, Stretch] = {}
    for direction, first, beyond in zip(directions, firsts[:-1], firsts[1:], strict=True):
        places = best[(best >= first) & (best < beyond)]
        if len(places):
            found.update(zip(places.tolist(), direction.of(places - first), strict=True))
    return [found[place] for place in best.tolist()]


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
