"""What depth shows between the jaws: the section of the object that the fingers would touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BIN_M = 0.002
_GAP_BINS = 3  # holes in the depth up to this wide do not split an object
_FILLED_SHARE = 0.2  # of a bin's points: less is the veil that stereo draws behind an edge
_REACH_M = 0.03  # how far beyond the jaws an edge is looked for
_EDGE_SLACK_M = 0.02  # how far beyond the jaws an edge may lie and still be the object's
_TOP_PERCENTILE = 98.0  # of the heights: the top, but not one stray pixel


@dataclass(frozen=True, slots=True)
class Section:
    """The object between the jaws.

    Attributes:
        low_m: where it begins along the closing axis, from the middle of the jaws.
        high_m: where it ends.
        top_m: highest level of it along the axis against the approach.
        is_clear: both edges are seen, near enough to the jaws to be what the rectangle meant.
        spans_jaws: it reaches beyond both jaws.
    """

    low_m: float
    high_m: float
    top_m: float
    is_clear: bool
    spans_jaws: bool

    @property
    def width_m(self) -> float:
        """Extent along the closing axis."""
        return self.high_m - self.low_m

    @property
    def centre_m(self) -> float:
        """Middle, along the closing axis from the middle of the jaws."""
        return (self.low_m + self.high_m) / 2


def measure_section(
    along_m: NDArray[np.float64],
    level_m: NDArray[np.float64],
    opening_m: float,
    points_per_bin: float,
) -> Section | None:
    """Measure the object between the jaws.

    The points are sorted into bins along the closing axis; neighbouring filled bins are runs. The
    object is the run nearest to the middle of the jaws, with every other run that lies wholly
    between the jaws: the far wall of a cup, the part behind a hole in the depth.

    Args:
        along_m: where along the closing axis the object points of the strip under the fingers
            lie, from the middle of the jaws, shape (N,).
        level_m: their height along the axis against the approach, shape (N,).
        opening_m: distance of the jaws.
        points_per_bin: how many points a fully covered bin of 2 mm would hold.

    Returns:
        The section, or None where nothing stands between the jaws.
    """
    half_m = opening_m / 2
    reach_m = half_m + _REACH_M
    bin_count = int(np.ceil(2 * reach_m / _BIN_M))
    bins = np.floor((along_m + reach_m) / _BIN_M).astype(int)
    in_reach = (bins >= 0) & (bins < bin_count)
    along_m, level_m, bins = along_m[in_reach], level_m[in_reach], bins[in_reach]
    filled = np.bincount(bins, minlength=bin_count) >= max(2.0, _FILLED_SHARE * points_per_bin)
    chosen = _object_runs(_runs(filled), reach_m, half_m)
    if not chosen:
        return None
    is_object = np.zeros(bin_count, bool)
    for first, last in chosen:
        is_object[first : last + 1] = True
    of_object = is_object[bins]
    low_m, high_m = float(along_m[of_object].min()), float(along_m[of_object].max())
    edge_m = half_m + _EDGE_SLACK_M
    return Section(
        low_m=low_m,
        high_m=high_m,
        top_m=float(np.percentile(level_m[of_object], _TOP_PERCENTILE)),
        is_clear=-edge_m < low_m and high_m < edge_m,
        spans_jaws=low_m < -half_m and high_m > half_m,
    )


def section_reach_m(opening_m: float) -> float:
    """Return how far from the middle of the jaws `measure_section` looks."""
    return opening_m / 2 + _REACH_M


def points_per_bin(strip_breadth_m: float, area_per_point_m2: float) -> float:
    """Return how many points a covered bin of a strip holds, given the area a pixel covers."""
    return _BIN_M * strip_breadth_m / area_per_point_m2


def _runs(filled: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the first and last index of each run of filled bins, gaps up to _GAP_BINS closed."""
    indices = np.flatnonzero(filled)
    if len(indices) == 0:
        return []
    breaks = np.flatnonzero(np.diff(indices) > _GAP_BINS + 1)
    firsts = indices[np.concatenate([[0], breaks + 1])]
    lasts = indices[np.concatenate([breaks, [len(indices) - 1]])]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def _object_runs(
    runs: list[tuple[int, int]], reach_m: float, half_m: float
) -> list[tuple[int, int]]:
    """Return the runs that are the object: the one nearest to the middle, and those inside."""
    edges_m = [(first * _BIN_M - reach_m, (last + 1) * _BIN_M - reach_m) for first, last in runs]
    distances_m = [max(low, -high, 0.0) for low, high in edges_m]
    if not runs or min(distances_m) > half_m:
        return []
    nearest = distances_m.index(min(distances_m))
    return [
        run
        for index, (run, (low, high)) in enumerate(zip(runs, edges_m, strict=True))
        if index == nearest or (low >= -half_m and high <= half_m)
    ]
