"""The robot on ROS topics, as ros2_control's controllers and joint state broadcaster have it."""

from __future__ import annotations

import threading
import time

import numpy as np
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import JointState as JointStateMessage
from trajectory_msgs.msg import JointTrajectory

from ..grasp.errors import RequestInvalid
from ..motion.backend import IsCancelled, never, raise_if
from ..motion.gripper import GripperProfile
from ..motion.trajectory import JointState, Trajectory
from .arm_guard import ARM_TOPIC, JOINTS_TOPIC
from .gripper_commands import gripper_sender
from .motion_conversions import (
    hold_to_message,
    joint_state_from_message,
    trajectory_to_message,
)

_QUEUE = 10
_POLL_S = 0.01


class RobotTopics:
    """`RobotIo` over `joint_states` and the interfaces of the two controllers.

    Joint states are stamped with the monotonic time of their arrival, so that neither a clock
    that differs nor a paused simulation can make an old one look fresh or a wait endless. Joints
    may come in several messages (an arm's and a gripper's broadcaster): they are put together.
    """

    def __init__(self, node: Node, arm_joints: tuple[str, ...], gripper: GripperProfile) -> None:
        """Connect to the topics; nothing moves.

        Args:
            node: which an executor spins.
            arm_joints: the joints of the arm's controller.
            gripper: its joints, and the interface that drives them.

        Raises:
            BackendUnavailable: the package of that interface is not installed.
        """
        self._node = node
        self._arm_joints = arm_joints
        self._names = (*arm_joints, *gripper.joints)
        self._positions: dict[str, tuple[float, float]] = {}  # by joint: position, arrival
        self._lock = threading.Lock()
        self._arm = node.create_publisher(JointTrajectory, ARM_TOPIC, _QUEUE)
        self._send_hand = gripper_sender(node, gripper)
        self._subscription = node.create_subscription(
            JointStateMessage,
            JOINTS_TOPIC,
            self._hear,
            qos_profile_sensor_data,
            callback_group=MutuallyExclusiveCallbackGroup(),
        )

    def joint_state(self) -> JointState | None:
        """Return the newest positions of arm and hand, as old as the oldest of them."""
        with self._lock:
            if any(name not in self._positions for name in self._names):
                return None
            heard = [self._positions[name] for name in self._names]
        positions = np.array([position for position, _ in heard])
        return JointState(self._names, positions, min(arrival_s for _, arrival_s in heard))

    def wait_for_state(self, timeout_s: float, is_cancelled: IsCancelled = never) -> None:
        """Return as soon as a new joint state has come, or when the time is over.

        Raises:
            Cancelled: it was asked to stop.
        """
        start_s = self.now_s()
        while self.now_s() < start_s + timeout_s:
            raise_if(is_cancelled)
            state = self.joint_state()
            if state is not None and state.stamp_s > start_s:
                return
            self.sleep(_POLL_S)

    def send_arm(self, trajectory: Trajectory) -> None:
        """Let the arm's controller follow a trajectory from now on."""
        self._arm.publish(trajectory_to_message(trajectory))

    def send_hand(self, trajectory: Trajectory) -> None:
        """Let the gripper's controller go to the end of a trajectory.

        Raises:
            BackendUnavailable: its controller is not there.
        """
        self._send_hand(trajectory)

    def hold(self) -> None:
        """Stop the arm: send it to where it was measured last; nothing where it never was."""
        with self._lock:
            heard = [self._positions.get(name) for name in self._arm_joints]
        known = [entry for entry in heard if entry is not None]
        if len(known) < len(heard):
            return
        positions_rad, arrivals_s = zip(*known, strict=True)
        age_s = self.now_s() - min(arrivals_s)
        self._arm.publish(hold_to_message(self._arm_joints, positions_rad, age_s))

    def wait_until_heard(self, timeout_s: float) -> None:
        """Return when the arm's controller has what was sent; for the end of the process alone.

        DDS asks for acknowledgement only now and then: while the arm is to stop, nobody waits.
        """
        self._arm.wait_for_all_acked(Duration(seconds=timeout_s))

    def now_s(self) -> float:
        """Return monotonic time in seconds."""
        return time.monotonic()

    def sleep(self, duration_s: float) -> None:
        """Let time pass; other threads spin the node."""
        time.sleep(duration_s)

    def _hear(self, message: JointStateMessage) -> None:
        try:
            state = joint_state_from_message(message)
        except RequestInvalid as error:
            self._node.get_logger().warning(error.message, throttle_duration_sec=5.0)
            return
        arrival_s = self.now_s()
        with self._lock:
            for name, position in zip(state.names, state.positions.tolist(), strict=True):
                self._positions[name] = (position, arrival_s)
