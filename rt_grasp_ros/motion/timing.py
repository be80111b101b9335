"""When the arm is where along a path: time-optimal under joint limits (toppra)."""

from __future__ import annotations

import logging

import numpy as np
import toppra
import toppra.algorithm
import toppra.constraint
from numpy.typing import NDArray

from ..grasp.errors import NoPlan
from .robot import RobotProfile
from .trajectory import Trajectory

SAMPLE_S = 0.02
_GRID_POINTS = 200

logging.getLogger("toppra").setLevel(logging.ERROR)


def time_path(robot: RobotProfile, path_rad: NDArray[np.float64], speed: float) -> Trajectory:
    """Return the fastest motion along a path that keeps the scaled joint limits.

    The waypoints become a cubic spline over their distance in joint space; velocity limits are
    scaled by `speed`, acceleration limits by its square, so that the motion keeps its shape.

    Args:
        robot: whose limits hold.
        path_rad: shape (N, J), N >= 1; neighbours that coincide count once.
        speed: share of the full speed, in (0, 1].

    Raises:
        ValueError: the speed is out of bounds.
        NoPlan: the path can't be timed.
    """
    if not 0.0 < speed <= 1.0:
        raise ValueError(f"speed must be above 0 and at most 1, not {speed}")
    lengths = np.linalg.norm(np.diff(path_rad, axis=0), axis=1)
    path = np.concatenate([path_rad[:1], path_rad[1:][lengths > 1e-6]])
    if len(path) == 1:
        return Trajectory(robot.arm_joints, path, np.zeros_like(path), np.array([SAMPLE_S]))
    distance = np.concatenate([[0.0], np.cumsum(lengths[lengths > 1e-6])])
    spline = toppra.SplineInterpolator(distance, path)
    velocity = robot.max_velocity_rad_s * speed
    acceleration = robot.max_acceleration_rad_s2 * speed**2
    solver = toppra.algorithm.TOPPRA(
        [
            toppra.constraint.JointVelocityConstraint(np.stack([-velocity, velocity], axis=1)),
            toppra.constraint.JointAccelerationConstraint(
                np.stack([-acceleration, acceleration], axis=1)
            ),
        ],
        spline,
        gridpoints=np.linspace(0.0, distance[-1], _GRID_POINTS),
        parametrizer="ParametrizeConstAccel",
    )
    timed = solver.compute_trajectory()
    if timed is None:
        raise NoPlan("The planned way can't be timed within the joint limits; try another grasp.")
    count = max(2, int(np.ceil(timed.duration / SAMPLE_S)) + 1)
    times_s = np.linspace(0.0, timed.duration, count)
    velocities = timed(times_s, 1)
    velocities[-1] = 0.0
    return Trajectory(robot.arm_joints, timed(times_s), velocities, times_s)
