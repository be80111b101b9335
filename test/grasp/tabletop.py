"""Analytic depth images of boxes on a table: the truth that the geometry tests read back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.rectangle import GraspRectangle

VGA = Intrinsics(fx_px=610.0, fy_px=608.0, cx_px=321.3, cy_px=238.6, width_px=640, height_px=480)


@dataclass(frozen=True)
class Box:
    """A box on the table (z = 0), yawed about z; sizes along its own axes in metres."""

    x_m: float
    y_m: float
    yaw_rad: float
    length_m: float
    width_m: float
    height_m: float
    bottom_m: float = 0.0

    @property
    def T_table_box(self) -> np.ndarray:
        cosine, sine = math.cos(self.yaw_rad), math.sin(self.yaw_rad)
        T = np.eye(4)
        T[:2, :2] = [[cosine, -sine], [sine, cosine]]
        T[:3, 3] = [self.x_m, self.y_m, self.bottom_m + self.height_m / 2]
        return T


def look_at_table(distance_m: float, tilt_rad: float, heading_rad: float) -> np.ndarray:
    """Return T_table_camera of a camera that looks at the origin, tilted off straight down."""
    forward = np.array([math.sin(tilt_rad), 0.0, -math.cos(tilt_rad)])
    right = np.array([0.0, -1.0, 0.0])
    rotation = np.stack([right, np.cross(forward, right), forward], axis=1)
    cosine, sine = math.cos(heading_rad), math.sin(heading_rad)
    turn = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    T = np.eye(4)
    T[:3, :3] = turn @ rotation
    T[:3, 3] = -distance_m * (turn @ forward)
    return T


def render_depth(
    intrinsics: Intrinsics, T_table_camera: np.ndarray, boxes: list[Box]
) -> np.ndarray:
    """Return the exact depth image in metres, float32, of the table and the boxes."""
    columns, rows = np.meshgrid(
        np.arange(intrinsics.width_px) + 0.5, np.arange(intrinsics.height_px) + 0.5
    )
    rays = intrinsics.back_project(np.stack([columns, rows], axis=-1), 1.0)
    depth = _ray_height_zero(rays, T_table_camera)
    for box in boxes:
        depth = np.fmin(depth, _ray_box(rays, np.linalg.inv(box.T_table_box) @ T_table_camera, box))
    return depth.astype(np.float32)


def rectangle_of(
    intrinsics: Intrinsics, T_table_camera: np.ndarray, jaw_ends_m: np.ndarray, jaw_px: float = 24.0
) -> GraspRectangle:
    """Return the rectangle whose jaw line is the picture of two points on the table's frame."""
    ends = (jaw_ends_m - T_table_camera[:3, 3]) @ T_table_camera[:3, :3]
    first, second = intrinsics.project(ends)
    x_px, y_px = (first + second) / 2
    along = second - first
    return GraspRectangle(
        x_px=float(x_px),
        y_px=float(y_px),
        theta_rad=math.atan2(-along[1], along[0]),
        opening_px=float(np.hypot(*along)),
        jaw_px=jaw_px,
        image_width_px=intrinsics.width_px,
        image_height_px=intrinsics.height_px,
    )


def _ray_height_zero(rays: np.ndarray, T_table_camera: np.ndarray) -> np.ndarray:
    slope = rays @ T_table_camera[2, :3]
    with np.errstate(divide="ignore"):
        depth = -T_table_camera[2, 3] / slope
    return np.where(slope < 0, depth, np.nan)


def _ray_box(rays: np.ndarray, T_box_camera: np.ndarray, box: Box) -> np.ndarray:
    """Slab method: the ray enters where the last of the three slabs is entered."""
    origin = T_box_camera[:3, 3]
    directions = rays @ T_box_camera[:3, :3].T
    half = np.array([box.length_m, box.width_m, box.height_m]) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        near, far = (-half - origin) / directions, (half - origin) / directions
    enter = np.minimum(near, far).max(axis=-1)
    leave = np.maximum(near, far).min(axis=-1)
    return np.where((enter < leave) & (enter > 0), enter, np.nan)
