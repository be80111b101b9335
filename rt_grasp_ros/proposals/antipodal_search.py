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

_DIRECTIONS = 16
_DEPTHS_M = (0.020, 0.014, 0.008)
"""How far the fingertips go below the top of a strip, tried in turn."""

_LEAST_HEIGHT_M = 0.006
_LEAST_WIDTH_M = 0.003
_STRIP_STEP = 2  # cells
_BRIDGED = 3  # cells: a gap in a strip that is noise
_SKIN_M = 0.002
_EDGE = 1  # cells beside the object that are its own blurred edge
_REACH_M = 0.25  # about the region's middle: what may be in the way
_FEWEST_POINTS = 40
_FEWEST_CELLS = 8  # of the region between the pads: less is a stray edge of depth
_TOP_PERCENTILE = 97

# What a point of the score is worth; found on simulated things, see docs/evaluation.md.
_PER_M_BLOCKED = 60.0
_PER_UNSEEN = 0.6
_PER_EMPTY = 0.4
_PER_M_ASIDE = 2.2
_PER_M_WIDE = 0.5
_PER_M_LOW = 2.0
_PER_M_SHALLOW = 8.0
_PER_SLANT = 1.0

_FLANKS_OF = 300
"""So many of the best stretches are asked how their flanks run."""

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
        steady = [one for one in map(_with_flanks, likely) if math.isfinite(one.score)]
        return [self._proposal(stretch, table) for stretch in _apart(steady)]

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
        strips_m = cv2.dilate(region_map_m, pad)
        around_m = np.asarray(cv2.dilate(around_map_m, pad), np.float32)
        beside = [
            _Sides(around_m, clearance_m / 2, self._gripper.finger_thickness_m)
            for clearance_m in (self._gripper.clearance_m, self._gripper.min_clearance_m)
        ]
        rows = np.nonzero((region_map_m > _LEAST_HEIGHT_M).any(axis=1))[0][::_STRIP_STEP]
        tops_m = strips_m[rows].max(axis=1).astype(np.float64)
        levels_m = [np.maximum(tops_m - depth_m, self._lowest_tips_m) for depth_m in _DEPTHS_M]
        stretches = [
            _stretches(strips_m[rows] > level_m[:, None].astype(np.float32)) for level_m in levels_m
        ]
        for index, row in enumerate(rows.tolist()):
            strip_m = strips_m[row]
            under_pads_m = region_map_m[max(0, row - breadth // 2) : row + breadth // 2 + 1]
            for level_m, of_rows in zip(levels_m, stretches, strict=True):
                tips_m = float(level_m[index])
                for start, end in of_rows[index]:
                    width_m = (end - start) * CELL_M
                    if not _LEAST_WIDTH_M <= width_m <= self._widest_m:
                        continue
                    is_held = under_pads_m[:, start:end] > tips_m
                    held = np.count_nonzero(is_held)
                    if held < _FEWEST_CELLS:
                        continue
                    sides, clearance_m = max(
                        (side.score(row, start, end, tips_m), side.clearance_m)
                        for side in beside
                        if width_m + side.clearance_m <= self._gripper.max_opening_m
                    )
                    along_m = cell_centre_m((start + end - 1) / 2)
                    across_m = cell_centre_m(float(row))
                    strip_top_m = float(strip_m[start:end].max())
                    yield _Found(
                        score=sides
                        - _PER_EMPTY * (1.0 - held / is_held.size)
                        - _PER_M_ASIDE * math.hypot(along_m, across_m)
                        - _PER_M_WIDE * width_m
                        - _PER_M_LOW * (top_m - strip_top_m)
                        - _PER_M_SHALLOW * (_DEPTHS_M[0] - (strip_top_m - tips_m)),
                        angle_rad=angle_rad,
                        along_m=along_m,
                        across_m=across_m,
                        width_m=width_m,
                        opening_m=width_m + clearance_m,
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

    def score(self, row: int, start: int, end: int, tips_m: float) -> float:
        """Return 0 where both sides are seen and free, less where not; -inf beyond the map."""
        left, right = start - self._reach, end + _EDGE
        if left < 0 or end + self._reach > self._columns:
            return -math.inf
        highest_m, unseen = self._highest_m[row], self._unseen[row]
        blocked_m = max(highest_m[left], highest_m[right]) - tips_m - _SKIN_M
        return float(
            -_PER_M_BLOCKED * max(0.0, blocked_m) - _PER_UNSEEN * (unseen[left] + unseen[right]) / 2
        )


def _stretches(is_high: NDArray[np.bool_]) -> list[list[tuple[int, int]]]:
    """Return start and end of the stretches of each strip that are high, small gaps bridged.

    Args:
        is_high: the strips, shape (R, C).
    """
    edge = np.zeros((len(is_high), 1), np.int8)
    steps = np.diff(np.concatenate([edge, is_high.astype(np.int8), edge], axis=1), axis=1)
    strips, starts = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    joined: list[list[tuple[int, int]]] = [[] for _ in is_high]
    for strip, start, end in zip(strips.tolist(), starts.tolist(), ends.tolist(), strict=True):
        before = joined[strip]
        if before and start - before[-1][1] < _BRIDGED:
            before[-1] = (before[-1][0], end)
        else:
            before.append((start, end))
    return joined


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
        abs(float(edge[-half:].mean() - edge[:half].mean())) / max(len(rows) - half, 1)
        for edge in (starts, ends)
    ]
    if max(slants) > _STEEPEST_SLANT:
        return replace(found, score=-math.inf)
    return replace(found, score=found.score - _PER_SLANT * max(slants))


def _apart(found: list[_Found]) -> list[_Found]:
    """Return the best ones, best first, none nearly the same as a better one (grasp NMS)."""
    kept: list[_Found] = []
    places_m: list[NDArray[np.float64]] = []
    for stretch in sorted(found, key=lambda one: -one.score):
        if not math.isfinite(stretch.score):
            break
        cosine, sine = math.cos(stretch.angle_rad), math.sin(stretch.angle_rad)
        place_m = np.array(
            [
                stretch.along_m * cosine - stretch.across_m * sine,
                stretch.along_m * sine + stretch.across_m * cosine,
            ]
        )
        if all(
            np.linalg.norm(place_m - other_m) > _NEAR_M
            or jaw_angle_difference(stretch.angle_rad, other.angle_rad) > _NEAR_RAD
            for other, other_m in zip(kept, places_m, strict=True)
        ):
            kept.append(stretch)
            places_m.append(place_m)
        if len(kept) == _KEPT:
            break
    return kept
