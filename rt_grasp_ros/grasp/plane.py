"""A plane in space, and the one through points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A plane in the optical frame, as the points with `height_m` 0.

    Attributes:
        normal: unit normal towards the camera, shape (3,), float64.
        offset_m: the camera's height above the plane.
        noise_m: standard deviation of the measured points about it.
    """

    normal: NDArray[np.float64]
    offset_m: float
    noise_m: float

    def height_m(self, points_m: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return how high points (shape (..., 3)) stand above the plane (shape (...))."""
        return np.asarray(points_m) @ self.normal + self.offset_m

    @property
    def object_height_m(self) -> float:
        """Height from which on a point is taken for an object's, not for the plane's noise."""
        return max(0.004, 3.0 * self.noise_m)


def plane_through(points_m: NDArray[np.float64]) -> Plane:
    """Return the plane of least squared distance to points.

    Args:
        points_m: in the optical frame, shape (N, 3), N >= 3.
    """
    centroid = points_m.mean(axis=0)
    centred = points_m - centroid
    eigenvalues, eigenvectors = np.linalg.eigh(centred.T @ centred / len(points_m))
    normal = eigenvectors[:, 0]
    normal = -normal if normal @ centroid > 0 else normal
    return Plane(normal, float(-normal @ centroid), float(np.sqrt(max(eigenvalues[0], 0.0))))


def horizontal_plane(T_base_camera: NDArray[np.float64], z_m: float) -> Plane:
    """Return the plane `z = z_m` of a base frame in the optical frame, without noise.

    Args:
        T_base_camera: the camera's pose, shape (4, 4), metres.
        z_m: its height in the base frame.
    """
    up = T_base_camera[2, :3].copy()
    return Plane(up, float(T_base_camera[2, 3]) - z_m, noise_m=0.0)
