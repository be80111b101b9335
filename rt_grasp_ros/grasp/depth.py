"""Depth images: decoding to metres, and reading them inside a region."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .camera import Intrinsics
from .errors import EncodingUnknown, NoDepth, SizeMismatch

_UNIT_M = {"16UC1": 0.001, "mono16": 0.001, "32FC1": 1.0}


@lru_cache(maxsize=4)
def _metres_of_counts(unit_m: float) -> NDArray[np.float32]:
    """Return the metres of every 16-bit count (shape (65536,), float32); NaN for 0."""
    metres = (np.arange(65536) * unit_m).astype(np.float32)
    metres[0] = np.nan
    metres.flags.writeable = False
    return metres


def decode_depth(
    image: NDArray[Any], encoding: str, unit_m: float | None = None
) -> NDArray[np.float32]:
    """Return a depth image in metres, NaN where the camera measured nothing.

    The encodings are REP 118's: `16UC1` (also called `mono16`) counts millimetres with 0 for
    invalid, `32FC1` holds metres with NaN or infinity for invalid; 0 counts as invalid there too.

    Args:
        image: shape (H, W), uint16 for `16UC1`, float32 for `32FC1`, native byte order.
        encoding: the encoding that the camera names; it is never guessed from the values.
        unit_m: metres of one unit, for files that use another than the encoding's (1e-4 for
            depth in tenths of millimetres).

    Returns:
        Distance along the optical z axis, shape (H, W), float32.

    Raises:
        EncodingUnknown: the encoding is no depth encoding, or `image` is not of its type.
        NoDepth: no pixel is valid.
    """
    if encoding not in _UNIT_M:
        raise EncodingUnknown(
            f"The depth image has the encoding '{encoding}', which is not read; "
            "let the camera publish 16UC1 (millimetres) or 32FC1 (metres)."
        )
    expected = np.dtype(np.float32 if encoding == "32FC1" else np.uint16)
    if image.ndim != 2 or image.dtype != expected:
        raise EncodingUnknown(
            f"The depth image says {encoding} but holds {image.dtype} of shape {image.shape}; "
            f"give one channel of {expected}."
        )
    unit_m = _UNIT_M[encoding] if unit_m is None else unit_m
    if expected == np.uint16:
        depth_m = np.take(_metres_of_counts(unit_m), image)
    else:
        depth_m = image.astype(np.float32) if unit_m == 1.0 else image * np.float32(unit_m)
        depth_m[~((depth_m > 0) & (depth_m < np.inf))] = np.nan
    if not np.isfinite(depth_m).any():
        raise NoDepth(
            "The depth image holds no valid pixel; check that the depth sensor is on, "
            "uncovered, and further than its shortest range from the scene."
        )
    return depth_m


def require_size(depth_m: NDArray[np.float32], width_px: int, height_px: int, of: str) -> None:
    """Refuse depth that does not cover the same pixels as something else.

    Args:
        depth_m: shape (H, W).
        width_px: width of the other image.
        height_px: height of the other image.
        of: what the size belongs to, for the message, such as "the colour image".

    Raises:
        SizeMismatch: the sizes differ.
    """
    if depth_m.shape != (height_px, width_px):
        raise SizeMismatch(
            f"The depth image is {depth_m.shape[1]}x{depth_m.shape[0]} pixels but {of} is "
            f"{width_px}x{height_px}; use depth that is registered to colour."
        )


@dataclass(frozen=True, slots=True, eq=False)
class DepthSamples:
    """Valid depth of a region.

    Attributes:
        points_m: in the optical frame, shape (N, 3), float64.
        valid_fraction: share of the region's pixels that are valid, 0..1.
    """

    points_m: NDArray[np.float64]
    valid_fraction: float


def samples_in_polygon(
    depth_m: NDArray[np.float32], intrinsics: Intrinsics, corners_px: NDArray[np.floating]
) -> DepthSamples:
    """Return the points whose pixel centres lie in a convex polygon.

    Args:
        depth_m: shape (H, W), NaN where invalid.
        intrinsics: the camera of the depth image.
        corners_px: `[x, y]`, shape (N, 2); may reach out of the image.
    """
    corners_px = np.asarray(corners_px, dtype=np.float64)
    low = np.floor(corners_px.min(axis=0)).astype(int)
    high = np.ceil(corners_px.max(axis=0)).astype(int)
    x0, y0 = np.maximum(low, 0)
    x1, y1 = np.minimum(high, (depth_m.shape[1], depth_m.shape[0]))
    if x0 >= x1 or y0 >= y1:
        return DepthSamples(np.empty((0, 3)), 0.0)
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    # fillConvexPoly puts pixel centres at whole numbers and takes 1/16 pixels with shift=4.
    fixed_point = np.round((corners_px - (x0 + 0.5, y0 + 0.5)) * 16).astype(np.int32)
    cv2.fillConvexPoly(mask, fixed_point, 1, shift=4)
    return _samples(depth_m, intrinsics, x0, y0, mask.astype(bool))


def samples_around(
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    centre_px: NDArray[np.floating],
    radius_px: float,
) -> DepthSamples:
    """Return the points of the square of half side `radius_px` about a pixel (shape (2,))."""
    low = np.floor(np.asarray(centre_px) - radius_px).astype(int)
    high = np.ceil(np.asarray(centre_px) + radius_px).astype(int)
    x0, y0 = np.maximum(low, 0)
    x1, y1 = np.minimum(high, (depth_m.shape[1], depth_m.shape[0]))
    if x0 >= x1 or y0 >= y1:
        return DepthSamples(np.empty((0, 3)), 0.0)
    return _samples(depth_m, intrinsics, x0, y0, np.ones((y1 - y0, x1 - x0), bool))


def _samples(
    depth_m: NDArray[np.float32], intrinsics: Intrinsics, x0: int, y0: int, mask: NDArray[np.bool_]
) -> DepthSamples:
    """Return the valid points under a mask whose top left pixel is (x0, y0)."""
    crop = depth_m[y0 : y0 + mask.shape[0], x0 : x0 + mask.shape[1]]
    rows, columns = np.nonzero(mask & np.isfinite(crop))
    pixels = np.stack([columns + (x0 + 0.5), rows + (y0 + 0.5)], axis=-1)
    points_m = intrinsics.back_project(pixels, crop[rows, columns])
    return DepthSamples(points_m, len(rows) / max(int(np.count_nonzero(mask)), 1))
