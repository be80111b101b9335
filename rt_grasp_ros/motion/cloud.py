"""From a depth image to what the arm has to avoid: points in its base frame, itself left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pinocchio as pin
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, HalfspaceIntersection

from ..grasp.camera import Intrinsics
from .bodies import corners_m
from .collision import RobotShape
from .gripper import GripperProfile

STEP_PX = 2
REACH_M = 1.3
"""Points further than this from the base are out of the arm's way."""

ROBOT_MARGIN_M = 0.025
"""Points this near to a link are the link, seen with the errors of depth and calibration."""

_ROUNDING_M = 1e-6


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
    near: NDArray[np.float64] = points[np.linalg.norm(points, axis=1) < REACH_M]
    return near


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
        self._hulls = [
            _Hull.around(corners_m(body.geometry)) for body in shape.geometry.geometryObjects
        ]

    def without_robot(
        self,
        points_m: NDArray[np.float64],
        positions_rad: NDArray[np.float64],
        opening_m: float,
    ) -> NDArray[np.float64]:
        """Return the points that are not on the robot; see `holds`."""
        return points_m[~self.holds(points_m, positions_rad, opening_m)]

    def holds(
        self,
        points_m: NDArray[np.float64],
        positions_rad: NDArray[np.float64],
        opening_m: float,
    ) -> NDArray[np.bool_]:
        """Return which points are on the robot, shape (N,).

        Args:
            points_m: in the base frame, shape (N, 3).
            positions_rad: the arm's joints when the points were seen, shape (J,).
            opening_m: the distance of the fingers then.
        """
        model, robot = self._shape.model, self._shape.robot
        configuration = robot.configuration(
            self._gripper.joints, self._gripper.joint_positions(opening_m)
        )
        robot.put_arm(configuration, positions_rad)
        pin.updateGeometryPlacements(
            model, model.createData(), self._shape.geometry, self._geometry_data, configuration
        )
        T_root_base = model.frames[model.getFrameId(robot.base_frame)].placement
        is_robot = np.zeros(len(points_m), dtype=bool)
        by_axis_m = np.ascontiguousarray(points_m.T)
        for T_root_body, hull in zip(self._geometry_data.oMg, self._hulls, strict=True):
            T_base_body = (T_root_base.inverse() * T_root_body).homogeneous
            near = hull.near(by_axis_m, T_base_body)
            is_robot[near] |= hull.holds(points_m[near], T_base_body)
        return is_robot


@dataclass(frozen=True, slots=True, eq=False)
class _Hull:
    """A body's convex hull with every face moved outwards by `ROBOT_MARGIN_M`.

    Attributes:
        half_spaces: outward normals and offsets of the faces, shape (K, 4), metres.
        low_m: corner of its bounding box, shape (3,).
        high_m: the opposite corner.
    """

    half_spaces: NDArray[np.float64]
    low_m: NDArray[np.float64]
    high_m: NDArray[np.float64]

    @classmethod
    def around(cls, corners_m: NDArray[np.float64]) -> _Hull:
        """Return the hull around a body's corners (shape (K, 3))."""
        half_spaces = np.unique(ConvexHull(corners_m).equations.round(6), axis=0)
        half_spaces[:, 3] -= ROBOT_MARGIN_M
        ends_m = HalfspaceIntersection(half_spaces, corners_m.mean(axis=0)).intersections
        return cls(half_spaces, ends_m.min(axis=0), ends_m.max(axis=0))

    def near(
        self, by_axis_m: NDArray[np.float64], T_base_body: NDArray[np.float64]
    ) -> NDArray[np.intp]:
        """Return which points lie in the hull's box along the base frame's axes, shape (M,).

        Most of a picture lies in none, and this is quickly seen.

        Args:
            by_axis_m: x, y and z of the points in the base frame, shape (3, N).
            T_base_body: the body's pose, shape (4, 4), metres.
        """
        middle_m, half_m = (self.low_m + self.high_m) / 2, (self.high_m - self.low_m) / 2
        middle_m = T_base_body[:3, :3] @ middle_m + T_base_body[:3, 3]
        half_m = np.abs(T_base_body[:3, :3]) @ half_m + _ROUNDING_M
        inside = np.ones(by_axis_m.shape[1], bool)
        for axis_m, low_m, high_m in zip(
            by_axis_m, middle_m - half_m, middle_m + half_m, strict=True
        ):
            inside &= (axis_m >= low_m) & (axis_m <= high_m)
        return np.nonzero(inside)[0]

    def holds(
        self, points_m: NDArray[np.float64], T_base_body: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Whether points (shape (N, 3), base frame) are in it, shape (N,)."""
        in_body_m = (points_m - T_base_body[:3, 3]) @ T_base_body[:3, :3]
        depth_m = in_body_m @ self.half_spaces[:, :3].T + self.half_spaces[:, 3]
        return np.asarray(depth_m.max(axis=1, initial=-np.inf) <= 0.0)
