"""The embedded backend: plans with pinocchio, coal, ompl and toppra, and moves a `RobotIo`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import Cancelled, ControllerFailed, NoPlan
from .backend import IsCancelled
from .cartesian import straight_line
from .collision import CollisionChecker, RobotShape
from .gripper import GripperProfile
from .measured_arm import MeasuredArm
from .planner import plan
from .planning_scene import PlanningScene
from .robot import RobotProfile
from .robot_io import RobotIo
from .timing import time_path
from .trajectory import JointState, Trajectory
from .watch import Stillness, wait_for_rest, wait_until

_STILL_RAD = 0.002
_SETTLED_S = 0.1
_STUCK_S = 3.0


@dataclass(frozen=True, slots=True)
class MotionSettings:
    """How fast and how exactly the arm moves.

    Attributes:
        speed: share of the joints' full speed for free motions, in (0, 1].
        line_speed: the same for straight motions near objects.
        path_tolerance_rad: how far a joint may be from the path.
        goal_tolerance_rad: how far a joint may be from its goal.
        opening_tolerance_m: how far the opened fingers may be from their distance.
    """

    speed: float = 0.5
    line_speed: float = 0.25
    path_tolerance_rad: float = 0.2
    goal_tolerance_rad: float = 0.02
    opening_tolerance_m: float = 0.004


class EmbeddedBackend(MeasuredArm):
    """`MotionBackend` without MoveIt."""

    def __init__(
        self,
        robot: RobotProfile,
        gripper: GripperProfile,
        io: RobotIo,
        settings: MotionSettings = MotionSettings(),
    ) -> None:
        """Build the robot's model; nothing moves.

        Args:
            robot: the arm.
            gripper: what is mounted at its tip frame.
            io: drives the joints.
            settings: how fast and how exactly.
        """
        super().__init__(robot, gripper, io, settings.opening_tolerance_m)
        self._gripper = gripper
        self._settings = settings
        self._shape = RobotShape(robot)
        self.clear_scene()

    def set_scene(self, scene: PlanningScene) -> None:
        """Make these the obstacles of all planning from now on."""
        self._free_space, self._at_target = (
            CollisionChecker(self._shape, self._gripper, scene, may_touch_target)
            for may_touch_target in (False, True)
        )

    def clear_scene(self) -> None:
        """Forget the obstacles."""
        self.set_scene(
            PlanningScene(np.empty((0, 3)), np.empty(0, bool), 0.0, self._gripper.max_opening_m)
        )

    def solve_ik(
        self,
        T_base_tip: NDArray[np.float64],
        seed_rad: NDArray[np.float64],
        is_cancelled: IsCancelled,
    ) -> list[NDArray[np.float64]]:
        """Return positions that reach a pose and touch nothing; empty where it is out of reach."""
        return self._free_positions(T_base_tip, seed_rad, self._free_space, is_cancelled)

    def plan_joints(
        self,
        start_rad: NDArray[np.float64],
        goal_rad: NDArray[np.float64],
        timeout_s: float,
        is_cancelled: IsCancelled,
    ) -> Trajectory:
        """Return a motion that touches nothing, the timed motion itself checked once more."""
        path = plan(self._robot, self._free_space, start_rad, goal_rad, timeout_s, is_cancelled)
        trajectory = time_path(self._robot, path, self._settings.speed)
        if not self._free_space.is_path_free(trajectory.positions, is_cancelled=is_cancelled):
            raise NoPlan("The smoothed way touches an obstacle; try again or clear the table.")
        return trajectory

    def plan_line(
        self,
        start_rad: NDArray[np.float64],
        T_base_tip: NDArray[np.float64],
        is_cancelled: IsCancelled,
    ) -> Trajectory:
        """Return a straight motion of the tip; it may touch the scene's target."""
        path = straight_line(self._kinematics, self._at_target, start_rad, T_base_tip, is_cancelled)
        return time_path(self._robot, path, self._settings.line_speed)

    def execute(self, trajectory: Trajectory, timeout_s: float, is_cancelled: IsCancelled) -> None:
        """Move the arm along a trajectory and wait until it stands at the end; else stop it."""
        way = self._robot.from_where_it_is(trajectory, self.arm_positions())
        stillness = Stillness(_STILL_RAD)

        def is_done(state: JointState, waited_s: float) -> bool:
            measured = state.of(self._robot.arm_joints)
            self._check_on_path(measured, way)
            positions = self._robot.nearest_rad(measured, way.end)
            still_s = stillness.duration_s(positions, state.stamp_s)
            if waited_s < way.duration_s or still_s < _SETTLED_S:
                return False
            error_rad = float(np.abs(positions - way.end).max())
            if error_rad <= self._settings.goal_tolerance_rad:
                return True
            if still_s > _STUCK_S:
                raise ControllerFailed(
                    f"The arm stands {error_rad:.3f} rad from its goal; free it, and check its "
                    "controller."
                )
            return False

        try:
            self._io.send_arm(way)
            wait_until(self._io, is_done, timeout_s, is_cancelled, "The arm's motion")
        except Cancelled:
            self._io.hold()
            raise
        except BaseException:
            self._io.hold()
            wait_for_rest(self._io)  # where the arm stands is where the next motion begins
            raise

    def stop(self) -> None:
        """Bring the arm to rest on its way."""
        self._io.hold()

    def _check_on_path(self, positions: NDArray[np.float64], trajectory: Trajectory) -> None:
        """Raise where the arm is not near any part of its way."""
        apart_rad = self._robot.difference_rad(trajectory.positions, positions)
        distance_rad = float(np.abs(apart_rad).max(axis=1).min())
        if distance_rad > self._settings.path_tolerance_rad:
            raise ControllerFailed(
                f"The arm left its way by {distance_rad:.2f} rad and was stopped; check for "
                "contact, and its controller."
            )
