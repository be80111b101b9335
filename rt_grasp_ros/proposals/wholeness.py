"""How likely a segment is one whole thing, by its shape and outline, not a piece or a patch.

A cut by depth also finds sides of things, several that touch, noise and stray strips of table. The
weights of what tells them apart were fitted on drawn tables (`python -m benchmarks.wholeness`).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from .outline import outline_shares
from .segments import Segment

PRIOR = 0.5
"""Of the logarithm of wholeness, beside the logits of a likeness: real things are less like drawn
ones than the drawn ones are like each other."""

_USUAL_HEIGHT_M, _USUAL_EXTENT_M = 0.03, 0.1
_WEIGHTS = np.array([-9.19, 0.42, 2.03, -1.95, 9.2, -1.03, 0.18, -0.3, 1.01, 5.7, -4.77])


def wholeness(frame: RgbdFrame, segments: Sequence[Segment]) -> NDArray[np.float64]:
    """Return for each segment how likely it is one whole thing, 0..1, shape (S,).

    Args:
        frame: that the segments are of.
        segments: all that were found in it.
    """
    return np.asarray(1 / (1 + np.exp(-shape_features(frame, segments) @ _WEIGHTS)))


def shape_features(frame: RgbdFrame, segments: Sequence[Segment]) -> NDArray[np.float64]:
    """Return what the shape of segments tells, shape (S, 11).

    One; logarithm of height and of extent over usual ones, the latter also squared; how much of
    its narrowest box a segment fills, that box's aspect, how much of its convex hull it fills;
    how small it is within a larger one, and how much of it smaller ones take; beside how much of
    its outline the table or what is behind it lies, and something in front of it.
    """
    if not segments:
        return np.zeros((0, len(_WEIGHTS)))
    areas = np.array([np.count_nonzero(one.mask) for one in segments], float)
    boxes = np.array([one.box_px for one in segments], float)
    own = np.array([_own_shape(one, area) for one, area in zip(segments, areas, strict=True)])
    height = np.log(np.array([max(one.height_m, 1e-3) for one in segments]) / _USUAL_HEIGHT_M)
    extent = np.log(np.array([one.extent_m for one in segments]) / _USUAL_EXTENT_M)
    within, taken = _nesting(boxes, areas)
    ones = np.ones(len(segments))
    beside = outline_shares(frame, segments)
    return np.column_stack([ones, height, extent, extent**2, own, within, taken, beside])


def _own_shape(segment: Segment, area: float) -> tuple[float, float, float]:
    """Return how much of its narrowest box and of its hull a segment fills, and the log aspect."""
    left, top, width, height = segment.box_px
    mask = segment.mask[top : top + height, left : left + width].astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    points = np.concatenate(outlines)
    _, sides, _ = cv2.minAreaRect(points)
    long_px, short_px = max(sides) + 1, min(sides) + 1
    hull_px = cv2.contourArea(cv2.convexHull(points)) + (long_px + short_px) / 2
    return area / (long_px * short_px), np.log(long_px / short_px), area / max(hull_px, area)


def _nesting(
    boxes: NDArray[np.float64], areas: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how small each is within a larger one, and the share of it that a smaller one takes.

    The former is the share of its box inside the larger one's, times the logarithm of how many
    times larger that is.
    """
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum((boxes[:, :2] + boxes[:, 2:])[:, None], (boxes[:, :2] + boxes[:, 2:])[None])
    common = np.prod(np.clip(high - low, 0, None), axis=-1)
    shares = common / np.prod(boxes[:, 2:], axis=1)[:, None]
    larger = areas[None] > areas[:, None]
    times = np.log(areas[None] / areas[:, None])
    within = np.where(larger, shares * times, 0.0).max(axis=1)
    taken = np.where(larger | np.eye(len(areas), dtype=bool), 0.0, shares).max(axis=1)
    return within, taken
