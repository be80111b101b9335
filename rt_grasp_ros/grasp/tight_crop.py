"""A square cut tightly around a thing: on a loose one hardly anything is recognised."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

MARGIN = 1.15
"""The square's side over the longer side of the thing's box."""

_EXTRA_PX = 4


def tight_crop(
    rgb: NDArray[np.uint8],
    box_px: tuple[int, int, int, int],
    side_px: int,
    margin: float = MARGIN,
) -> NDArray[np.uint8]:
    """Return what is around a thing, scaled; the picture's edge is drawn on beyond it.

    Args:
        rgb: the picture, uint8, shape (H, W, 3).
        box_px: left, top, width, height of the thing.
        side_px: of the result.
        margin: how much larger than the box the square is.

    Returns:
        uint8, shape (side_px, side_px, 3).
    """
    left, top, width, height = box_px
    half = (int(max(width, height) * margin) + _EXTRA_PX) // 2
    first_row, first_column = top + height // 2 - half, left + width // 2 - half
    above, before = max(0, -first_row), max(0, -first_column)
    below = max(0, first_row + 2 * half - rgb.shape[0])
    behind = max(0, first_column + 2 * half - rgb.shape[1])
    shown = rgb[
        first_row + above : first_row + 2 * half - below,
        first_column + before : first_column + 2 * half - behind,
    ]
    square = cv2.copyMakeBorder(shown, above, below, before, behind, cv2.BORDER_REPLICATE)
    way = cv2.INTER_AREA if 2 * half > side_px else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(square, (side_px, side_px), interpolation=way), np.uint8)
