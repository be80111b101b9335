"""Small holes in depth, filled by colour: for drawing, never for measuring."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_STEPS_PX = (1, 2, 3, 5, 8)
_DIRECTIONS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))


def fill_holes(
    depth_m: NDArray[np.float32], rgb: NDArray[np.uint8], near: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return depth whose holes beside something have that of the likest measured pixel nearby.

    Cameras measure nothing at the edges of things. Of the pixels up to 8 px away the one whose
    colour is the most alike shows the same thing, most likely.

    Args:
        depth_m: shape (H, W), float32, NaN where invalid.
        rgb: the picture, uint8, shape (H, W, 3).
        near: where holes are to be filled; those further than 8 px from it stay, shape (H, W).
    """
    reach_px = 2 * _STEPS_PX[-1] + 1
    around = cv2.dilate(near.astype(np.uint8), np.ones((reach_px, reach_px), np.uint8)) > 0
    rows, columns = np.nonzero(around & ~np.isfinite(depth_m))
    colours = rgb[rows, columns].astype(np.int16)
    best = np.full(len(rows), np.inf)
    filled_m = np.full(len(rows), np.nan, np.float32)
    for step_px in _STEPS_PX:
        for down, right in _DIRECTIONS:
            y = np.clip(rows + down * step_px, 0, depth_m.shape[0] - 1)
            x = np.clip(columns + right * step_px, 0, depth_m.shape[1] - 1)
            unlike = np.abs(rgb[y, x].astype(np.int16) - colours).sum(axis=1) + float(step_px)
            is_better = (unlike < best) & np.isfinite(depth_m[y, x])
            best[is_better] = unlike[is_better]
            filled_m[is_better] = depth_m[y, x][is_better]
    result = depth_m.copy()
    result[rows, columns] = filled_m
    return result
