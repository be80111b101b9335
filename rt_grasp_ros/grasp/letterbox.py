"""From a camera's picture to the tower's input, the same in training and in every engine."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

MULTIPLE_PX = 32  # the tower's coarsest stride
PADDING_RGB = (122, 116, 104)  # the mean colour of CLIP's pictures, as LLaVA-1.5 was trained with


def letterbox(image_rgb: NDArray[np.uint8], side_px: int) -> NDArray[np.uint8]:
    """Shrink a picture so that its longer side is `side_px` and pad it at the right and bottom.

    Padding goes up to the next multiple of 32 only, not to a square: fewer tokens, and since
    nothing moves, x and y over the longer side are the same before and after.

    Args:
        image_rgb: shape (H, W, 3), uint8.
        side_px: length of the longer side afterwards.

    Returns:
        Picture of shape (h, w, 3), uint8, h and w multiples of 32, at most `side_px`.
    """
    height, width = image_rgb.shape[:2]
    scale = side_px / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(image_rgb, size, interpolation=interpolation)
    below, right = -size[1] % MULTIPLE_PX, -size[0] % MULTIPLE_PX
    padded = cv2.copyMakeBorder(small, 0, below, 0, right, cv2.BORDER_REPLICATE)
    return np.asarray(padded, dtype=np.uint8)


def to_pixel_values(letterboxed_rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the tower's input: shape (1, 3, h, w), float32, -1..1."""
    values = np.ascontiguousarray(letterboxed_rgb.transpose(2, 0, 1)[None]).astype(np.float32)
    values /= 127.5
    values -= 1.0
    return values


def pad_to_square(image_rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture (S, S, 3) with CLIP's mean colour added at the right or at the bottom.

    LLaVA-1.5's stock processor cuts a square out of the middle instead, which loses the sides.
    """
    height_px, width_px = image_rgb.shape[:2]
    side_px = max(height_px, width_px)
    square = np.empty((side_px, side_px, 3), np.uint8)
    square[:height_px, :width_px] = image_rgb
    square[height_px:] = PADDING_RGB
    square[:, width_px:] = PADDING_RGB
    return square
