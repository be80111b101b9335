"""Whether a picture is one that grasps can be computed from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..grasp.camera import Intrinsics
from ..grasp.errors import IntrinsicsInvalid
from ..grasp.plausible import (
    depth_noise_problem,
    depth_unit_problem,
    field_of_view_deg,
    require_plausible_intrinsics,
)
from .finding import Finding

_UNEQUAL = 0.02  # of fx and fy, above which it is worth a word
_LEAST_VALID = 0.3


def check_intrinsics(intrinsics: Intrinsics) -> Finding:
    """Return whether a camera matrix can be that of the pictures, and what the lens does.

    Args:
        intrinsics: of the colour picture.
    """
    width_px, height_px = intrinsics.width_px, intrinsics.height_px
    fov_deg = field_of_view_deg(intrinsics)
    seen = (
        f"fx {intrinsics.fx_px:.1f}, fy {intrinsics.fy_px:.1f}, cx {intrinsics.cx_px:.1f}, "
        f"cy {intrinsics.cy_px:.1f} for {width_px} x {height_px}, {fov_deg:.0f} degrees wide"
    )
    numbers = {"field_of_view_deg": fov_deg}
    try:
        require_plausible_intrinsics(intrinsics)
    except IntrinsicsInvalid as error:
        return Finding("intrinsics", "wrong", error.message, numbers)
    if abs(intrinsics.fx_px / intrinsics.fy_px - 1) > _UNEQUAL:
        seen += "; its pixels are not square, as after scaling, which is taken into account"
    if intrinsics.distortion is not None:
        seen += f"; the lens's distortion ({intrinsics.distortion.model}) is taken out"
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
    problem = depth_noise_problem(depth_m) or depth_unit_problem(depth_m)
    if problem is not None:
        return Finding("depth", "wrong", problem, numbers)
    if valid < _LEAST_VALID:
        problem = (
            f"Little of the picture has depth ({seen}); move camera or light, keep the camera's "
            "shortest range, and clean its glass."
        )
        return Finding("depth", "wrong", problem, numbers)
    return Finding("depth", "ok", seen, numbers)
