"""The shape of one thing on a plane in metres: its long axis, its profile, what stands out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from ..proposals.height_map import TableFrame
from ..proposals.segments import Segment

_CELL_M = 0.003
_MARGIN = 4  # cells around the outline
_LOW_PERCENTILE, _HIGH_PERCENTILE, _TOP_PERCENTILE = 2, 98, 97
_BRIDGED = 3  # cells
_STEP_M, _STEP_PX = 0.012, 6.0
"""What lies so much behind the nearest pixel beside it belongs to what is behind the thing."""

_FARTHEST_M = 0.4
_LOW_M = 0.01
_BINS = 32
_FEWEST_PIECES = 4
_NOISE = 0.02  # of the variance, in the units below
_FEWEST_IN_BIN = 4
_MOST_POINTS = 8000
_COLOUR_UNIT, _LENGTH_UNIT_M = 20.0, 0.010
"""By how much colour and measures differ so that it counts the same."""

_BODY_SHARE = 0.75  # of the radius of the largest circle inside: what is narrower stands out
_OUT_M = 0.003


@dataclass(frozen=True, slots=True)
class Split:
    """Where a thing along an axis turns from one piece into another.

    Attributes:
        at: 0..1 along the axis.
        strength: share of the profile's variance that the two pieces explain, 0..1.
    """

    at: float
    strength: float


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """What a thing is like along an axis, a row for each of its pieces that is seen.

    Attributes:
        places: along the axis, 0..1, shape (B,).
        widths_m: across it, shape (B,).
        heights_m: above the plane, shape (B,).
        lab: colour in CIELAB, shape (B, 3).
    """

    places: NDArray[np.float64]
    widths_m: NDArray[np.float64]
    heights_m: NDArray[np.float64]
    lab: NDArray[np.float64]

    def between(self, low: float, high: float) -> Profile:
        """Return the pieces between two places."""
        those = (self.places >= low) & (self.places <= high)
        return Profile(
            self.places[those], self.widths_m[those], self.heights_m[those], self.lab[those]
        )

    def split(self, least: float = 0.0, most: float = 1.0, *, by_width: bool = False) -> Split:
        """Return the change point: where two pieces explain the profile best (least squares).

        Args:
            least: where it may be at least.
            most: where it may be at most.
            by_width: whether colours and heights don't count.
        """
        values = self.widths_m[:, None] / _LENGTH_UNIT_M
        if not by_width:
            heights, colours = self.heights_m[:, None] / _LENGTH_UNIT_M, self.lab / _COLOUR_UNIT
            values = np.concatenate([values, heights, colours], axis=1)
        count = len(values)
        if count < _FEWEST_PIECES:
            return Split(0.5, 0.0)
        values = values - values.mean(axis=0)
        total = float((values**2).sum()) + _NOISE * count
        sums = np.cumsum(values, axis=0)[:-1]
        first = np.arange(1, count)
        between = (sums**2).sum(axis=1) * (1 / first + 1 / (count - first))
        at = (self.places[:-1] + self.places[1:]) / 2
        between = np.where((at >= least) & (at <= most), between, 0.0)
        best = int(np.argmax(between))
        return Split(float(at[best]), float(between[best]) / total)


@dataclass(frozen=True, eq=False)
class ThingShape:
    """The measured points of one thing.

    Attributes:
        rows: of their pixels, shape (N,).
        columns: of their pixels, shape (N,).
        flat_m: along the plane, x as the picture's rows run, shape (N, 2).
        height_m: above the plane, shape (N,).
        lab: colour in CIELAB, shape (N, 3).
        shape: of the picture.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    flat_m: NDArray[np.float64]
    height_m: NDArray[np.float64]
    lab: NDArray[np.float32]
    shape: tuple[int, int]

    @classmethod
    def of(cls, frame: RgbdFrame, segment: Segment) -> ThingShape:
        """Measure a segment of a frame."""
        left, top, width, height = segment.box_px
        place = slice(top, top + height), slice(left, left + width)
        points_m = frame.points_m[place]
        rows, columns = np.nonzero(_own(segment.mask[place], points_m[..., 2], frame))
        lab = cv2.cvtColor(np.ascontiguousarray(frame.rgb[place]), cv2.COLOR_RGB2LAB)
        table = TableFrame.at(segment.centre_m, segment.plane.normal)
        points_m = points_m[rows, columns]
        flat_m = table.to_table(points_m)[:, :2]
        height_m = segment.plane.height_m(points_m)
        those = _together(flat_m, height_m)
        rows, columns = rows[those], columns[those]
        return cls(
            rows + top,
            columns + left,
            flat_m[those],
            height_m[those],
            lab[rows, columns].astype(np.float32),
            (segment.mask.shape[0], segment.mask.shape[1]),
        )

    def pixels(self, those: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the pixels of some of the points, shape (H, W)."""
        mask = np.zeros(self.shape, bool)
        mask[self.rows[those], self.columns[those]] = True
        return mask

    @cached_property
    def top_m(self) -> float:
        """How high it stands."""
        return float(np.percentile(self.height_m, _TOP_PERCENTILE))

    @property
    def length_m(self) -> float:
        """Its longer side along the plane."""
        return float(self._sides_m[0])

    @property
    def breadth_m(self) -> float:
        """Its shorter side along the plane, as far as it is seen."""
        return float(self._sides_m[1])

    @cached_property
    def along(self) -> NDArray[np.float64]:
        """How far along the long axis each point lies, mostly 0..1, shape (N,)."""
        way = self.flat_m @ self._axes[0]
        low, high = self._ranges_m[0]
        return np.asarray((way - low) / max(high - low, _CELL_M))

    @cached_property
    def profile(self) -> Profile:
        """What it is like along its long axis."""
        return self._profile(self.along, self.flat_m @ self._axes[1])

    @cached_property
    def profile_upwards(self) -> Profile:
        """What it is like from the plane to its top, as wide as the camera sees it."""
        return self._profile(self.height_m / self.top_m, self.flat_m[:, 0])

    def wider_than(self, height_m: float) -> float:
        """Return the mean side of what is higher than a height, metres; 0 where nothing is."""
        those = self.height_m > height_m
        if np.count_nonzero(those) < _FEWEST_IN_BIN:
            return 0.0
        across_m = self.flat_m[those] @ self._axes.T
        low_m, high_m = np.percentile(across_m, [_LOW_PERCENTILE, _HIGH_PERCENTILE], axis=0)
        return float(np.mean(high_m - low_m))

    @cached_property
    def standing_out(self) -> NDArray[np.bool_]:
        """Which points stand out of the body as a handle does, seen from above, shape (N,)."""
        cells, _, outline = self._outline
        if not outline.any():
            return np.zeros(len(self.rows), bool)
        distance = cv2.distanceTransform(outline, cv2.DIST_L2, 5)
        radius = max(1, round(_BODY_SHARE * float(distance.max())))
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
        body = cv2.morphologyEx(outline, cv2.MORPH_OPEN, kernel)
        grown = 2 * round(_OUT_M / _CELL_M) + 1
        body = cv2.dilate(body, np.ones((grown, grown), np.uint8))
        rest = ((outline > 0) & (body == 0)).astype(np.uint8)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=8)
        if count < 2:
            return np.zeros(len(self.rows), bool)
        largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
        return np.asarray(labels[cells[:, 1], cells[:, 0]] == largest)

    @cached_property
    def body_m(self) -> NDArray[np.float64]:
        """The middle of the largest circle inside what is seen from above, shape (2,)."""
        _, origin_m, outline = self._outline
        distance = cv2.distanceTransform(outline, cv2.DIST_L2, 5)
        row, column = np.unravel_index(int(np.argmax(distance)), distance.shape)
        return np.asarray(origin_m + (np.array([column, row]) + 0.5) * _CELL_M)

    @cached_property
    def _outline(
        self,
    ) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.uint8]]:
        """The cell of each point (N, 2), the cells' origin, and what is seen from above, filled."""
        cells, origin_m, closed = _cells(self.flat_m)
        contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        filled = cv2.drawContours(np.zeros_like(closed), contours, -1, 1, cv2.FILLED)
        return cells, origin_m, np.asarray(filled, np.uint8)

    @cached_property
    def _axes(self) -> NDArray[np.float64]:
        """Unit vectors along and across, by the cells that it covers, shape (2, 2)."""
        _, _, outline = self._outline
        at = np.argwhere(outline)[:, ::-1]
        _, axes = np.linalg.eigh(np.cov(at.T) + 1e-9 * np.eye(2))
        return np.asarray(axes.T[::-1])

    @cached_property
    def _ranges_m(self) -> NDArray[np.float64]:
        """From where to where it reaches along each axis, shape (2, 2)."""
        _, origin_m, outline = self._outline
        at_m = origin_m + (np.argwhere(outline)[:, ::-1] + 0.5) * _CELL_M
        ways_m = at_m @ self._axes.T
        return np.percentile(ways_m, [_LOW_PERCENTILE / 2, 100 - _LOW_PERCENTILE / 2], axis=0).T

    @property
    def _sides_m(self) -> NDArray[np.float64]:
        return np.asarray(np.diff(self._ranges_m)[:, 0] + _CELL_M)

    def _profile(self, way: NDArray[np.float64], across_m: NDArray[np.float64]) -> Profile:
        step = max(1, len(way) // _MOST_POINTS)
        bins = np.clip((way[::step] * _BINS).astype(int), 0, _BINS - 1)
        order = np.argsort(bins, kind="stable")
        starts = np.searchsorted(bins[order], np.arange(_BINS + 1))
        across_m, height_m = across_m[::step][order], self.height_m[::step][order]
        lab = self.lab[::step][order]
        found = np.full((_BINS, 5), np.nan)
        for index, (first, end) in enumerate(pairwise(starts)):
            if end - first >= _FEWEST_IN_BIN:
                low_m, high_m = np.percentile(across_m[first:end], [5, 95])
                found[index, 0] = high_m - low_m
                found[index, 1] = np.percentile(height_m[first:end], 90)
                found[index, 2:] = np.median(lab[first:end], axis=0)
        known = np.isfinite(found[:, 0])
        places = (np.arange(_BINS) + 0.5) / _BINS
        return Profile(places[known], found[known, 0], found[known, 1], found[known, 2:])


def _own(
    mask: NDArray[np.bool_], depth_m: NDArray[np.float64], frame: RgbdFrame
) -> NDArray[np.bool_]:
    """Return the measured pixels of a mask without those at its edges that show what is behind."""
    known_m = np.where(mask & np.isfinite(depth_m), depth_m, np.inf).astype(np.float32)
    nearest_m = cv2.erode(known_m, np.ones((5, 5), np.uint8))
    pixel_m = known_m / frame.intrinsics.fx_px
    with np.errstate(invalid="ignore"):
        is_behind = known_m - nearest_m > np.maximum(_STEP_M, _STEP_PX * pixel_m)
    return np.asarray(np.isfinite(known_m) & ~is_behind)


def _together(flat_m: NDArray[np.float64], height_m: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points are no pieces of the table that lie apart from the others."""
    if len(flat_m) == 0:
        return np.zeros(0, bool)
    near = np.abs(flat_m - np.median(flat_m, axis=0)).max(axis=1) < _FARTHEST_M
    cells, _, closed = _cells(np.where(near[:, None], flat_m, np.median(flat_m, axis=0)))
    _, labels = cv2.connectedComponents(closed, connectivity=8)
    of_points = labels[cells[:, 1], cells[:, 0]]
    most = int(np.argmax(np.bincount(of_points)[1:])) + 1
    return np.asarray(near & ((of_points == most) | (height_m > _LOW_M)))


def _cells(
    flat_m: NDArray[np.float64],
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.uint8]]:
    """Return the cell of each point (N, 2), the cells' origin, and which cells hold one."""
    origin_m = flat_m.min(axis=0) - _MARGIN * _CELL_M
    cells = np.floor((flat_m - origin_m) / _CELL_M).astype(int)
    seen = np.zeros(cells.max(axis=0)[::-1] + _MARGIN, np.uint8)
    seen[cells[:, 1], cells[:, 0]] = 1
    kernel = np.ones((_BRIDGED, _BRIDGED), np.uint8)
    return cells, origin_m, np.asarray(cv2.morphologyEx(seen, cv2.MORPH_CLOSE, kernel), np.uint8)
