"""Whether a picture is one that grasps can be computed from."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..grasp.camera import Intrinsics
from .finding import Finding

_NARROWEST_DEG, _WIDEST_DEG = 15.0, 130.0  # what depth cameras and their colour cameras have
_MOST_UNEQUAL = 1.1  # of fx and fy; the pixels of a camera are square
_NEAREST_M, _FARTHEST_M = 0.15, 4.0  # at which something can be grasped on a table
_LEAST_VALID = 0.3


def check_intrinsics(intrinsics: Intrinsics, is_distorted: bool) -> Finding:
    """Return whether a camera matrix can be that of the pictures.

    Args:
        intrinsics: of the colour picture.
        is_distorted: whether `camera_info` holds lens distortion.
    """
    width_px, height_px = intrinsics.width_px, intrinsics.height_px
    fov_deg = math.degrees(2 * math.atan(width_px / 2 / intrinsics.fx_px))
    seen = (
        f"fx {intrinsics.fx_px:.1f}, fy {intrinsics.fy_px:.1f}, cx {intrinsics.cx_px:.1f}, "
        f"cy {intrinsics.cy_px:.1f} for {width_px} x {height_px}, {fov_deg:.0f} degrees wide"
    )
    numbers = {"field_of_view_deg": fov_deg}
    ratio = intrinsics.fx_px / intrinsics.fy_px
    is_centred = (
        0.25 * width_px < intrinsics.cx_px < 0.75 * width_px
        and 0.25 * height_px < intrinsics.cy_px < 0.75 * height_px
    )
    if not _NARROWEST_DEG < fov_deg < _WIDEST_DEG or not is_centred:
        problem = (
            f"K does not fit the size of the picture ({seen}); let the driver publish the "
            "camera_info of this stream at this size."
        )
        return Finding("intrinsics", "wrong", problem, numbers)
    if not 1 / _MOST_UNEQUAL < ratio < _MOST_UNEQUAL:
        problem = (
            f"fx and fy differ by {abs(ratio - 1):.0%} ({seen}); the picture was scaled to another "
            "shape after calibration: calibrate at this size."
        )
        return Finding("intrinsics", "wrong", problem, numbers)
    if is_distorted:
        problem = (
            f"{seen}; camera_info holds lens distortion, which is not taken out: remap to the "
            "rectified picture (image_rect) if grasps near the edge are off."
        )
        return Finding("intrinsics", "note", problem, numbers)
    return Finding("intrinsics", "ok", seen, numbers)


def check_depth(depth_m: NDArray[np.float32]) -> Finding:
    """Return whether depth is there, and in metres.

    Args:
        depth_m: shape (H, W), NaN where invalid; at least one pixel is valid.
    """
    valid = float(np.isfinite(depth_m).mean())
    middle_m = float(np.nanmedian(depth_m))
    numbers = {"valid_fraction": valid, "median_m": middle_m}
    seen = f"{valid:.0%} of the pixels, median {middle_m:.3g} m"
    if not _NEAREST_M <= middle_m <= _FARTHEST_M:
        problem = (
            f"Depth cannot be of a table within reach ({seen}); check its unit: 16UC1 counts "
            "millimetres and 32FC1 metres."
        )
        return Finding("depth", "wrong", problem, numbers)
    if valid < _LEAST_VALID:
        problem = (
            f"Little of the picture has depth ({seen}); move camera or light, keep the camera's "
            "shortest range, and clean its glass."
        )
        return Finding("depth", "wrong", problem, numbers)
    return Finding("depth", "ok", seen, numbers)
