"""The robot on ROS topics, as ros2_control's controllers and joint state broadcaster have it."""

from __future__ import annotations

import math
import time

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import JointState as JointStateMessage
from trajectory_msgs.msg import JointTrajectory

from ..grasp.errors import RequestInvalid
from ..motion.backend import IsCancelled, never, raise_if
from ..motion.braking import braking
from ..motion.gripper import GripperProfile
from ..motion.robot import RobotProfile
from ..motion.trajectory import JointState, Trajectory
from .arm_guard import ARM_TOPIC, JOINTS_TOPIC
from .gripper_commands import gripper_sender
from .heard_joints import HeardJoints
from .motion_conversions import trajectory_to_message

_QUEUE = 10
_POLL_S = 0.01
_LOST_S = 2.0
"""After this time without joint states an arm that was not on its way may be another one."""


class RobotTopics:
    """`RobotIo` over `joint_states` and the interfaces of the two controllers.

    Joint states are stamped with the monotonic time of their arrival, so that neither a clock
    that differs nor a paused simulation can make an old one look fresh or a wait endless. Joints
    may come in several messages (an arm's and a gripper's broadcaster): they are put together.
    """

    def __init__(
        self, node: Node, listener: Node, robot: RobotProfile, gripper: GripperProfile
    ) -> None:
        """Connect to the topics; nothing moves.

        Args:
            node: which sends; an executor spins it.
            listener: which hears; another node, or the same.
            robot: the arm.
            gripper: its joints, and the interface that drives them.

        Raises:
            BackendUnavailable: the package of that interface is not installed.
        """
        self._node = node
        self._robot = robot
        self._names = (*robot.arm_joints, *gripper.joints)
        self._heard = HeardJoints()
        self._way_ends_s = -math.inf
        self._arm = node.create_publisher(JointTrajectory, ARM_TOPIC, _QUEUE)
        self._send_hand = gripper_sender(node, gripper)
        self._subscription = listener.create_subscription(
            JointStateMessage,
            JOINTS_TOPIC,
            self._hear,
            qos_profile_sensor_data,
            callback_group=MutuallyExclusiveCallbackGroup(),
        )

    def joint_state(self) -> JointState | None:
        """Return the newest positions of arm and hand, as old as the oldest of them."""
        return self._heard.state_of(self._names)

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
        self._way_ends_s = self.now_s() + trajectory.duration_s
        self._arm.publish(trajectory_to_message(trajectory))

    def send_hand(self, trajectory: Trajectory) -> None:
        """Let the gripper's controller go to the end of a trajectory.

        Raises:
            BackendUnavailable: its controller is not there.
        """
        self._send_hand(trajectory)

    def hold(self) -> None:
        """Bring the arm to rest on its way.

        Nothing is sent where it was measured too long ago, unless it then was on a way sent here:
        others may have moved it since, or it is another one.

        Not by an empty trajectory: since ros2_controllers 4.5 (Humble: 2.33) the controller
        refuses it and goes on, though its manual still says that an empty one overrides.
        """
        state = self._heard.state_of(self._robot.arm_joints)
        if state is None:
            return
        age_s = self.now_s() - state.stamp_s
        if age_s <= _LOST_S or state.stamp_s < self._way_ends_s:
            stop = braking(state, age_s, self._robot.max_acceleration_rad_s2)
            self._arm.publish(trajectory_to_message(stop))
            self._way_ends_s = -math.inf

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
            self._heard.hear(message, self.now_s())
        except RequestInvalid as error:
            self._node.get_logger().warning(error.message, throttle_duration_sec=5.0)
