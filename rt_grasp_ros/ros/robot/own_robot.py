"""Leaves the robot itself out of pictures, where joint states, TF and its description are there."""

from __future__ import annotations

from pathlib import Path

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import JointState as JointStateMessage

from ...grasp.errors import JointStatesStale, ProfileInvalid, RtGraspError
from ...grasp.frame import RgbdFrame
from ...motion.cloud import RobotFilter
from ...motion.collision import RobotShape
from ...motion.fit import check_fit
from ...motion.gripper import GripperProfile
from ...motion.own_pixels import without_robot
from ...motion.robot import RobotProfile, load_robot
from ..frames.tf_listener import TfListener
from ..messages.stamps import NANOSECONDS_PER_SECOND
from ..node.robot_clock import RobotClock
from .heard_joints import HeardJoints
from .topic_names import JOINTS_TOPIC

_TF_TIMEOUT_S = 0.1
_STALE_S = 2.0


class OwnRobot:
    """What the camera sees of the robot is no object.

    Where something is missing that tells where the robot is in the picture, the picture stays as it
    is, and the log says so once. Nothing is waited for but TF, a moment.
    """

    def __init__(
        self, node: Node, listener: Node, tf: TfListener, robot: Path, gripper: GripperProfile
    ) -> None:
        """Listen to the joint states.

        Args:
            node: says in its log what is missing.
            listener: which hears; a thread spins it.
            tf: the frames.
            robot: its profile.
            gripper: what is mounted.
        """
        self._node, self._tf, self._gripper = node, tf, gripper
        self._clock = RobotClock(listener)
        self._said: type[RtGraspError] | None = None
        try:
            self._robot: RobotProfile = load_robot(robot)
            check_fit(self._robot, gripper)
            self._filter = RobotFilter(RobotShape(self._robot), gripper)
        except ProfileInvalid as error:
            self._unusable: ProfileInvalid | None = error
            return
        self._unusable = None
        self._heard = HeardJoints((*self._robot.arm_joints, *gripper.joints))
        self._subscription = listener.create_subscription(
            JointStateMessage,
            JOINTS_TOPIC,
            lambda message: self._heard.hear(message, self._clock.now_s()),
            qos_profile_sensor_data,
            callback_group=MutuallyExclusiveCallbackGroup(),
        )

    def left_out(self, frame: RgbdFrame) -> RgbdFrame:
        """Return the frame without depth where it shows the robot, see `without_robot`."""
        try:
            seen = self._left_out(frame)
        except RtGraspError as error:
            if type(error) is not self._said:
                self._said = type(error)
                self._node.get_logger().warning(
                    "What the camera sees of the robot itself is not left out of its pictures: "
                    f"{error.message}"
                )
            return frame
        self._said = None
        return seen

    def _left_out(self, frame: RgbdFrame) -> RgbdFrame:
        """Return the same, or say what is missing.

        Raises:
            ProfileInvalid: the robot's description can't be used, or a finger stands elsewhere.
            JointStatesStale: its joints are not known.
            TransformUnavailable: TF does not connect camera and robot.
        """
        if self._unusable is not None:
            raise self._unusable
        arm, fingers = self._robot.arm_joints, self._gripper.joints
        newest = self._heard.state_of((*arm, *fingers))
        if newest is None or self._clock.now_s() - newest.stamp_s > _STALE_S:
            raise JointStatesStale(
                f"no joint states of '{self._robot.name}' with '{self._gripper.name}' came of "
                f"late; publish {JOINTS_TOPIC} of all its joints, fingers included, and set the "
                "parameters robot and gripper to its profiles."
            )
        stamp_s = frame.stamp_ns / NANOSECONDS_PER_SECOND
        positions = self._heard.positions_at((*arm, *fingers), stamp_s)
        T_base_camera = self._tf.lookup(
            self._robot.base_frame, frame.frame_id, frame.stamp_ns, _TF_TIMEOUT_S
        )
        return without_robot(
            frame,
            T_base_camera,
            self._filter,
            positions[: len(arm)],
            self._gripper.opening_m(positions[len(arm) :]),
        )
