"""Straight lines of the tip: stepped inverse kinematics, checked for jumps and collisions."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation, Slerp

from ..grasp.errors import NoPlan
from .backend import IsCancelled, never, raise_if
from .kinematics import Kinematics

STEP_M = 0.005
STEP_RAD = 0.05
MAX_JUMP_RAD = 0.12
"""Largest change of a joint in one step; more means that the arm would flip over."""

_ESCAPE_STEPS = 4  # an arm that touches something may still move away from it


class LineChecker(Protocol):
    """Says where positions (shape (J,)) meet something; `CollisionChecker` is one."""

    def is_free(self, positions_rad: NDArray[np.float64]) -> bool:
        """Return whether nothing meets."""
        ...

    def first_blocked(
        self, path_rad: NDArray[np.float64], *, is_cancelled: IsCancelled
    ) -> NDArray[np.float64] | None:
        """Return the first positions of a polyline (shape (N, J)) that are not free, or None."""
        ...

    def contacts(self, positions_rad: NDArray[np.float64]) -> list[str]:
        """Return what meets what, for messages."""
        ...


def straight_line(
    kinematics: Kinematics,
    checker: LineChecker,
    start_rad: NDArray[np.float64],
    T_base_tip: NDArray[np.float64],
    is_cancelled: IsCancelled = never,
) -> NDArray[np.float64]:
    """Return joint positions along the straight line from where the tip is to a pose.

    Args:
        kinematics: of the arm.
        checker: the obstacles.
        start_rad: where the arm is, shape (J,).
        T_base_tip: where the tip goes, shape (4, 4), metres.
        is_cancelled: asked at each step.

    Returns:
        Shape (N, J), the start first; the whole line, never a part of it.

    Raises:
        NoPlan: a point of the line is out of reach, would make the arm jump, or collides.
        Cancelled: it was asked to stop.
    """
    path = [start_rad]
    for pose in _poses_between(kinematics.tip_pose(start_rad), T_base_tip):
        raise_if(is_cancelled)
        positions = kinematics.solve(pose, path[-1])
        done = f"{len(path) * STEP_M * 1000:.0f} mm along the straight line"
        if positions is None:
            raise NoPlan(f"The arm can't follow {done}; try another grasp or move the object.")
        if np.abs(positions - path[-1]).max() > MAX_JUMP_RAD:
            raise NoPlan(f"The arm would jump {done}; try another grasp or move the object.")
        path.append(positions)
    line = np.array(path)
    leaving = 0 if checker.is_free(start_rad) else min(_ESCAPE_STEPS, len(line) - 1)
    blocked = checker.first_blocked(line[leaving:], is_cancelled=is_cancelled)
    if blocked is not None:
        meeting = ", ".join(checker.contacts(blocked))
        raise NoPlan(f"The straight way is blocked ({meeting}); clear it or try another grasp.")
    return line


def _poses_between(
    T_start: NDArray[np.float64], T_goal: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    """Return evenly spaced poses after the start, the goal last."""
    turn = Rotation.from_matrix(np.stack([T_start[:3, :3], T_goal[:3, :3]]))
    distance_m = float(np.linalg.norm(T_goal[:3, 3] - T_start[:3, 3]))
    angle_rad = float((turn[0].inv() * turn[1]).magnitude())
    count = max(1, int(np.ceil(max(distance_m / STEP_M, angle_rad / STEP_RAD))))
    shares = np.linspace(0.0, 1.0, count + 1)[1:]
    poses = np.tile(np.eye(4), (count, 1, 1))
    poses[:, :3, :3] = Slerp([0.0, 1.0], turn)(shares).as_matrix()
    poses[:, :3, 3] = T_start[:3, 3] + shares[:, None] * (T_goal[:3, 3] - T_start[:3, 3])
    return list(poses)
