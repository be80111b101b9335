"""Whether a picture can be what it says it is: its calibration, its depth's unit, its light."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .camera import Intrinsics
from .errors import DepthUnitWrong, IntrinsicsInvalid, PictureUnusable
from .frame import RgbdFrame

NEAREST_M, FARTHEST_M = 0.15, 2.5
"""Between which a table lies that an arm and its camera share."""

_NARROWEST_DEG, _WIDEST_DEG = 10.0, 150.0
_MOST_UNEQUAL = 4.0
_EDGE, _CORNER = 0.25, 0.22  # of width and height, from the sides and from the middle
_UNITS_M = {
    "0.1 mm": 1e-4,
    "0.25 mm": 2.5e-4,
    "0.2 mm": 2e-4,
    "1 mm": 1e-3,
    "10 mm": 1e-2,
    "1 m": 1.0,
}
_LIKELY_M = (0.3, 1.6)
_NOISE = 0.2  # of the depth in the middle: neighbours of a surface lie closer together
_DARK, _BRIGHT, _UNIFORM = 24, 250, 4  # of 255
_ROWS = 240  # that are looked at


def field_of_view_deg(intrinsics: Intrinsics) -> float:
    """Return the horizontal angle that a pinhole camera of that focal length sees."""
    return math.degrees(2 * math.atan(intrinsics.width_px / 2 / intrinsics.fx_px))


def require_plausible_intrinsics(intrinsics: Intrinsics) -> None:
    """Refuse a camera matrix that is not of pictures of this size.

    Args:
        intrinsics: of a whole picture, not of a part cut out of it.

    Raises:
        IntrinsicsInvalid: the centre is near an edge or in a corner, or no camera sees so much or
            so little.
    """
    x = intrinsics.cx_px / intrinsics.width_px
    y = intrinsics.cy_px / intrinsics.height_px
    is_central = _EDGE < x < 1 - _EDGE and _EDGE < y < 1 - _EDGE
    is_central &= abs(x + y - 1) < _CORNER
    ratio = intrinsics.fx_px / intrinsics.fy_px
    fov_deg = field_of_view_deg(intrinsics)
    is_camera = _NARROWEST_DEG < fov_deg < _WIDEST_DEG
    if is_central and is_camera and 1 / _MOST_UNEQUAL < ratio < _MOST_UNEQUAL:
        return
    raise IntrinsicsInvalid(
        f"The camera matrix (fx {intrinsics.fx_px:.1f}, fy {intrinsics.fy_px:.1f}, "
        f"cx {intrinsics.cx_px:.1f}, cy {intrinsics.cy_px:.1f}) is not of a picture of "
        f"{intrinsics.width_px}x{intrinsics.height_px} pixels; give the calibration of this "
        "stream at this size."
    )


def depth_unit_problem(depth_m: NDArray[np.float32], unit_m: float | None = None) -> str | None:
    """Return why depth can't be of a table within reach, as a sentence; None where it can.

    Args:
        depth_m: shape (H, W), NaN where invalid; at least one pixel is valid.
        unit_m: what one unit was taken for; told by the values where not given.
    """
    valid_m = _some_valid(depth_m)
    near_m, middle_m = (float(value) for value in np.percentile(valid_m, (5, 50)))
    if middle_m >= NEAREST_M and near_m <= FARTHEST_M:
        return None
    taken_m = unit_m or _unit_by_values_m(valid_m)
    likely = [
        f"{name} (depth_scale {candidate_m:g})"
        for name, candidate_m in _UNITS_M.items()
        if _LIKELY_M[0] <= middle_m / taken_m * candidate_m <= _LIKELY_M[1]
    ]
    advice = f"it probably counts in units of {' or '.join(likely)}" if likely else "check its unit"
    return (
        f"Depth reads {middle_m:.3g} m in the middle, but a table within reach is {NEAREST_M:g} to "
        f"{FARTHEST_M:g} m away; {advice}: set depth_scale to the metres of one unit, or move the "
        "camera."
    )


def depth_noise_problem(depth_m: NDArray[np.float32]) -> str | None:
    """Return why depth shows no surface at all, as a sentence; None where it does.

    Args:
        depth_m: shape (H, W), NaN where invalid.
    """
    apart_m = np.abs(np.diff(depth_m[:: max(1, depth_m.shape[0] // _ROWS)], axis=1))
    apart_m = apart_m[np.isfinite(apart_m)]
    if apart_m.size == 0:
        return None
    middle_m, typical_m = float(np.median(_some_valid(depth_m))), float(np.median(apart_m))
    if typical_m <= _NOISE * middle_m:
        return None
    return (
        f"Depth is noise: pixels side by side lie {typical_m:.3g} m apart; check the encoding and "
        "the byte order (is_bigendian) that the camera's driver sends."
    )


def require_usable(frame: RgbdFrame) -> None:
    """Refuse a picture that shows nothing, or whose depth counts in another unit.

    Raises:
        PictureUnusable: it is dark, overexposed or of one colour, or depth is noise.
        DepthUnitWrong: no table within reach is that far away.
    """
    require_lit(frame.rgb)
    noise = depth_noise_problem(frame.depth_m)
    if noise is not None:
        raise PictureUnusable(noise)
    problem = depth_unit_problem(frame.depth_m)
    if problem is not None:
        raise DepthUnitWrong(problem)


def require_lit(rgb: NDArray[np.uint8]) -> None:
    """Refuse a picture in which nothing can be told apart.

    Args:
        rgb: shape (H, W, 3).

    Raises:
        PictureUnusable: it is dark, overexposed or of one colour.
    """
    channels = np.ascontiguousarray(np.moveaxis(_thinned(rgb), -1, 0))
    brightest, darkest = channels.max(axis=0), channels.min(axis=0)
    if _percentiles(brightest, 95)[0] < _DARK:
        raise PictureUnusable(
            "The colour picture is dark; take off the lens cap, switch on the light, or let the "
            "camera expose longer."
        )
    if _percentiles(darkest, 5)[0] > _BRIGHT:
        raise PictureUnusable(
            "The colour picture is overexposed; let the camera expose shorter, or dim the light."
        )
    if max(np.ptp(_percentiles(channel, 1, 99)) for channel in channels) < _UNIFORM:
        raise PictureUnusable(
            "The colour picture shows one colour only; uncover the camera, and check its driver."
        )


def _percentiles(values: NDArray[np.uint8], *percents: float) -> NDArray[np.float64]:
    """Return what `numpy.percentile` does, by counting how often there is each value."""
    beyond = np.cumsum(np.bincount(values.ravel(), minlength=256))
    places = np.array(percents) / 100 * (values.size - 1)
    low, high = (
        np.searchsorted(beyond, rounded(places), side="right") for rounded in (np.floor, np.ceil)
    )
    return np.asarray(low + (high - low) * (places - np.floor(places)))


def _thinned(picture: NDArray[Any]) -> NDArray[Any]:
    """Return every so many rows and columns of a picture, so that `_ROWS` remain."""
    step = max(1, picture.shape[0] // _ROWS)
    return picture[::step, ::step]


def _some_valid(depth_m: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the valid of those pixels that are looked at; all valid ones where none of them is."""
    some_m = _thinned(depth_m)
    found_m = some_m[np.isfinite(some_m)]
    return found_m if len(found_m) else depth_m[np.isfinite(depth_m)]


def _unit_by_values_m(valid_m: NDArray[np.float32]) -> float:
    """Return 1 mm where all depth lies on whole millimetres below 65.536 m, else 1 m."""
    counts = valid_m[:: max(1, valid_m.size // 1000)].astype(np.float64) * 1000
    is_whole = bool((np.abs(counts - np.round(counts)) < 0.01).all())
    return 0.001 if is_whole and counts.max() < 65536 else 1.0
