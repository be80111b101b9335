"""What is measured of a segment: its sides in metres, its colours.

Each is measured once, however often it is asked for: what names things and what tells them apart
by size or colour look at the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from ..grasp.colour_names import colour_shares, thinned
from ..grasp.frame import RgbdFrame
from ..grasp.white_balance import balance_gains, balanced
from .height_map import TableFrame
from .segments import Segment

_LOW_PERCENTILE, _HIGH_PERCENTILE = 2, 98
_LEAST_M = 0.005
_POINTS = 200

_Sides = tuple[float, float, float]
_SIDES: WeakKeyDictionary[Segment, _Sides] = WeakKeyDictionary()
_COLOURS: WeakKeyDictionary[Segment, dict[str, float]] = WeakKeyDictionary()


def sides_m(frame: RgbdFrame, segments: Sequence[Segment]) -> NDArray[np.float64]:
    """Return the sides of each segment, the longest first, shape (S, 3), metres.

    They are its height, and its length and breadth along the plane as far as they are seen.

    Args:
        frame: that the segments are of.
        segments: any.
    """
    for segment in segments:
        if segment not in _SIDES:
            _SIDES[segment] = _sides(frame, segment)
    found = np.array([_SIDES[segment] for segment in segments]).reshape(-1, 3)
    return np.asarray(np.maximum(-np.sort(-found, axis=1), _LEAST_M))


def table_points_m(frame: RgbdFrame, segments: Sequence[Segment]) -> list[NDArray[np.float64]]:
    """Return some points of each segment on the table, each of shape (N, 3), metres.

    They are told to the right along the picture's rows, away from the camera, and up from the
    plane that bears most of the segments.

    Args:
        frame: that the segments are of.
        segments: any.
    """
    if not segments:
        return []
    planes = [id(one.plane) for one in segments]
    plane = segments[planes.index(max(planes, key=planes.count))].plane
    table = TableFrame.at(-plane.offset_m * plane.normal, plane.normal)
    found = []
    for segment in segments:
        points_m = _seen_m(frame, segment)
        found.append(table.to_table(points_m[:: max(1, len(points_m) // _POINTS)]))
    return found


def colours(frame: RgbdFrame, segments: Sequence[Segment]) -> list[dict[str, float]]:
    """Return which share of each segment has which named colour, in balanced light.

    Args:
        frame: that the segments are of.
        segments: any.
    """
    new = [segment for segment in segments if segment not in _COLOURS]
    if new:
        gains = balance_gains(frame.rgb)
    for segment in new:
        shown = thinned(frame.rgb[segment.place][segment.mask[segment.place]])
        _COLOURS[segment] = colour_shares(balanced(shown, gains))
    return [_COLOURS[segment] for segment in segments]


def _sides(frame: RgbdFrame, segment: Segment) -> _Sides:
    seen_m = _seen_m(frame, segment)
    flat_m = TableFrame.at(segment.centre_m, segment.plane.normal).to_table(seen_m)[:, :2]
    centred_m = np.ascontiguousarray((flat_m - flat_m.mean(axis=0)).T)
    _, axes = np.linalg.eigh(centred_m @ centred_m.T)
    low, high = np.percentile(axes.T @ centred_m, [_LOW_PERCENTILE, _HIGH_PERCENTILE], axis=1)
    breadth_m, length_m = high - low
    return float(length_m), float(breadth_m), segment.height_m


def _seen_m(frame: RgbdFrame, segment: Segment) -> NDArray[np.float64]:
    """Return the points of a segment that depth measures, shape (N, 3)."""
    points_m = frame.points_m[segment.place][segment.mask[segment.place]]
    return np.asarray(points_m[np.isfinite(points_m[:, 2])])
