"""A square of a frame around a point at one metric scale: what the point eye is shown.

Depth makes the scale the same whatever the lens and the distance; the point is always in the
middle, so that the network need not be told where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ...grasp.frame import RgbdFrame
from ...grasp.plane import Plane

SIDE_PX = 96
CHANNELS = 7
"""Red, green, blue, height above the plane, whether depth is known, depth beyond the point's, and
how near a pixel is to the point."""

_NEAR_PX = 4.0
_COLOUR_MEAN, _COLOUR_STD = 0.5, 0.25
_LENGTH_M = 0.1  # of one unit of height and depth
_LOWEST_M, _HIGHEST_M = -0.05, 0.35
_DEEPEST_M = 0.4
_BLUR_FROM = 1.5  # pixels of the frame in one of the window, from which on colours are averaged
_BLUR = 0.3
_LOOKED_AT_PX = (3, 10, 30, 80)  # around a point, until depth shows something


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """What a frame shows around a point.

    Attributes:
        to_frame: from pixels (column, row) of the window to those of the frame, shape (2, 3).
        rgb: float32, 0..1, shape (S, S, 3); black beyond the frame.
        depth_m: shape (S, S), NaN where nothing was measured.
        height_m: above the plane, shape (S, S), NaN where nothing was measured.
        point_depth_m: of the point, or what is near it.
    """

    to_frame: NDArray[np.float64]
    rgb: NDArray[np.float32]
    depth_m: NDArray[np.float32]
    height_m: NDArray[np.float64]
    point_depth_m: float

    def channels(self) -> NDArray[np.float32]:
        """Return what the network takes, shape (CHANNELS, S, S)."""
        known = np.isfinite(self.depth_m) & np.isfinite(self.height_m)
        height = np.where(known, np.clip(self.height_m, _LOWEST_M, _HIGHEST_M), 0) / _LENGTH_M
        beyond_m = np.clip(self.depth_m - self.point_depth_m, -_DEEPEST_M, _DEEPEST_M)
        beyond = np.where(known, beyond_m, 0) / _LENGTH_M
        colour = ((self.rgb - _COLOUR_MEAN) / _COLOUR_STD).transpose(2, 0, 1)
        told = np.stack([height, known, beyond, _nearness()])
        return np.concatenate([colour, told]).astype(np.float32)

    def in_frame(self, values: NDArray[np.float32], size_px: tuple[int, int]) -> NDArray[np.bool_]:
        """Return where values of the window are above 0, as a mask of the frame.

        Args:
            values: shape (S, S).
            size_px: width and height of the frame.
        """
        spread = cv2.warpAffine(
            values,
            self.to_frame,
            size_px,
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=-1.0,
        )
        return np.asarray(spread > 0)


def window_at(
    frame: RgbdFrame,
    plane: Plane,
    point_px: tuple[float, float],
    side_m: float,
    *,
    turn_rad: float = 0.0,
    is_mirrored: bool = False,
) -> Window | None:
    """Return a window around a point; None where depth shows nothing near it.

    Args:
        frame: colour, depth and intrinsics.
        plane: that bears what stands there.
        point_px: column and row.
        side_m: of the window, at the point's depth.
        turn_rad: by how much it is turned, for training.
        is_mirrored: whether it is mirrored, for training.
    """
    depth_m = depth_near(frame.depth_m, point_px)
    if depth_m is None:
        return None
    step_px = side_m / SIDE_PX / depth_m * frame.intrinsics.fx_px
    cos, sin = np.cos(turn_rad) * step_px, np.sin(turn_rad) * step_px
    along = -1.0 if is_mirrored else 1.0
    axes = np.array([[along * cos, -sin], [along * sin, cos]])
    origin_px = np.array(point_px) - axes @ np.full(2, (SIDE_PX - 1) / 2)
    to_frame = np.column_stack([axes, origin_px])
    rgb = _sampled_rgb(frame.rgb, to_frame, step_px)
    sampled_m = np.asarray(
        cv2.warpAffine(
            frame.depth_m,
            to_frame,
            (SIDE_PX, SIDE_PX),
            flags=cv2.WARP_INVERSE_MAP | cv2.INTER_NEAREST,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=float("nan"),
        ),
        np.float32,
    )
    columns, rows = np.meshgrid(np.arange(SIDE_PX), np.arange(SIDE_PX))
    x_px, y_px = np.tensordot(to_frame, np.stack([columns, rows, np.ones_like(rows)]), 1)
    own = frame.intrinsics
    right = (x_px - own.cx_px) / own.fx_px * plane.normal[0]
    down = (y_px - own.cy_px) / own.fy_px * plane.normal[1]
    height_m = sampled_m * (right + down + plane.normal[2]) + plane.offset_m
    return Window(to_frame, rgb, sampled_m, height_m, depth_m)


def depth_near(depth_m: NDArray[np.float32], point_px: tuple[float, float]) -> float | None:
    """Return the median depth around a point, as near as any was measured; None where none was.

    Args:
        depth_m: shape (H, W), NaN where nothing was measured.
        point_px: column and row.
    """
    column, row = int(point_px[0]), int(point_px[1])
    for reach_px in _LOOKED_AT_PX:
        rows = slice(max(0, row - reach_px), row + reach_px + 1)
        near_m = depth_m[rows, max(0, column - reach_px) : column + reach_px + 1]
        near_m = near_m[np.isfinite(near_m)]
        if len(near_m):
            return float(np.median(near_m))
    return None


def _sampled_rgb(
    rgb: NDArray[np.uint8], to_frame: NDArray[np.float64], step_px: float
) -> NDArray[np.float32]:
    """Return colours of a window, averaged where its pixels are large."""
    corners = np.array([[0, 0, 1], [SIDE_PX, 0, 1], [0, SIDE_PX, 1], [SIDE_PX, SIDE_PX, 1]])
    reached_px = corners @ to_frame.T
    margin_px = 2 * step_px
    low = np.floor(np.maximum(reached_px.min(axis=0) - margin_px, 0)).astype(int)
    high = np.ceil(np.minimum(reached_px.max(axis=0) + margin_px, rgb.shape[1::-1])).astype(int)
    part = rgb[low[1] : high[1], low[0] : high[0]]
    if part.size == 0:
        return np.zeros((SIDE_PX, SIDE_PX, 3), np.float32)
    if step_px > _BLUR_FROM:
        part = np.asarray(cv2.GaussianBlur(part, (0, 0), _BLUR * step_px), np.uint8)
    moved = to_frame.copy()
    moved[:, 2] -= low
    sampled = cv2.warpAffine(
        part,
        moved,
        (SIDE_PX, SIDE_PX),
        flags=cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
    )
    return sampled.astype(np.float32) / np.float32(255)


@lru_cache(maxsize=1)
def _nearness() -> NDArray[np.float64]:
    away_px = np.arange(SIDE_PX) - (SIDE_PX - 1) / 2
    squared = away_px[:, None] ** 2 + away_px[None] ** 2
    return np.asarray(np.exp(-squared / (2 * _NEAR_PX**2)))
