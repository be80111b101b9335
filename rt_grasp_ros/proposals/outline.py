"""What lies beside the outline of a segment: the table, something behind, something in front.

A whole thing ends where the table or what is behind it begins, a piece where another piece does.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from .segments import Segment

_INNER_PX, _OUTER_PX = 3, 7  # sides of what the mask is grown by: between them lies the outline
_NEAR_PX = 9
_MARGIN_PX = 4
_TABLE_WITHIN_M = 0.006
_BEHIND_M, _IN_FRONT_M = 0.015, 0.03


def outline_shares(frame: RgbdFrame, segments: Sequence[Segment]) -> NDArray[np.float64]:
    """Return beside how much of each outline the table or something behind lies, or in front.

    Args:
        frame: that the segments are of.
        segments: any.

    Returns:
        Shares of what is measured beside the outline, shape (S, 2): free, hidden.
    """
    return np.array([_shares(frame, segment) for segment in segments]).reshape(-1, 2)


def _shares(frame: RgbdFrame, segment: Segment) -> tuple[float, float]:
    left, top, width, height = segment.box_px
    place = (
        slice(max(0, top - _MARGIN_PX), top + height + _MARGIN_PX),
        slice(max(0, left - _MARGIN_PX), left + width + _MARGIN_PX),
    )
    mask = segment.mask[place].astype(np.float32)
    depth_m = frame.depth_m[place]
    beside = (_grown(mask, _OUTER_PX) > 0) & (_grown(mask, _INNER_PX) == 0) & np.isfinite(depth_m)
    inner_m = np.where(mask > 0, np.nan_to_num(depth_m), np.float32(0.0))
    edge_m, beside_m = _grown(inner_m, _NEAR_PX)[beside], depth_m[beside]
    is_table = np.abs(segment.plane.height_m(frame.points_m[place][beside])) < _TABLE_WITHIN_M
    is_behind = beside_m > edge_m + _BEHIND_M
    is_hiding = (beside_m < edge_m - _IN_FRONT_M) & ~is_table
    count = max(1, int(np.count_nonzero(beside)))
    return (
        int(np.count_nonzero(is_table | is_behind)) / count,
        int(np.count_nonzero(is_hiding)) / count,
    )


def _grown(picture: NDArray[np.float32], side_px: int) -> NDArray[np.float32]:
    return np.asarray(cv2.dilate(picture, np.ones((side_px, side_px), np.uint8)), np.float32)
