"""A robot on a clock of its own that follows trajectories, with faults to order."""

from collections.abc import Callable

import numpy as np
from ros2_controller import Ros2Controller, points_of

from rt_grasp_ros.motion.braking import arm_now, braking
from rt_grasp_ros.motion.gripper import GripperProfile
from rt_grasp_ros.motion.robot import RobotProfile
from rt_grasp_ros.motion.sent_motion import SentMotion
from rt_grasp_ros.motion.trajectory import JointState, Trajectory


class FakeRobot:
    """`RobotIo` whose joints are where their controllers say, until a fault strikes.

    The arm's is a `Ros2Controller` of 250 cycles a second; its `record` has what it commanded.
    """

    def __init__(self, robot: RobotProfile, gripper: GripperProfile) -> None:
        self.names = (*robot.arm_joints, *gripper.joints)
        self.robot = robot
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
        self._sent: SentMotion | None = None
        self.controller = Ros2Controller(robot.arm_joints, robot.home_rad, self._time_s)
        self._hand_motion: tuple[float, Trajectory] | None = None

    def joint_state(self) -> JointState | None:
        if self.silent:
            return None
        arm = self._arm_state()
        positions = np.concatenate([arm.positions, self.fingers])
        velocities = np.concatenate([arm.velocities, np.zeros(len(self.fingers))])
        return JointState(self.names, positions, velocities, arm.stamp_s)

    @property
    def arm(self) -> np.ndarray:
        return self.controller.positions

    @arm.setter
    def arm(self, positions: np.ndarray) -> None:
        self.controller.place(positions, self._time_s)

    def _arm_state(self) -> JointState:
        positions = self.controller.positions + self.arm_offset_rad
        stamp_s = min(self._time_s, self.stale_from_s)
        return JointState(self.robot.arm_joints, positions, self.controller.velocities, stamp_s)

    def joints_trouble(self) -> str | None:
        return self.trouble

    def expect_arm(self, trajectory: Trajectory) -> None:
        self.expected.append(trajectory)

    def send_arm(self, trajectory: Trajectory) -> None:
        self._sent = SentMotion(trajectory, self._time_s)
        assert self.controller.accept(trajectory.names, points_of(trajectory))

    def send_hand(self, trajectory: Trajectory) -> None:
        self._hand_motion = (self._time_s, trajectory)

    def hold(self) -> None:
        self.held += 1
        now = arm_now(self._arm_state(), self._sent, self._time_s)
        stop = braking(now, self.robot.max_acceleration_rad_s2)
        self._sent = SentMotion(stop.way, self._time_s, is_braking=True)
        self.controller.accept(stop.command.names, points_of(stop.command))

    def has_come_to_rest(self) -> bool:
        return self._time_s >= self.rests_from_s

    def now_s(self) -> float:
        return self._time_s

    def sleep(self, duration_s: float) -> None:
        self.sleeps_s.append(duration_s)
        self._time_s += duration_s
        if not self.arm_stuck:
            self.controller.advance(self._time_s)
        if self._hand_motion and not self.fingers_stuck:
            moved = np.resize(self._sample(*self._hand_motion), len(self.fingers))  # or linked
            self.fingers = np.maximum(moved, self.object_joint_m)
        self.on_sleep()

    def _sample(self, start_s: float, trajectory: Trajectory) -> np.ndarray:
        time_s = self._time_s - start_s
        return np.array(
            [np.interp(time_s, trajectory.times_s, column) for column in trajectory.positions.T]
        )
