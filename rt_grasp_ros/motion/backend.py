"""The seam between the pick sequence and whatever plans and moves: embedded planner or MoveIt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import Cancelled
from .planning_scene import PlanningScene
from .trajectory import Trajectory

IsCancelled = Callable[[], bool]
"""Asked at least 20 times a second while something is planned or moves; True stops it."""


def never() -> bool:
    """Return False: what runs to its end."""
    return False


def raise_if(is_cancelled: IsCancelled) -> None:
    """Raise where it was asked to stop.

    Raises:
        Cancelled: it was.
    """
    if is_cancelled():
        raise Cancelled


class MotionBackend(Protocol):
    """Plans in one scene and moves one arm of J joints with one parallel gripper.

    Positions are the arm's joints (shape (J,), rad), poses `T_base_tip` (shape (4, 4), metres).
    Every call ends: by itself at once, or within the `timeout_s` that it is given.
    """

    @property
    def home_rad(self) -> NDArray[np.float64]:
        """Where the arm waits, shape (J,)."""
        ...

    def arm_positions(self) -> NDArray[np.float64]:
        """Return the measured positions.

        Raises:
            JointStatesStale: none arrived lately.
        """
        ...

    def tip_pose(self, positions_rad: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `T_base_tip` of positions."""
        ...

    def set_scene(self, scene: PlanningScene) -> None:
        """Make these the obstacles of all planning from now on."""
        ...

    def clear_scene(self) -> None:
        """Forget the obstacles, also where others plan with them.

        Raises:
            BackendUnavailable: whoever keeps them does not answer.
        """
        ...

    def solve_ik(
        self,
        T_base_tip: NDArray[np.float64],
        seed_rad: NDArray[np.float64],
        is_cancelled: IsCancelled,
    ) -> list[NDArray[np.float64]]:
        """Return positions that reach a pose and touch nothing, best first; empty if out of reach.

        Raises:
            NoPlan: it is in reach, but not without touching something.
            Cancelled: it was asked to stop.
        """
        ...

    def plan_joints(
        self,
        start_rad: NDArray[np.float64],
        goal_rad: NDArray[np.float64],
        timeout_s: float,
        is_cancelled: IsCancelled,
    ) -> Trajectory:
        """Return a motion that touches nothing.

        Raises:
            NoPlan: there is none, or none was found in time.
            Cancelled: it was asked to stop.
        """
        ...

    def plan_line(
        self,
        start_rad: NDArray[np.float64],
        T_base_tip: NDArray[np.float64],
        is_cancelled: IsCancelled,
    ) -> Trajectory:
        """Return a straight motion of the tip; it may touch the scene's target.

        Raises:
            NoPlan: the line is out of reach, would make the arm jump, or is blocked.
            Cancelled: it was asked to stop.
        """
        ...

    def execute(self, trajectory: Trajectory, timeout_s: float, is_cancelled: IsCancelled) -> None:
        """Move the arm along a trajectory and wait until it stands at the end; else stop it.

        Raises:
            Cancelled: it was asked to stop.
            ControllerFailed: the arm left the path or stood still before its end.
            JointStatesStale: the joints can't be watched any more.
            MotionTimeout: it took longer than allowed.
        """
        ...

    def open_gripper(self, opening_m: float, timeout_s: float, is_cancelled: IsCancelled) -> None:
        """Open the fingers to a distance and wait until they stand there.

        Raises:
            Cancelled, ControllerFailed, JointStatesStale, MotionTimeout: as `execute`.
        """
        ...

    def close_gripper(self, timeout_s: float, is_cancelled: IsCancelled) -> float:
        """Close the fingers, wait until they stand still, and return their distance in metres.

        Raises:
            Cancelled, JointStatesStale, MotionTimeout: as `execute`.
        """
        ...

    def opening_m(self) -> float:
        """Return the measured distance between the fingers.

        Raises:
            JointStatesStale: no joint state arrived lately.
        """
        ...

    def stop(self) -> None:
        """Bring the arm to rest on its way; returns as soon as that is sent."""
        ...

    def finish_stop(self) -> None:
        """Wait, some seconds at the longest, for what a stop does after the arm was braked."""
        ...
