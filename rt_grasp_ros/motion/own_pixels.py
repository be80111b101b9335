"""Which pixels of a picture show the robot itself; no thing on the table is there."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.camera import Intrinsics
from ..grasp.frame import RgbdFrame
from .cloud import RobotFilter

_STEP_PX = 2


def robot_mask(
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    T_base_camera: NDArray[np.float64],
    robot_filter: RobotFilter,
    positions_rad: NDArray[np.float64],
    opening_m: float,
) -> NDArray[np.bool_]:
    """Return which pixels show the robot, shape (H, W), bool.

    Every second pixel is asked, and its neighbours go with it.

    Args:
        depth_m: along the optical axis, shape (H, W), NaN where invalid.
        intrinsics: of the depth image.
        T_base_camera: maps the optical frame to the robot's base frame, shape (4, 4), metres.
        robot_filter: the robot's shape.
        positions_rad: the arm's joints when the picture was taken, shape (J,).
        opening_m: the distance of the fingers then.
    """
    rows, columns = np.mgrid[: depth_m.shape[0] : _STEP_PX, : depth_m.shape[1] : _STEP_PX]
    depth = depth_m[rows, columns]
    is_valid = np.isfinite(depth) & (depth > 0.0)
    pixels = np.stack([columns[is_valid], rows[is_valid]], axis=1) + 0.5
    points_m = intrinsics.back_project(pixels, depth[is_valid])
    points_m = points_m @ T_base_camera[:3, :3].T + T_base_camera[:3, 3]
    mask = np.zeros(depth_m.shape, dtype=np.uint8)
    mask[rows[is_valid], columns[is_valid]] = robot_filter.holds(points_m, positions_rad, opening_m)
    return np.asarray(cv2.dilate(mask, np.ones((3, 3), np.uint8)) > 0)


def without_robot(
    frame: RgbdFrame,
    T_base_camera: NDArray[np.float64],
    robot_filter: RobotFilter,
    positions_rad: NDArray[np.float64],
    opening_m: float,
) -> RgbdFrame:
    """Return a frame with `is_robot` and without depth there; its colours stay as they are.

    Arguments as `robot_mask`.
    """
    mask = robot_mask(
        frame.depth_m, frame.intrinsics, T_base_camera, robot_filter, positions_rad, opening_m
    )
    return replace(frame, depth_m=np.where(mask, np.float32(np.nan), frame.depth_m), is_robot=mask)
