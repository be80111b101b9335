"""Collisions of the arm with itself, the table and the depth cloud (coal, through pinocchio)."""

from __future__ import annotations

import itertools

import coal
import numpy as np
import pinocchio as pin
from numpy.typing import NDArray

from .backend import IsCancelled, never, raise_if
from .bodies import collision_bodies
from .gripper import GripperProfile
from .planning_scene import PlanningScene
from .robot import RobotProfile

VOXEL_M = 0.005
_PATH_STEP_RAD = 0.01
_TABLE_SIZE_M = (3.0, 3.0, 0.1)
_TABLE_SINK_M = 0.002  # fingertips may come this near the true table: depth is not better


class RobotShape:
    """The robot's links as convex bodies, and the pairs of them that may meet."""

    def __init__(self, robot: RobotProfile) -> None:
        """Build the bodies from the URDF's collision geometry.

        Args:
            robot: the arm; its SRDF says which links are allowed to touch.

        Raises:
            ProfileInvalid: a link's geometry can't be used; the message names it.
        """
        self.robot = robot
        self.model = robot.model
        self.geometry = collision_bodies(robot)
        self.geometry.addAllCollisionPairs()
        pin.removeCollisionPairsFromXML(
            self.model, self.geometry, robot.srdf.read_text(encoding="utf-8")
        )


class CollisionChecker:
    """Says whether arm positions are free in one scene; the fingers keep one opening."""

    def __init__(
        self,
        shape: RobotShape,
        gripper: GripperProfile,
        scene: PlanningScene,
        may_touch_target: bool,
    ) -> None:
        """Put the scene's obstacles beside the robot.

        Args:
            shape: the robot.
            gripper: how an opening becomes finger positions.
            scene: obstacles in the robot's base frame.
            may_touch_target: leave the target's points out.
        """
        self._model = shape.model
        self._data = self._model.createData()
        self._geometry = shape.geometry.copy()
        self._robot = shape.robot
        self._configuration = shape.robot.configuration(
            gripper.joints, gripper.joint_positions(scene.opening_m)
        )
        self._self_pairs = len(self._geometry.collisionPairs)
        points = scene.points_m[~scene.is_target] if may_touch_target else scene.points_m
        self._add_obstacles(shape.robot, points, scene.table_z_m)
        self._geometry_data = self._geometry.createData()
        self._margin_m = 0.0

    def is_free(self, positions_rad: NDArray[np.float64], margin_m: float = 0.0) -> bool:
        """Return whether nothing meets.

        Args:
            positions_rad: the arm's joints, shape (J,).
            margin_m: distance to keep from the obstacles (not from the robot itself).
        """
        self._set_margin(margin_m)
        return not self._collides(positions_rad, True)

    def is_path_free(
        self,
        path_rad: NDArray[np.float64],
        margin_m: float = 0.0,
        is_cancelled: IsCancelled = never,
    ) -> bool:
        """Return whether a polyline in joint space is free; arguments as `first_blocked`."""
        return self.first_blocked(path_rad, margin_m, is_cancelled) is None

    def first_blocked(
        self,
        path_rad: NDArray[np.float64],
        margin_m: float = 0.0,
        is_cancelled: IsCancelled = never,
    ) -> NDArray[np.float64] | None:
        """Return the first positions of a polyline that are not free, or None where all are.

        Args:
            path_rad: shape (N, J); looked at every 0.01 rad of the joint that moves most.
            margin_m: distance to keep from the obstacles.
            is_cancelled: asked at each position.

        Raises:
            Cancelled: it was asked to stop.
        """
        self._set_margin(margin_m)
        positions: NDArray[np.float64]
        for positions in densify(path_rad, _PATH_STEP_RAD):
            raise_if(is_cancelled)
            if self._collides(positions, True):
                return positions
        return None

    def contacts(self, positions_rad: NDArray[np.float64], margin_m: float = 0.0) -> list[str]:
        """Return what meets what, as `panda_hand_0 and cloud`, for messages."""
        self._set_margin(margin_m)
        self._collides(positions_rad, False)
        names = [body.name for body in self._geometry.geometryObjects]
        return [
            f"{names[pair.first]} and {names[pair.second]}"
            for pair, result in zip(
                self._geometry.collisionPairs, self._geometry_data.collisionResults, strict=True
            )
            if result.isCollision()
        ]

    def _collides(self, positions_rad: NDArray[np.float64], stop_at_first: bool) -> bool:
        self._robot.put_arm(self._configuration, positions_rad)
        return bool(
            pin.computeCollisions(
                self._model,
                self._data,
                self._geometry,
                self._geometry_data,
                self._configuration,
                stop_at_first,
            )
        )

    def _set_margin(self, margin_m: float) -> None:
        if margin_m == self._margin_m:
            return
        for request in list(self._geometry_data.collisionRequests)[self._self_pairs :]:
            request.security_margin = margin_m
        self._margin_m = margin_m

    def _add_obstacles(
        self, robot: RobotProfile, points_m: NDArray[np.float64], table_z_m: float
    ) -> None:
        """Add table and cloud, and pair each moving link with both."""
        links = [
            index
            for index, body in enumerate(self._geometry.geometryObjects)
            if body.parentJoint > 0
        ]
        base = self._model.frames[self._model.getFrameId(robot.base_frame)].placement
        centre_z_m = table_z_m - _TABLE_SINK_M - _TABLE_SIZE_M[2] / 2
        below = pin.SE3(np.eye(3), np.array([0.0, 0.0, centre_z_m]))
        obstacles = [pin.GeometryObject("table", 0, base * below, coal.Box(*_TABLE_SIZE_M))]
        if len(points_m):
            octree = coal.makeOctree(np.ascontiguousarray(points_m, dtype=np.float64), VOXEL_M)
            obstacles.append(pin.GeometryObject("cloud", 0, base, octree))
        for obstacle in obstacles:
            added = self._geometry.addGeometryObject(obstacle)
            for link in links:
                self._geometry.addCollisionPair(pin.CollisionPair(link, added))


def densify(path: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """Return the polyline with no joint moving further than `step` between two points.

    Args:
        path: shape (N, J).
        step: largest change of a joint, same unit.
    """
    pieces = [path[:1]]
    for start, end in itertools.pairwise(path):
        count = max(1, int(np.ceil(np.abs(end - start).max() / step)))
        pieces.append(start + (end - start) * np.linspace(0.0, 1.0, count + 1)[1:, None])
    return np.concatenate(pieces)
