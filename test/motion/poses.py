"""Poses and clouds that the motion tests share."""

import numpy as np
from numpy.typing import NDArray


def top_down(x_m: float, y_m: float, z_m: float, yaw_rad: float) -> NDArray[np.float64]:
    """Return a grasp (4, 4) in the base frame that comes from straight above."""
    cosine, sine = np.cos(yaw_rad), np.sin(yaw_rad)
    pose = np.eye(4)
    pose[:3, :3] = [[cosine, sine, 0.0], [sine, -cosine, 0.0], [0.0, 0.0, -1.0]]
    pose[:3, 3] = x_m, y_m, z_m
    return pose


def wall(y_m: float, top_m: float = 0.4) -> NDArray[np.float64]:
    """Return the points (N, 3) of a wall that stands across the table, parallel to x."""
    x, z = np.meshgrid(np.arange(0.2, 0.7, 0.006), np.arange(0.01, top_m, 0.006))
    return np.stack([x.ravel(), np.full(x.size, y_m), z.ravel()], axis=1)


NOTHING = np.empty((0, 3))
