"""What the arm must not touch: the depth cloud, the table, and what it may touch of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TABLE_SKIN_M = 0.008
"""Points this near the table belong to it: the table is checked as a solid of its own."""

_TARGET_SLACK_M = 0.01
_TARGET_REACH_M = 0.06


@dataclass(frozen=True, slots=True, eq=False)
class PlanningScene:
    """Obstacles in the base frame.

    Attributes:
        points_m: seen surface points above the table, the robot's own left out, shape (N, 3).
        is_target: which of them belong to what is to be grasped, shape (N,), bool.
        table_z_m: height of the table in the base frame.
        opening_m: how wide the fingers stand while the arm moves.
    """

    points_m: NDArray[np.float64]
    is_target: NDArray[np.bool_]
    table_z_m: float
    opening_m: float


def scene_for_grasp(
    cloud_m: NDArray[np.float64],
    table_z_m: float,
    T_base_grasp: NDArray[np.float64],
    opening_m: float,
) -> PlanningScene:
    """Return the obstacles, with those between the opened fingers marked as the target.

    Args:
        cloud_m: seen points in the base frame, shape (N, 3), metres.
        table_z_m: height of the table in the base frame.
        T_base_grasp: the grasp, shape (4, 4): +z approach, +x closing direction.
        opening_m: jaw distance of the approach.
    """
    points = cloud_m[cloud_m[:, 2] > table_z_m + TABLE_SKIN_M]
    in_grasp = (points - T_base_grasp[:3, 3]) @ T_base_grasp[:3, :3]
    is_target = (np.abs(in_grasp[:, 0]) < opening_m / 2 + _TARGET_SLACK_M) & (
        np.abs(in_grasp[:, 1]) < _TARGET_REACH_M
    )
    return PlanningScene(points, is_target, table_z_m, opening_m)
