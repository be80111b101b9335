"""A box on a flat table, straight below a camera."""

import numpy as np

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.plane import Plane

TABLE = Plane(np.array([0.0, 0.0, -1.0]), 0.8, 0.001)


def table_with_box(focal_px=600.0, top_m=0.75, half_m=0.03, at_m=(0.02, -0.01)):
    """Return a table 0.8 m below the camera with a red box on it, and the box's mask."""
    intrinsics = Intrinsics(focal_px, focal_px, 319.5, 239.5, 640, 480)
    rows, columns = np.mgrid[:480, :640]
    x_m = (columns - 319.5) / focal_px * top_m - at_m[0]
    y_m = (rows - 239.5) / focal_px * top_m - at_m[1]
    box = (abs(x_m) < half_m) & (abs(y_m) < half_m)
    depth_m = np.where(box, top_m, 0.8).astype(np.float32)
    rgb = np.where(box[..., None], (180, 30, 30), (200, 200, 190)).astype(np.uint8)
    return RgbdFrame(rgb, depth_m, intrinsics, "camera", 0), box


def middle_of(box):
    rows, columns = np.nonzero(box)
    return float(columns.mean()), float(rows.mean())
