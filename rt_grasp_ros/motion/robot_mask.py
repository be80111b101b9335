"""Which pixels of a depth image show the robot itself, so that nobody takes it for an object."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.camera import Intrinsics
from ..grasp.frame import RgbdFrame
from .cloud import STEP_PX, RobotFilter

_RIM_CELLS = 1  # of `STEP_PX` pixels: at its edge depth is mixed with that of what is behind


def robot_pixels(
    robot: RobotFilter,
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    T_base_camera: NDArray[np.float64],
    positions_rad: NDArray[np.float64],
    opening_m: float,
) -> NDArray[np.bool_]:
    """Return which pixels show the robot, bool, shape (H, W), with a rim of a few pixels.

    A pixel shows it where its point is on a link (with `ROBOT_MARGIN_M` for the errors of depth,
    calibration and joints): what lies far behind a link, or in front of one, is none of it. Looked
    at is every `STEP_PX`th pixel.

    Args:
        robot: its shape.
        depth_m: along the optical axis, shape (H, W), NaN where invalid.
        intrinsics: of the depth image.
        T_base_camera: maps the optical frame to the robot's base frame, shape (4, 4), metres.
        positions_rad: the arm's joints when the picture was taken, shape (J,).
        opening_m: the distance of the fingers then.
    """
    coarse_m = depth_m[::STEP_PX, ::STEP_PX]
    is_valid = np.isfinite(coarse_m) & (coarse_m > 0.0)
    rows, columns = np.nonzero(is_valid)
    pixels = np.stack([columns, rows], axis=1) * STEP_PX + 0.5
    points_m = intrinsics.back_project(pixels, coarse_m[is_valid])
    points_m = points_m @ T_base_camera[:3, :3].T + T_base_camera[:3, 3]
    coarse = np.zeros(coarse_m.shape, np.uint8)
    coarse[is_valid] = robot.is_robot(points_m, positions_rad, opening_m)
    side = 2 * _RIM_CELLS + 1
    grown = np.asarray(cv2.dilate(coarse, np.ones((side, side), np.uint8)), dtype=bool)
    whole = grown.repeat(STEP_PX, 0).repeat(STEP_PX, 1)
    return whole[: depth_m.shape[0], : depth_m.shape[1]]


def without_robot(
    robot: RobotFilter,
    frame: RgbdFrame,
    T_base_camera: NDArray[np.float64],
    positions_rad: NDArray[np.float64],
    opening_m: float,
) -> RgbdFrame:
    """Return the frame with `is_robot` and without depth there; the colours stay as they are.

    Arguments as `robot_pixels`.
    """
    mask = robot_pixels(
        robot, frame.depth_m, frame.intrinsics, T_base_camera, positions_rad, opening_m
    )
    return replace(frame, depth_m=np.where(mask, np.float32(np.nan), frame.depth_m), is_robot=mask)
