"""How high the table's things stand where they hardly do: pens, cutlery, cards.

A pixel's depth is too noisy for that. Medians of small patches are not, and the table's own
unevenness, since cameras bend it, is taken away.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_PATCH_PX, _WIDE_PATCH_PX = 5, 11
_MEASURED_SHARE = 0.3
_TABLE_WITHIN_M = 0.015
_COARSE = 8
_BENT_OVER = 6.0  # coarse pixels
_LEAST_TABLE = 1e-3


def smoothed_height_m(height_m: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return heights above the table of patches about each place, (H, W).

    They are medians, so that the edges of tall things stay where they are. Holes in depth take the
    mean of a wider patch; NaN where that is hardly measured either.

    Args:
        height_m: of each pixel above the plane, NaN where depth is, shape (H, W).
    """
    is_measured = np.isfinite(height_m)
    known_m = np.where(is_measured, height_m, 0.0).astype(np.float32)
    shares = is_measured.astype(np.float32)
    wide = (_WIDE_PATCH_PX, _WIDE_PATCH_PX)
    share = np.asarray(cv2.blur(shares, wide), np.float32)
    mean_m = cv2.blur(known_m, wide) / np.maximum(share, np.float32(1e-6))
    filled_m = np.where(is_measured, known_m, mean_m)
    smooth_m = cv2.medianBlur(filled_m, _PATCH_PX) - _table_m(known_m, is_measured)
    smooth_m[share <= _MEASURED_SHARE] = np.nan
    return np.asarray(smooth_m, np.float32)


def _table_m(known_m: NDArray[np.float32], is_measured: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return how high the table itself seems to be at each pixel, by what is near its plane."""
    is_table = (is_measured & (np.abs(known_m) < _TABLE_WITHIN_M)).astype(np.float32)
    height, width = known_m.shape
    size = max(1, width // _COARSE), max(1, height // _COARSE)
    weight = cv2.resize(is_table, size, interpolation=cv2.INTER_AREA)
    sum_m = cv2.resize(known_m * is_table, size, interpolation=cv2.INTER_AREA)
    weight = cv2.GaussianBlur(weight, (0, 0), _BENT_OVER) + _LEAST_TABLE
    sum_m = cv2.GaussianBlur(sum_m, (0, 0), _BENT_OVER)
    return np.asarray(cv2.resize(sum_m / weight, (width, height)), np.float32)
