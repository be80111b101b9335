"""How a depth camera mismeasures: exact depth in, what its driver would publish out.

After Handa et al. (ICRA 2014) and Barron and Malik (CVPR 2013) for stereo: disparities are noisy,
rounded, and looked up beside their pixel; and Mallick, Das and Majumdar (IEEE Sensors 2014) for
the kinds of holes. All is drawn from the generator that is handed in.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ...grasp.camera import Intrinsics
from .profiles import STEREO_SUBPIXEL, DepthPrinciple, DepthSensor

INVALID_COUNT = 0
"""Count of a pixel where nothing was measured."""

SATURATED_COUNT = 65535
"""Count that some drivers send where the light came back too strong."""

COUNT_M = 0.001
"""Metres of one count, as REP 118's 16UC1."""

_SHIFT_PX = 0.6  # of the look-up beside a pixel, in pixels of the depth sensor
_EDGE_M_PER_M = 0.03  # a step of depth, in shares of the depth, that counts as an edge
_EDGE_HOLES = {DepthPrinciple.STEREO: 0.4, DepthPrinciple.TIME_OF_FLIGHT: 0.25}
_FLYING = 0.5
_PATCH_PX = 12.0
_SHINY_FROM, _SHINY_HOLES = 0.2, 0.6
_BRIGHT, _DARK = 246, 22
_DARK_HOLES = 0.4


def mismeasured(
    depth_m: NDArray[np.float32],
    rgb: NDArray[np.uint8],
    shininess: NDArray[np.float32],
    intrinsics: Intrinsics,
    sensor: DepthSensor,
    rng: np.random.Generator,
) -> NDArray[np.uint16]:
    """Return a depth picture as its driver publishes it, in millimetres.

    Args:
        depth_m: the truth along the optical axis, shape (H, W), NaN where there is nothing.
        rgb: the colour picture, shape (H, W, 3).
        shininess: how much each pixel mirrors, in 0..1, shape (H, W).
        intrinsics: of both pictures.
        sensor: what measures.
        rng: draws the errors.

    Returns:
        Shape (H, W), uint16; `INVALID_COUNT` and `SATURATED_COUNT` where nothing was measured.
    """
    scale = intrinsics.fx_px / sensor.focal_px  # colour pixels in one of the sensor's
    looked_up = _looked_up(depth_m, scale * _SHIFT_PX, rng)
    edge = _edges(depth_m, scale)
    holes = edge & (rng.random(edge.shape) < _EDGE_HOLES[sensor.principle])
    holes |= ~np.isfinite(looked_up)
    if sensor.principle is DepthPrinciple.STEREO:
        measured = _by_disparity(looked_up, scale, sensor, rng)
        holes |= _in_shadow(depth_m, intrinsics.fx_px * sensor.baseline_m)
    else:
        measured = _by_flight(looked_up, depth_m, edge, scale, sensor, rng)
        dark = rgb.max(axis=2) < _DARK
        holes |= dark & (_patches(edge.shape, rng) < _DARK_HOLES)
    glare = (rgb.min(axis=2) > _BRIGHT) & (shininess > 0)
    mirrored = _SHINY_HOLES * (shininess - _SHINY_FROM) / (1.0 - _SHINY_FROM)
    holes |= (_patches(edge.shape, rng) < mirrored) | ~_is_covered(intrinsics, sensor)
    with np.errstate(invalid="ignore"):
        holes |= (measured < sensor.min_m) | (measured > sensor.max_m)
    counts = np.rint(np.nan_to_num(measured) / COUNT_M).clip(0, SATURATED_COUNT - 1)
    counts[holes] = INVALID_COUNT
    counts[glare] = SATURATED_COUNT
    return counts.astype(np.uint16)


def in_metres(depth_mm: NDArray[np.uint16]) -> NDArray[np.float32]:
    """Return what `mismeasured` published in metres, NaN where nothing was measured."""
    depth_m = depth_mm.astype(np.float32) * np.float32(COUNT_M)
    depth_m[(depth_mm == INVALID_COUNT) | (depth_mm == SATURATED_COUNT)] = np.nan
    return depth_m


def with_colour_noise(rgb: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a colour picture with the grain of a small sensor: shot noise and a little more."""
    spread = np.sqrt(0.06 * rgb.astype(np.float32) + 2.0)
    noisy = rgb + spread * rng.standard_normal(rgb.shape, dtype=np.float32)
    return np.asarray(np.rint(noisy).clip(0, 255), dtype=np.uint8)


def _looked_up(
    depth_m: NDArray[np.float32], spread_px: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Depth taken a little beside each pixel, which frays edges."""
    height, width = depth_m.shape
    shift = rng.normal(0.0, spread_px, size=(2, height, width)).astype(np.float32)
    rows, columns = np.indices((height, width), dtype=np.float32)
    return np.asarray(
        cv2.remap(
            depth_m,
            columns + shift[0],
            rows + shift[1],
            cv2.INTER_NEAREST,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        dtype=np.float32,
    )


def _edges(depth_m: NDArray[np.float32], scale: float) -> NDArray[np.bool_]:
    """Where depth steps within a pixel and a half of the sensor's."""
    near, far = _near_and_far(depth_m, scale)
    return far - near > _EDGE_M_PER_M * near


def _near_and_far(
    depth_m: NDArray[np.float32], scale: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    side = 2 * max(1, round(1.5 * scale / 2)) + 1
    kernel = np.ones((side, side), np.uint8)
    known = np.nan_to_num(depth_m, nan=float(np.nanmax(depth_m, initial=0.0)))
    return (
        np.asarray(cv2.erode(known, kernel), dtype=np.float32),
        np.asarray(cv2.dilate(known, kernel), dtype=np.float32),
    )


def _smooth(
    shape: tuple[int, int], spread_px: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Normal noise with standard deviation 1 that is alike over `spread_px` pixels."""
    step = max(1.0, spread_px)
    size = (int(np.ceil(shape[1] / step)) + 1, int(np.ceil(shape[0] / step)) + 1)
    coarse = rng.normal(size=size[::-1]).astype(np.float32)
    fine = cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(fine / max(float(fine.std()), 1e-6), dtype=np.float32)


def _patches(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """Values alike over patches, spread evenly over 0..1."""
    noise = _smooth(shape, _PATCH_PX, rng)
    return np.asarray(1.0 / (1.0 + np.exp(-1.7 * noise)), dtype=np.float32)


def _by_disparity(
    depth_m: NDArray[np.float32], scale: float, sensor: DepthSensor, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Depth from disparities that are noisy and in steps: both grow with the distance squared."""
    product = np.float32(sensor.focal_px * sensor.baseline_m)
    disparity_px = product / depth_m + sensor.noise * _smooth(depth_m.shape, 2.0 * scale, rng)
    steps = np.rint(np.maximum(disparity_px, 1.0 / STEREO_SUBPIXEL) * STEREO_SUBPIXEL)
    return np.asarray(product * STEREO_SUBPIXEL / steps, dtype=np.float32)


def _in_shadow(depth_m: NDArray[np.float32], product_px_m: float) -> NDArray[np.bool_]:
    """What the left eye sees and the right one does not: something nearer is in its way.

    A pixel at column u is at u - d(u) for the right eye; it is hidden where a pixel further right
    is as far left there.
    """
    disparity_px = product_px_m / np.nan_to_num(depth_m, nan=np.inf)
    for_right = np.arange(depth_m.shape[1]) - disparity_px
    leftmost = np.minimum.accumulate(for_right[:, ::-1], axis=1)[:, ::-1]
    hidden = np.zeros(depth_m.shape, dtype=np.bool_)
    hidden[:, :-1] = for_right[:, :-1] > leftmost[:, 1:]
    return hidden


def _by_flight(
    looked_up: NDArray[np.float32],
    depth_m: NDArray[np.float32],
    edge: NDArray[np.bool_],
    scale: float,
    sensor: DepthSensor,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Depth with noise that grows with the distance, and between near and far at edges."""
    near, far = _near_and_far(depth_m, scale)
    share = rng.random(edge.shape, dtype=np.float32)
    flies = edge & (rng.random(edge.shape) < _FLYING)
    mixed = np.where(flies, near + share * (far - near), looked_up)
    spread_m = sensor.noise * np.maximum(1.0, mixed**2)
    return np.asarray(mixed + spread_m * _smooth(edge.shape, scale, rng), dtype=np.float32)


def _is_covered(intrinsics: Intrinsics, sensor: DepthSensor) -> NDArray[np.bool_]:
    """Which pixels of the colour picture the depth sensor sees, shape (H, W)."""
    columns = (np.arange(intrinsics.width_px) - intrinsics.cx_px) / intrinsics.fx_px
    rows = (np.arange(intrinsics.height_px) - intrinsics.cy_px) / intrinsics.fy_px
    across = np.abs(columns)[None, :] / np.tan(sensor.fov_x_rad / 2)
    along = np.abs(rows)[:, None] / np.tan(sensor.fov_y_rad / 2)
    covered = (across <= 1.0) & (along <= 1.0)
    return covered & (across + along / 2 <= 1.0) if sensor.sees_hexagon else covered
