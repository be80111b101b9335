"""What the three-dimensional view shows, as plain values in the robot's base frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame

Colour = tuple[int, int, int]
"""Red, green, blue, each 0 to 255."""

MAX_POINTS = 40_000
"""Points of a cloud that a browser without a graphics card still turns smoothly."""


@dataclass(frozen=True, slots=True, eq=False)
class ColouredCloud:
    """What the camera sees, in space.

    Attributes:
        points_m: base frame, shape (N, 3), float32.
        colours_rgb: shape (N, 3), uint8.
    """

    points_m: NDArray[np.float32]
    colours_rgb: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Strokes:
    """Straight lines of one colour, such as a gripper.

    Attributes:
        segments_m: start and end of each, base frame, shape (N, 2, 3).
        colour: of all of them.
        thickness_m: of all of them.
    """

    segments_m: NDArray[np.float64]
    colour: Colour
    thickness_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """A text at a point, such as why a grasp was rejected.

    Attributes:
        text: as plain text.
        position_m: base frame, shape (3,).
    """

    text: str
    position_m: NDArray[np.float64]


def coloured_cloud(frame: RgbdFrame, T_base_camera: NDArray[np.float64]) -> ColouredCloud:
    """Return what a frame shows as coloured points, evenly thinned to at most `MAX_POINTS`.

    Args:
        frame: colour and registered depth; pixels without depth are left out.
        T_base_camera: maps the optical frame to the base frame, shape (4, 4), metres.
    """
    height_px, width_px = frame.depth_m.shape
    step_px = max(1, int(np.ceil(np.sqrt(height_px * width_px / MAX_POINTS))))
    rows, columns = np.mgrid[:height_px:step_px, :width_px:step_px]
    depth_m = frame.depth_m[rows, columns]
    is_valid = np.isfinite(depth_m) & (depth_m > 0.0)
    pixels = np.stack([columns[is_valid], rows[is_valid]], axis=1) + 0.5
    points_m = frame.intrinsics.back_project(pixels, depth_m[is_valid])
    points_m = points_m @ T_base_camera[:3, :3].T + T_base_camera[:3, 3]
    return ColouredCloud(points_m.astype(np.float32), frame.rgb[rows, columns][is_valid])


def polyline(points_m: NDArray[np.float64], colour: Colour, thickness_m: float) -> Strokes:
    """Return the line through points (shape (N, 3), base frame) in their order."""
    return Strokes(np.stack([points_m[:-1], points_m[1:]], axis=1), colour, thickness_m)
