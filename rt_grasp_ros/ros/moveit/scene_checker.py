"""Which positions of the arm touch nothing in a MoveIt scene, by moveit_py."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...motion.backend import IsCancelled, never, raise_if
from ...motion.collision import densify
from ...motion.robot import RobotProfile

_PATH_STEP_RAD = 0.02


class SceneChecker:
    """`motion.cartesian.LineChecker` on a copy of MoveIt's scene."""

    def __init__(self, scene: Any, robot: RobotProfile) -> None:
        """Take a copy of the scene, whose state is moved about.

        Args:
            scene: a `moveit.core.planning_scene.PlanningScene`.
            robot: whose arm is checked.
        """
        self._scene = scene
        self._robot = robot
        self._state = copy.deepcopy(scene.current_state)

    def is_free(self, positions_rad: NDArray[np.float64]) -> bool:
        """Return whether nothing meets with the arm at positions, shape (J,)."""
        self._state.joint_positions = dict(
            zip(self._robot.arm_joints, positions_rad.tolist(), strict=True)
        )
        self._state.update()
        return not self._scene.is_state_colliding(self._state, self._robot.planning_group)

    def first_blocked(
        self, path_rad: NDArray[np.float64], *, is_cancelled: IsCancelled = never
    ) -> NDArray[np.float64] | None:
        """Return the first positions of a polyline that are not free, or None."""
        for positions in densify(path_rad, _PATH_STEP_RAD):
            raise_if(is_cancelled)
            if not self.is_free(positions):
                return positions
        return None

    def contacts(self, _: NDArray[np.float64]) -> list[str]:
        """Return what meets what; MoveIt's log says it."""
        return ["see MoveIt's log"]
