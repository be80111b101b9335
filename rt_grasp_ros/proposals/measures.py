"""What is measured of a segment: its sides in metres, its colours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..grasp.colour_names import colour_shares
from ..grasp.frame import RgbdFrame
from ..grasp.white_balance import balance_gains, balanced
from .height_map import TableFrame
from .segments import Segment

_LOW_PERCENTILE, _HIGH_PERCENTILE = 2, 98
_LEAST_M = 0.005


def sides_m(frame: RgbdFrame, segments: Sequence[Segment]) -> NDArray[np.float64]:
    """Return the sides of each segment, the longest first, shape (S, 3), metres.

    They are its height, and its length and breadth along the plane as far as they are seen.

    Args:
        frame: that the segments are of.
        segments: any.
    """
    found = np.array([_sides(frame, segment) for segment in segments]).reshape(-1, 3)
    return np.asarray(np.maximum(-np.sort(-found, axis=1), _LEAST_M))


def colours(frame: RgbdFrame, segments: Sequence[Segment]) -> list[dict[str, float]]:
    """Return which share of each segment has which named colour, in balanced light.

    Args:
        frame: that the segments are of.
        segments: any.
    """
    gains = balance_gains(frame.rgb)
    found = []
    for segment in segments:
        left, top, width, height = segment.box_px
        place = slice(top, top + height), slice(left, left + width)
        found.append(colour_shares(balanced(frame.rgb[place][segment.mask[place]], gains)))
    return found


def _sides(frame: RgbdFrame, segment: Segment) -> tuple[float, float, float]:
    left, top, width, height = segment.box_px
    place = slice(top, top + height), slice(left, left + width)
    points_m = frame.points_m[place][segment.mask[place]]
    seen_m = points_m[np.isfinite(points_m[:, 2])]
    flat_m = TableFrame.at(segment.centre_m, segment.plane.normal).to_table(seen_m)[:, :2]
    _, axes = np.linalg.eigh(np.cov(flat_m.T))
    low, high = np.percentile(flat_m @ axes, [_LOW_PERCENTILE, _HIGH_PERCENTILE], axis=0)
    breadth_m, length_m = high - low
    return float(length_m), float(breadth_m), segment.height_m
