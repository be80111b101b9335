"""The simulated cell as the motion room's `RobotIo`: plan and execute in one process, no ROS."""

from __future__ import annotations

import numpy as np

from ..motion.trajectory import JointState, Trajectory
from .cell import Cell
from .controller import JointTrajectoryController, TrajectoryPoint


class CellRobotIo:
    """Drives a cell's controllers; its clock is simulated time, which only `sleep` lets pass."""

    def __init__(self, cell: Cell) -> None:
        """Take over a cell; the caller still closes it."""
        self._cell = cell

    def joint_state(self) -> JointState:
        """Return the state of arm and fingers now."""
        return JointState(*self._cell.joint_state(), stamp_s=self._cell.time_s)

    def joints_trouble(self) -> str | None:
        """Return None: the cell's joint states are whole."""
        return None

    def send_arm(self, trajectory: Trajectory) -> None:
        """Start the trajectory now, in place of the one that the arm is following.

        Raises:
            ControllerFailed: the controller refuses it; the message says why.
        """
        self._send(self._cell.arm_controller, trajectory)

    def expect_arm(self, trajectory: Trajectory) -> None:
        """Forget it: `hold` asks the controller itself where it is."""

    def send_hand(self, trajectory: Trajectory) -> None:
        """Start the trajectory of the finger joints now.

        Raises:
            ControllerFailed: the controller refuses it; the message says why.
        """
        self._send(self._cell.hand_controller, trajectory)

    def hold(self) -> None:
        """Stop the arm where it is and keep it there; the hand keeps its command."""
        self._cell.arm_controller.hold(self._cell.time_s)

    def has_come_to_rest(self) -> bool:
        """Return True: the controller holds the arm within one step."""
        return True

    def now_s(self) -> float:
        """Return simulated time in seconds."""
        return self._cell.time_s

    def sleep(self, duration_s: float) -> None:
        """Step the simulation by that time."""
        self._cell.step(duration_s)

    def _send(self, controller: JointTrajectoryController, trajectory: Trajectory) -> None:
        points = [
            TrajectoryPoint(
                tuple(positions),
                float(time_s),
                None if np.isnan(velocities).all() else tuple(velocities),
            )
            for positions, velocities, time_s in zip(
                trajectory.positions, trajectory.velocities, trajectory.times_s, strict=True
            )
        ]
        controller.accept(trajectory.names, points, self._cell.time_s)
