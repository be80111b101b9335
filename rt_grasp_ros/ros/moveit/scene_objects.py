"""Our obstacles as MoveIt's collision objects."""

from __future__ import annotations

import numpy as np
from moveit_msgs.msg import CollisionObject

from ...motion.boxes import boxes_around
from ...motion.planning_scene import PlanningScene
from .messages import boxes_object

OBSTACLES = "rt_grasp_obstacles"
TARGET = "rt_grasp_target"
TABLE = "rt_grasp_table"
_TABLE_SIZE_M = (3.0, 3.0, 0.1)
_TABLE_SINK_M = 0.002  # fingertips may come this near the true table: depth is not better


def objects_of(scene: PlanningScene, base_frame: str) -> list[CollisionObject]:
    """Return the table and, where there are points, neighbours and target as boxes."""
    below_m = scene.table_z_m - _TABLE_SINK_M - _TABLE_SIZE_M[2] / 2
    table = np.array([[0.0, 0.0, below_m]]), np.array([_TABLE_SIZE_M])
    objects = [boxes_object(TABLE, base_frame, *table)]
    for name, points_m in (
        (OBSTACLES, scene.points_m[~scene.is_target]),
        (TARGET, scene.points_m[scene.is_target]),
    ):
        if len(points_m):
            objects.append(boxes_object(name, base_frame, *boxes_around(points_m)))
    return objects
