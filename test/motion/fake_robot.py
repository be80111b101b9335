"""A robot on a clock of its own that follows trajectories, with faults to order."""

from collections.abc import Callable

import numpy as np

from rt_grasp_ros.motion.gripper import GripperProfile
from rt_grasp_ros.motion.robot import RobotProfile
from rt_grasp_ros.motion.trajectory import JointState, Trajectory


class FakeRobot:
    """`RobotIo` whose joints are exactly where their trajectory says, until a fault strikes."""

    def __init__(self, robot: RobotProfile, gripper: GripperProfile) -> None:
        self.names = (*robot.arm_joints, *gripper.joints)
        self.arm = np.array(robot.home_rad)
        self.fingers = gripper.joint_positions(gripper.max_opening_m)
        self.object_joint_m = 0.0  # fingers do not close further than this
        self.arm_stuck = False
        self.fingers_stuck = False
        self.arm_offset_rad = 0.0
        self.stale_from_s = np.inf
        self.silent = False
        self.held = 0
        self.rests_from_s = -np.inf
        self.trouble: str | None = None
        self.expected: list[Trajectory] = []
        self.sleeps_s: list[float] = []
        self.on_sleep: Callable[[], None] = lambda: None
        self._time_s = 100.0
        self._arm_motion: tuple[float, Trajectory] | None = None
        self._hand_motion: tuple[float, Trajectory] | None = None

    def joint_state(self) -> JointState | None:
        if self.silent:
            return None
        arm = self.arm + self.arm_offset_rad
        positions = np.concatenate([arm, self.fingers])
        stamp_s = min(self._time_s, self.stale_from_s)
        return JointState(self.names, positions, np.zeros(len(positions)), stamp_s)

    def joints_trouble(self) -> str | None:
        return self.trouble

    def expect_arm(self, trajectory: Trajectory) -> None:
        self.expected.append(trajectory)

    def send_arm(self, trajectory: Trajectory) -> None:
        self._arm_motion = (self._time_s, trajectory)

    def send_hand(self, trajectory: Trajectory) -> None:
        self._hand_motion = (self._time_s, trajectory)

    def hold(self) -> None:
        self.held += 1
        self._arm_motion = None

    def has_come_to_rest(self) -> bool:
        return self._time_s >= self.rests_from_s

    def now_s(self) -> float:
        return self._time_s

    def sleep(self, duration_s: float) -> None:
        self.sleeps_s.append(duration_s)
        self._time_s += duration_s
        if self._arm_motion and not self.arm_stuck:
            self.arm = self._sample(*self._arm_motion)
        if self._hand_motion and not self.fingers_stuck:
            (finger,) = self._sample(*self._hand_motion)  # the others are linked to it
            self.fingers = np.full_like(self.fingers, max(finger, self.object_joint_m))
        self.on_sleep()

    def _sample(self, start_s: float, trajectory: Trajectory) -> np.ndarray:
        time_s = self._time_s - start_s
        return np.array(
            [np.interp(time_s, trajectory.times_s, column) for column in trajectory.positions.T]
        )
