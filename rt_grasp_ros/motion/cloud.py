"""From a depth image to what the arm has to avoid: points in its base frame, itself left out."""

from __future__ import annotations

import coal
import numpy as np
import pinocchio as pin
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from ..grasp.camera import Intrinsics
from .collision import RobotShape
from .gripper import GripperProfile

STEP_PX = 2
REACH_M = 1.3
"""Points further than this from the base are out of the arm's way."""

ROBOT_MARGIN_M = 0.025
"""Points this near to a link are the link, seen with the errors of depth and calibration."""


def cloud_from_depth(
    depth_m: NDArray[np.float32], intrinsics: Intrinsics, T_base_camera: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return every second pixel's point within the arm's reach.

    Args:
        depth_m: along the optical axis, shape (H, W), NaN where invalid.
        intrinsics: of the depth image.
        T_base_camera: maps the optical frame to the robot's base frame, shape (4, 4), metres.

    Returns:
        Shape (N, 3), base frame, metres.
    """
    rows, columns = np.mgrid[: depth_m.shape[0] : STEP_PX, : depth_m.shape[1] : STEP_PX]
    depth = depth_m[rows, columns]
    is_valid = np.isfinite(depth) & (depth > 0.0)
    pixels = np.stack([columns[is_valid], rows[is_valid]], axis=1) + 0.5
    points = intrinsics.back_project(pixels, depth[is_valid])
    points = points @ T_base_camera[:3, :3].T + T_base_camera[:3, 3]
    return points[np.linalg.norm(points, axis=1) < REACH_M]


class RobotFilter:
    """Tells the robot's own points from those of its surroundings."""

    def __init__(self, shape: RobotShape, gripper: GripperProfile) -> None:
        """Turn each body into the half-spaces of its convex hull.

        Args:
            shape: the robot.
            gripper: how an opening becomes finger positions.
        """
        self._shape = shape
        self._gripper = gripper
        self._geometry_data = shape.geometry.createData()
        self._half_spaces = [
            np.unique(ConvexHull(_corners(body.geometry)).equations.round(6), axis=0)
            for body in shape.geometry.geometryObjects
        ]

    def without_robot(
        self,
        points_m: NDArray[np.float64],
        positions_rad: NDArray[np.float64],
        opening_m: float,
    ) -> NDArray[np.float64]:
        """Return the points that are not on the robot.

        Args:
            points_m: in the base frame, shape (N, 3).
            positions_rad: the arm's joints when the points were seen, shape (J,).
            opening_m: the distance of the fingers then.
        """
        model, robot = self._shape.model, self._shape.robot
        configuration = pin.neutral(model)
        configuration[robot.arm_columns] = positions_rad
        configuration[robot.columns(self._gripper.joints)] = self._gripper.joint_positions(
            opening_m
        )
        pin.updateGeometryPlacements(
            model, model.createData(), self._shape.geometry, self._geometry_data, configuration
        )
        T_root_base = model.frames[model.getFrameId(robot.base_frame)].placement
        kept = points_m
        for T_root_body, half_spaces in zip(
            self._geometry_data.oMg, self._half_spaces, strict=True
        ):
            T_body_base = (T_root_body.inverse() * T_root_base).homogeneous
            local = kept @ T_body_base[:3, :3].T + T_body_base[:3, 3]
            distance_m = (local @ half_spaces[:, :3].T + half_spaces[:, 3]).max(axis=1)
            kept = kept[distance_m > ROBOT_MARGIN_M]
        return kept


def _corners(geometry: coal.CollisionGeometry) -> NDArray[np.float64]:
    """Return the corners of a body in its own frame, shape (K, 3)."""
    if isinstance(geometry, coal.Box):
        signs = np.stack(np.meshgrid(*[[-1.0, 1.0]] * 3), axis=-1).reshape(-1, 3)
        return signs * geometry.halfSide
    return np.array([geometry.point(index) for index in range(geometry.num_points)])
