"""What every motion backend does alike: kinematics, reading the joints, driving the fingers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import NoPlan
from .backend import IsCancelled
from .cartesian import LineChecker
from .fingers import Fingers
from .fit import check_fit
from .gripper import GripperProfile
from .kinematics import Kinematics
from .robot import RobotProfile
from .robot_io import RobotIo
from .watch import fresh_state


class MeasuredArm:
    """The part of `MotionBackend` that plans nothing; backends inherit it."""

    def __init__(
        self, robot: RobotProfile, gripper: GripperProfile, io: RobotIo, opening_tolerance_m: float
    ) -> None:
        """Connect profiles and joints.

        Args:
            robot: the arm.
            gripper: what is mounted at its tip frame.
            io: joint states and the gripper.
            opening_tolerance_m: how exactly the fingers open.

        Raises:
            ProfileInvalid: the gripper's joints are not those of the robot.
        """
        check_fit(robot, gripper)
        self._robot = robot
        self._io = io
        self._kinematics = Kinematics(robot)
        self._fingers = Fingers(gripper, io, opening_tolerance_m)

    @property
    def home_rad(self) -> NDArray[np.float64]:
        """Where the arm waits, shape (J,)."""
        return self._robot.home_rad

    def arm_positions(self) -> NDArray[np.float64]:
        """Return the measured positions, shape (J,)."""
        return fresh_state(self._io).of(self._robot.arm_joints)

    def tip_pose(self, positions_rad: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `T_base_tip` of positions, by the profile's URDF."""
        return self._kinematics.tip_pose(positions_rad)

    def open_gripper(self, opening_m: float, timeout_s: float, is_cancelled: IsCancelled) -> None:
        """Open the fingers to a distance and wait until they stand there."""
        self._fingers.open(opening_m, timeout_s, is_cancelled)

    def close_gripper(self, timeout_s: float, is_cancelled: IsCancelled) -> float:
        """Close the fingers, wait until they stand still, and return their distance in metres."""
        return self._fingers.close(timeout_s, is_cancelled)

    def opening_m(self) -> float:
        """Return the measured distance between the fingers."""
        return self._fingers.opening_m()

    def finish_stop(self) -> None:
        """Return at once: a stop is no more than the braking."""

    def _free_positions(
        self,
        T_base_tip: NDArray[np.float64],
        seed_rad: NDArray[np.float64],
        checker: LineChecker,
        is_cancelled: IsCancelled,
    ) -> list[NDArray[np.float64]]:
        """Return positions by our own kinematics that a checker finds free.

        Raises:
            NoPlan: the pose is in reach, but not without touching something.
        """
        found = self._kinematics.solve_all(T_base_tip, seed_rad, is_cancelled)
        free = [positions for positions in found if checker.is_free(positions)]
        if found and not free:
            raise touching(", ".join(checker.contacts(found[0])))
        return free


def touching(meeting: str) -> NoPlan:
    """Return the failure of a pose that is in reach, but not without touching something.

    Args:
        meeting: what meets what, as far as is known.
    """
    return NoPlan(
        f"The arm reaches the start of the way down only where it touches something ({meeting}); "
        "clear the space around the object, or ask for another part."
    )
