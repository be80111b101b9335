"""Collision-free ways between joint positions (ompl's RRTConnect, shortened and rechecked)."""

from __future__ import annotations

import logging

import numpy as np
from numpy.typing import NDArray
from ompl import base as ob
from ompl import geometric as og
from ompl import util as ou

from ..grasp.errors import NoPlan
from .backend import IsCancelled, never, raise_if
from .collision import CollisionChecker, densify
from .robot import RobotProfile

MARGINS_M = (0.01, 0.003, 0.0)
"""Distances to keep from obstacles, the first that start and goal allow being used."""

# A fraction of the space's extent, about 0.03 rad; the way is rechecked more densely.
_VALIDITY_RESOLUTION = 0.002
_SPACING_RAD = 0.1
_SHORTEN_S = 0.2

_log = logging.getLogger(__name__)
ou.setLogLevel(ou.LOG_ERROR)


def plan(
    robot: RobotProfile,
    checker: CollisionChecker,
    start_rad: NDArray[np.float64],
    goal_rad: NDArray[np.float64],
    timeout_s: float,
    is_cancelled: IsCancelled = never,
) -> NDArray[np.float64]:
    """Return a collision-free polyline from start to goal.

    A goal's continuous joints are gone to the short way round, or the other way where that is
    not free: the last point may be turns away from the goal's number.

    Args:
        robot: whose joint limits hold.
        checker: the obstacles.
        start_rad: shape (J,).
        goal_rad: shape (J,).
        timeout_s: time for the search.
        is_cancelled: asked at each position that is looked at.

    Returns:
        Shape (N, J), N >= 2, neighbours at most about 0.1 rad apart, both ends included.

    Raises:
        NoPlan: an end is in collision, or no way was found in time.
        Cancelled: it was asked to stop.
    """
    goal_rad = robot.nearest_rad(goal_rad, start_rad)
    margin_m = _widest_margin(checker, start_rad, goal_rad)
    straight = np.stack([start_rad, goal_rad])
    if checker.is_path_free(straight, margin_m, is_cancelled):
        return densify(straight, _SPACING_RAD)
    path = _search(robot, checker, start_rad, goal_rad, margin_m, timeout_s, is_cancelled)
    if not checker.is_path_free(path, margin_m / 2, is_cancelled):
        raise NoPlan("The planned way comes too near an obstacle; try again or clear the table.")
    return path


def _widest_margin(
    checker: CollisionChecker, start_rad: NDArray[np.float64], goal_rad: NDArray[np.float64]
) -> float:
    """Return the largest distance to obstacles that both ends keep."""
    for margin_m in MARGINS_M:
        if checker.is_free(start_rad, margin_m) and checker.is_free(goal_rad, margin_m):
            return margin_m
    at_start = checker.contacts(start_rad)
    where = "The arm stands" if at_start else "The goal is"
    meeting = ", ".join(at_start or checker.contacts(goal_rad))
    raise NoPlan(f"{where} in collision ({meeting}); clear the space around it.")


def _search(
    robot: RobotProfile,
    checker: CollisionChecker,
    start_rad: NDArray[np.float64],
    goal_rad: NDArray[np.float64],
    margin_m: float,
    timeout_s: float,
    is_cancelled: IsCancelled,
) -> NDArray[np.float64]:
    """Return what RRTConnect finds, shortened."""
    joints = _JointSpace(robot)
    setup = og.SimpleSetup(joints.space)
    information = setup.getSpaceInformation()
    information.setStateValidityCheckingResolution(_VALIDITY_RESOLUTION)

    def is_valid(state: ob.State) -> bool:
        return checker.is_free(joints.positions_rad(state), margin_m)

    setup.setStateValidityChecker(is_valid)
    setup.setStartAndGoalStates(joints.state(start_rad), joints.state(goal_rad))
    setup.setPlanner(og.RRTConnect(information))
    is_solved = setup.solve(_until(timeout_s, is_cancelled))
    raise_if(is_cancelled)
    if not is_solved or not setup.haveExactSolutionPath():
        raise NoPlan(
            f"No collision-free way was found in {timeout_s:.1f} s; clear the space between the "
            "arm and the target."
        )
    setup.simplifySolution(_until(_SHORTEN_S, is_cancelled))
    raise_if(is_cancelled)
    states = setup.getSolutionPath().getStates()
    path = joints.way(np.array([joints.positions_rad(state) for state in states]), start_rad)
    _log.debug("RRTConnect: %d points", len(path))
    return densify(path, _SPACING_RAD)


class _JointSpace:
    """The joints as ompl knows them: those with limits as numbers, continuous ones as circles."""

    def __init__(self, robot: RobotProfile) -> None:
        """Make the space.

        Args:
            robot: whose joint limits hold.
        """
        self._robot = robot
        self._circles = np.flatnonzero(robot.is_continuous)
        self._limited = np.flatnonzero(~robot.is_continuous)
        self.space = ob.CompoundStateSpace()
        if len(self._limited):
            bounds = ob.RealVectorBounds(len(self._limited))
            for index, joint in enumerate(self._limited):
                bounds.setLow(index, float(robot.lower_rad[joint]))
                bounds.setHigh(index, float(robot.upper_rad[joint]))
            vector = ob.RealVectorStateSpace(len(self._limited))
            vector.setBounds(bounds)
            self.space.addSubspace(vector, 1.0)
        for _ in self._circles:
            self.space.addSubspace(ob.SO2StateSpace(), 1.0)
        self._first_circle = 1 if len(self._limited) else 0

    def state(self, positions_rad: NDArray[np.float64]) -> ob.State:
        """Return arm positions, shape (J,), as a state."""
        state = self.space.allocState()
        for index, joint in enumerate(self._limited):
            state[0][index] = float(positions_rad[joint])
        for index, joint in enumerate(self._circles):
            turned_rad = float(positions_rad[joint])
            state[self._first_circle + index].value = np.arctan2(
                np.sin(turned_rad), np.cos(turned_rad)
            )
        return state

    def positions_rad(self, state: ob.State) -> NDArray[np.float64]:
        """Return a state as arm positions, shape (J,), continuous ones between -pi and pi."""
        positions = np.empty(len(self._robot.arm_joints))
        for index, joint in enumerate(self._limited):
            positions[joint] = state[0][index]
        for index, joint in enumerate(self._circles):
            positions[joint] = state[self._first_circle + index].value
        return positions

    def way(
        self, positions_rad: NDArray[np.float64], start_rad: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return a way over states, shape (N, J), with no jump of a turn, from the start on."""
        way = [start_rad]
        for positions in positions_rad[1:]:
            way.append(self._robot.nearest_rad(positions, way[-1]))
        return np.array(way)


def _until(timeout_s: float, is_cancelled: IsCancelled) -> ob.PlannerTerminationCondition:
    """Return what ends a search: its time is over, or it was asked to stop."""
    return ob.plannerOrTerminationCondition(
        ob.timedPlannerTerminationCondition(timeout_s),
        ob.PlannerTerminationCondition(is_cancelled),
    )
