"""How high things are drawn in a view from above: without the noise of their depth.

A pixel of a slanted picture is drawn as far beside its place as its height is wrong. Noise of some
millimetres cuts what lies low to pieces, which is no higher than that, and frays what stands.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .bearing import TALLEST_M

_LOW_NOISES = 4.3  # what lies at two of them is hardly ever higher
_HIGH_SHARE = 0.1
_JOINED_PX = 5
_PATCH_NOISES = 8.0
_STEP_NOISES = 4.0
_SMALLEST_PATCH_PX = 3
_FINER = 8.0  # of a patch: what the steps of 8 bits are blurred by


def drawn_heights_m(
    height_m: NDArray[np.float32],
    is_thing: NDArray[np.bool_],
    noise_m: float,
    pixel_m: float,
) -> NDArray[np.float32]:
    """Return how high above the table each pixel is drawn, shape (H, W).

    What is hardly higher than the noise is drawn as the camera sees it on the table, at 0, as is
    what shows no thing. Other heights are medians of what lies around on things, save where they
    differ from it by more than noise does, as rims do.

    Args:
        height_m: of each pixel, shape (H, W).
        is_thing: which pixels show something that stands on the table, shape (H, W).
        noise_m: standard deviation of heights.
        pixel_m: how much of the table a pixel shows.
    """
    stands = is_thing & ~_lies_low(height_m, is_thing, _LOW_NOISES * noise_m)
    drawn_m = np.where(stands, height_m, np.float32(0.0))
    patch_px = 2 * int(_PATCH_NOISES * noise_m / pixel_m / 2) + 1
    rows, columns = (np.flatnonzero(stands.any(axis=axis)) for axis in (1, 0))
    if patch_px < _SMALLEST_PATCH_PX or len(rows) == 0:
        return drawn_m
    place = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    smooth_m = _medians_m(drawn_m[place], patch_px)
    is_noise = stands[place] & (np.abs(drawn_m[place] - smooth_m) < _STEP_NOISES * noise_m)
    drawn_m[place][is_noise] = smooth_m[is_noise]
    return drawn_m


def _lies_low(
    height_m: NDArray[np.float32], is_thing: NDArray[np.bool_], low_m: float
) -> NDArray[np.bool_]:
    """Return where pieces are of which hardly anything is higher than `low_m`, shape (H, W)."""
    near = np.ones((_JOINED_PX, _JOINED_PX), np.uint8)
    joined = cv2.morphologyEx(is_thing.astype(np.uint8), cv2.MORPH_CLOSE, near)
    _, pieces = cv2.connectedComponents(joined, connectivity=8)
    own = pieces[is_thing]
    sizes = np.bincount(own, minlength=int(pieces.max()) + 1)
    high = np.bincount(own, height_m[is_thing] > low_m, len(sizes))
    return np.asarray((high < _HIGH_SHARE * sizes)[pieces])


def _medians_m(drawn_m: NDArray[np.float32], patch_px: int) -> NDArray[np.float32]:
    """Return medians of the heights about each pixel, the nearest where nothing stands, (H, W)."""
    stands = drawn_m > 0
    _, nearest = cv2.distanceTransformWithLabels(
        (~stands).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    heights_m = np.zeros(int(nearest.max()) + 1, np.float32)
    heights_m[nearest[stands]] = drawn_m[stands]
    counts = np.rint(heights_m[nearest] * (255 / TALLEST_M)).clip(0, 255).astype(np.uint8)
    median_m = cv2.medianBlur(counts, patch_px).astype(np.float32) * np.float32(TALLEST_M / 255)
    return np.asarray(cv2.GaussianBlur(median_m, (0, 0), patch_px / _FINER), np.float32)
