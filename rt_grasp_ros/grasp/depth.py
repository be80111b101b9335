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
from .plane import Plane

_UNIT_M = {"16UC1": 0.001, "mono16": 0.001, "32FC1": 1.0}
_RIM_STEP_PX = 8
_FAR_PX = 1e5  # beyond any image, and what OpenCV's fixed-point coordinates can hold


@lru_cache(maxsize=4)
def _metres_of_counts(unit_m: float) -> NDArray[np.float32]:
    """Return the metres of every 16-bit count, shape (65536,), float32; NaN for 0 and 65535."""
    metres = (np.arange(65536) * unit_m).astype(np.float32)
    metres[[0, 65535]] = np.nan
    metres.flags.writeable = False
    return metres


def decode_depth(
    image: NDArray[Any], encoding: str, unit_m: float | None = None
) -> NDArray[np.float32]:
    """Return a depth image in metres, NaN where the camera measured nothing.

    The encodings are REP 118's: `16UC1` (also called `mono16`) counts millimetres with 0 for
    invalid, `32FC1` holds metres with NaN or infinity for invalid; 0 counts as invalid there too,
    and so does the largest count, 65535, which some cameras send where they measured nothing.

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


def without_blind_rim(depth_m: NDArray[np.float32], intrinsics: Intrinsics) -> NDArray[np.float32]:
    """Return depth without the pixels whose rays the lens's distortion does not tell.

    Args:
        depth_m: shape (H, W), NaN where invalid.
        intrinsics: the camera of the depth image, of its size.
    """
    if intrinsics.distortion is None:
        return depth_m
    blind = _blind_rim(intrinsics)
    return np.where(blind, np.float32(np.nan), depth_m) if blind.any() else depth_m


@lru_cache(maxsize=4)
def _blind_rim(intrinsics: Intrinsics) -> NDArray[np.bool_]:
    """Return which pixels have no ray, shape (H, W); judged at every `_RIM_STEP_PX`th."""
    rows, columns = np.mgrid[
        : intrinsics.height_px + _RIM_STEP_PX : _RIM_STEP_PX,
        : intrinsics.width_px + _RIM_STEP_PX : _RIM_STEP_PX,
    ]
    rays = intrinsics.back_project(np.stack([columns, rows], axis=-1), 1.0)
    blind = np.asarray(np.isnan(rays).any(axis=-1), dtype=np.uint8)
    grown = np.asarray(cv2.dilate(blind, np.ones((3, 3), np.uint8)), dtype=bool)
    whole = grown.repeat(_RIM_STEP_PX, 0).repeat(_RIM_STEP_PX, 1)
    return whole[: intrinsics.height_px, : intrinsics.width_px]


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
    """Return the points whose pixel centres lie in the convex hull of corners.

    Args:
        depth_m: shape (H, W), NaN where invalid.
        intrinsics: the camera of the depth image.
        corners_px: `[x, y]`, shape (N, 2); may reach out of the image.
    """
    corners_px = np.clip(corners_px, -_FAR_PX, _FAR_PX)
    window = _Window.around(corners_px, depth_m.shape)
    mask = np.zeros((window.y1 - window.y0, window.x1 - window.x0), np.uint8)
    if mask.size:
        # fillConvexPoly puts pixel centres at whole numbers and takes 1/16 pixels with shift=4.
        sixteenths = np.round((corners_px - (window.x0 + 0.5, window.y0 + 0.5)) * 16)
        cv2.fillConvexPoly(mask, cv2.convexHull(sixteenths.astype(np.int32)), 1, shift=4)
    return _samples(depth_m, intrinsics, window, 1, mask.view(bool))


def points_above(
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    plane: Plane,
    least_m: float,
    centre_px: NDArray[np.floating],
    radius_px: float,
    step_px: int,
) -> NDArray[np.float64]:
    """Return the points near a pixel that stand above a plane, shape (N, 3), optical frame.

    Args:
        depth_m: shape (H, W), NaN where invalid.
        intrinsics: the camera of the depth image.
        plane: the support plane.
        least_m: what is not higher above it is left out.
        centre_px: `[x, y]`, shape (2,).
        radius_px: half the side of the square about it that is looked at.
        step_px: every so many rows and columns of that.
    """
    corners_px = np.add(centre_px, [[-radius_px], [radius_px]])
    window = _Window.around(corners_px, depth_m.shape)
    if intrinsics.distortion is not None:
        points_m = _samples(depth_m, intrinsics, window, step_px).points_m
        return points_m[plane.height_m(points_m) > least_m]
    crop = window.of(depth_m, step_px)
    # Without a lens height grows with depth along each ray: nothing but what is high is needed.
    across = (np.arange(window.x0, window.x1, step_px) - intrinsics.cx_px) / intrinsics.fx_px
    down = (np.arange(window.y0, window.y1, step_px) - intrinsics.cy_px) / intrinsics.fy_px
    slopes = across * plane.normal[0] + plane.normal[2] + down[:, None] * plane.normal[1]
    return _samples(
        depth_m, intrinsics, window, step_px, crop * slopes + plane.offset_m > least_m
    ).points_m


@dataclass(frozen=True, slots=True)
class _Window:
    """Rows y0:y1 and columns x0:x1 of an image; empty where it lies outside."""

    x0: int
    y0: int
    x1: int
    y1: int

    @classmethod
    def around(cls, corners_px: NDArray[np.floating], shape: tuple[int, ...]) -> _Window:
        """Return the part of an image of that shape that holds the corners, shape (N, 2)."""
        size = np.array([shape[1], shape[0]])
        low = np.clip(np.floor(corners_px.min(axis=0)), 0, size).astype(int)
        high = np.clip(np.ceil(corners_px.max(axis=0)), 0, size).astype(int)
        return cls(int(low[0]), int(low[1]), int(high[0]), int(high[1]))

    def of(self, depth_m: NDArray[np.float32], step_px: int) -> NDArray[np.float32]:
        """Return every `step_px`th row and column of it."""
        return depth_m[self.y0 : self.y1 : step_px, self.x0 : self.x1 : step_px]


def _samples(
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    window: _Window,
    step_px: int,
    mask: NDArray[np.bool_] | None = None,
) -> DepthSamples:
    """Return the valid points of a window, or of the pixels of it that a mask marks."""
    crop = window.of(depth_m, step_px)
    valid = np.isfinite(crop)
    asked = valid.size if mask is None else int(np.count_nonzero(mask))
    rows, columns = np.nonzero(valid if mask is None else valid & mask)
    pixels = np.stack([columns, rows], axis=-1) * step_px + (window.x0 + 0.5, window.y0 + 0.5)
    points_m = intrinsics.back_project(pixels, crop[rows, columns])
    points_m = points_m[np.isfinite(points_m).all(axis=-1)]
    return DepthSamples(points_m, len(points_m) / max(asked, 1))
