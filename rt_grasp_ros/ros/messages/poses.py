"""Poses and transforms to homogeneous matrices and back."""

from __future__ import annotations

import math

import numpy as np
from geometry_msgs.msg import Point, Pose, Quaternion, Transform, Vector3
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from ...grasp.errors import RequestInvalid


def _rotation_from_quaternion(quaternion: Quaternion) -> NDArray[np.float64]:
    """Return the rotation matrix (3, 3); a quaternion that is not of unit length is refused."""
    xyzw = np.array([quaternion.x, quaternion.y, quaternion.z, quaternion.w])
    if not np.isfinite(xyzw).all() or not math.isclose(np.linalg.norm(xyzw), 1.0, abs_tol=1e-3):
        raise RequestInvalid(
            f"The orientation {xyzw.tolist()} is not a unit quaternion; normalise x, y, z, w."
        )
    return Rotation.from_quat(xyzw).as_matrix()


def _quaternion_from_rotation(rotation: NDArray[np.float64]) -> Quaternion:
    x, y, z, w = Rotation.from_matrix(rotation).as_quat(canonical=True).tolist()
    return Quaternion(x=x, y=y, z=z, w=w)


def _matrix(
    rotation: NDArray[np.float64], translation_m: tuple[float, float, float]
) -> NDArray[np.float64]:
    if not np.isfinite(translation_m).all():
        raise RequestInvalid(f"The position {translation_m} is not finite; send metres.")
    matrix = np.eye(4)
    matrix[:3, :3] = rotation
    matrix[:3, 3] = translation_m
    return matrix


def matrix_from_pose(pose: Pose) -> NDArray[np.float64]:
    """Return the pose as a homogeneous matrix, shape (4, 4), metres.

    Raises:
        RequestInvalid: a number is not finite, or the quaternion is not of unit length.
    """
    position = (pose.position.x, pose.position.y, pose.position.z)
    return _matrix(_rotation_from_quaternion(pose.orientation), position)


def matrix_from_transform(transform: Transform) -> NDArray[np.float64]:
    """Return `T_parent_child` of a TF transform, shape (4, 4), metres.

    Raises:
        RequestInvalid: a number is not finite, or the quaternion is not of unit length.
    """
    translation = transform.translation
    return _matrix(
        _rotation_from_quaternion(transform.rotation),
        (translation.x, translation.y, translation.z),
    )


def pose_from_matrix(matrix: NDArray[np.float64]) -> Pose:
    """Return a homogeneous matrix (4, 4) in metres as a pose."""
    x, y, z = matrix[:3, 3].tolist()
    return Pose(
        position=Point(x=x, y=y, z=z), orientation=_quaternion_from_rotation(matrix[:3, :3])
    )


def transform_from_matrix(matrix: NDArray[np.float64]) -> Transform:
    """Return `T_parent_child` (4, 4) in metres as a TF transform."""
    x, y, z = matrix[:3, 3].tolist()
    return Transform(
        translation=Vector3(x=x, y=y, z=z), rotation=_quaternion_from_rotation(matrix[:3, :3])
    )
