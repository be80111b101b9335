"""How far the camera hangs from where TF says: seen from the table plane.

A plane tells three of the six numbers of a camera's pose: its height over the table and its two
tilts. Where along the table it is and how it is turned about the vertical, a fiducial tells.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from ..grasp.camera import Intrinsics
from ..grasp.support import fit_support_plane

_UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class TableView:
    """The table as one picture and TF have it.

    Attributes:
        up_base: the table's normal brought to the base frame, shape (3,); (0, 0, 1) where TF is
            right and the base stands upright.
        too_high_m: how much higher over the table TF has the camera than depth measured it.
    """

    up_base: NDArray[np.float64]
    too_high_m: float


@dataclass(frozen=True, slots=True, eq=False)
class TableDeviation:
    """How far the camera is off, from several pictures of the table.

    Attributes:
        too_high_m: how much too high TF has the camera, mean of the pictures.
        too_high_spread_m: standard deviation of the pictures about it.
        tilt_rad: angle between the mean normal and the vertical.
        tilt_spread_rad: root mean square angle of the pictures' normals to their mean.
        upright_rotvec: the turn about base axes that would set the table level, shape (3,); its
            third number is 0.
        pictures: how many there were.
    """

    too_high_m: float
    too_high_spread_m: float
    tilt_rad: float
    tilt_spread_rad: float
    upright_rotvec: NDArray[np.float64]
    pictures: int

    def corrected(self, T_base_camera: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the pose of the camera with which the table lies where it should, shape (4, 4).

        The camera is turned about itself and then lowered; x, y and the turn about the vertical,
        which a plane does not show, stay as they are.

        Args:
            T_base_camera: the pose that TF gives, shape (4, 4), metres.
        """
        corrected = T_base_camera.copy()
        turn = Rotation.from_rotvec(self.upright_rotvec).as_matrix()
        corrected[:3, :3] = turn @ T_base_camera[:3, :3]
        corrected[2, 3] -= self.too_high_m
        return corrected


def view_table(
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    T_base_camera: NDArray[np.float64],
    table_z_m: float,
) -> TableView:
    """Fit the table in a depth image and compare it with TF.

    Args:
        depth_m: shape (H, W), NaN where invalid.
        intrinsics: of that image.
        T_base_camera: the camera's pose when it was taken, shape (4, 4), metres.
        table_z_m: height of the table in the base frame.

    Raises:
        NoSupportPlane: no plane holds enough of the picture.
    """
    plane = fit_support_plane(depth_m, intrinsics)
    return TableView(
        up_base=T_base_camera[:3, :3] @ plane.normal,
        too_high_m=float(T_base_camera[2, 3]) - table_z_m - plane.offset_m,
    )


def table_deviation(views: Sequence[TableView]) -> TableDeviation:
    """Return mean and spread of views of a table that did not move meanwhile, one or more."""
    normals = np.array([view.up_base for view in views])
    mean = normals.mean(axis=0)
    mean /= np.linalg.norm(mean)
    heights_m = np.array([view.too_high_m for view in views])
    tilt_rad = angle_between(mean, _UP)
    axis = np.cross(mean, _UP)
    length = np.linalg.norm(axis)
    return TableDeviation(
        too_high_m=float(heights_m.mean()),
        too_high_spread_m=float(heights_m.std()),
        tilt_rad=tilt_rad,
        tilt_spread_rad=math.sqrt(np.mean([angle_between(n, mean) ** 2 for n in normals])),
        upright_rotvec=axis / length * tilt_rad if length > 0 else np.zeros(3),
        pictures=len(views),
    )


def angle_between(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the angle between two unit vectors, shape (3,); exact where it is tiny, too."""
    return math.atan2(float(np.linalg.norm(np.cross(first, second))), float(first @ second))
