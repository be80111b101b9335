"""The robot on ROS topics, as ros2_control's controllers and joint state broadcaster have it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import JointState as JointStateMessage
from trajectory_msgs.msg import JointTrajectory

from ...doctor.finding import Finding
from ...doctor.robot_checks import arm_refusal
from ...grasp.errors import ControllerFailed
from ...motion.backend import IsCancelled, never, raise_if
from ...motion.braking import arm_now, braking
from ...motion.gripper import GripperProfile
from ...motion.rest import RestWatch
from ...motion.robot import RobotProfile
from ...motion.sent_motion import SentMotion
from ...motion.trajectory import JointState, Trajectory
from ..messages.motion_conversions import trajectory_to_message
from ..node.robot_clock import RobotClock
from ..rclpy_fixes.service_call import comes_true
from .controller_joints import ControllerJoints
from .gripper_commands import gripper_sender
from .heard_joints import HeardJoints
from .topic_names import ARM_TOPIC, JOINTS_TOPIC

_QUEUE = 10
_POLL_S = 0.01
_REPLY_TIMEOUT_S = 0.3
_LOST_S = 2.0
"""After this time without joint states an arm that was not on its way may be another one."""


class RobotTopics:
    """`RobotIo` over `joint_states` and the interfaces of the two controllers.

    Joint states are stamped with the time of their arrival by a `RobotClock`, so that neither a
    clock that differs nor a paused simulation can make an old one look fresh or a wait endless.
    Joints may come in several messages (an arm's and a gripper's broadcaster): they are put
    together.

    Attributes:
        on_sent: called with each trajectory that the arm's controller was sent, here or by another.
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
        self._clock = RobotClock(listener)
        self._heard = HeardJoints(self._names)
        self._sending = threading.Lock()  # a stop may come while a motion begins
        self._controller = ControllerJoints(node, ARM_TOPIC)
        self._knows_velocities: bool | None = None
        self._takes_the_joints = False
        self._sent: SentMotion | None = None
        self._rest: RestWatch | None = None
        self.on_sent: Callable[[SentMotion], None] = lambda _: None
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

    def joints_trouble(self) -> str | None:
        """Return what is wrong with the joint states that come; None also where none came."""
        finding = self.joints_finding()
        is_silent = all(self._heard.state_of((name,)) is None for name in self._names)
        if finding.status == "ok" or (is_silent and not self._heard.has_problems):
            return None
        return finding.message

    def joints_finding(self) -> Finding:
        """Return whether joint states tell of every joint, in the words of the doctor."""
        return self._heard.finding()

    def require_controller(self, find_timeout_s: float = 0.0) -> None:
        """Ask the arm's controller for its joints, where it says such a thing, until it has.

        Args:
            find_timeout_s: in which a controller is found that is there.

        Raises:
            ControllerFailed: the controller is of other joints: it would refuse every trajectory,
                those that stop the arm among them, without a word.
        """
        if self._takes_the_joints:
            return
        comes_true(self._controller.is_there, find_timeout_s)
        takes = self._controller.ask(_REPLY_TIMEOUT_S)
        refused = arm_refusal(takes, self._arm.topic_name, self._robot.arm_joints)
        if refused is not None:
            raise ControllerFailed(refused)
        self._takes_the_joints = bool(takes)

    def wait_for_state(self, timeout_s: float, is_cancelled: IsCancelled = never) -> None:
        """Return when a new joint state has come and no stop is under way, or the time is over.

        The arm's controller is asked whether it knows velocities, where it says such a thing.

        Raises:
            Cancelled: it was asked to stop.
            ControllerFailed: see `require_controller`.
        """
        self.require_controller()
        self._knows_velocities = self._controller.knows_velocities(_REPLY_TIMEOUT_S)
        start_s = self.now_s()
        while self.now_s() < start_s + timeout_s:
            raise_if(is_cancelled)
            state = self.joint_state()
            if state is not None and state.stamp_s > start_s and self.has_come_to_rest():
                return
            self.sleep(_POLL_S)

    def send_arm(self, trajectory: Trajectory) -> None:
        """Let the arm's controller follow a trajectory from now on."""
        with self._sending:
            sent = self._remember(trajectory)
            self._arm.publish(trajectory_to_message(trajectory))
            self.on_sent(sent)

    def expect_arm(self, trajectory: Trajectory) -> None:
        """Remember a trajectory that MoveIt sends to the arm's controller now."""
        with self._sending:
            self.on_sent(self._remember(trajectory))

    def send_hand(self, trajectory: Trajectory) -> None:
        """Let the gripper's controller go to the end of a trajectory.

        Raises:
            BackendUnavailable: its controller is not there.
        """
        self._send_hand(trajectory)

    def hold(self) -> None:
        """Bring the arm to rest on its way, see `motion.braking`.

        An arm that was told so is not told again before it was seen after the time to brake.

        Nothing is sent where it was measured too long ago, unless it then was on a way sent here:
        others may have moved it since, or it is another one.

        Not by an empty trajectory: since ros2_controllers 4.5 (Humble: 2.33) the controller
        refuses it and goes on, though its manual still says that an empty one overrides.
        """
        with self._sending:
            now_s, sent = self.now_s(), self._sent
            if sent is not None and sent.sent_s > now_s:  # the clock has begun anew
                sent = None
            state = self._heard.state_of(self._robot.arm_joints, is_fitted=True)
            if sent is not None and sent.is_braking and not _is_after(state, sent):
                return
            if sent is not None and _is_after(state, sent):
                sent = None
            if sent is None and (state is None or now_s - state.stamp_s > _LOST_S):
                return
            now = arm_now(state, sent, now_s, knows_velocities=self._knows_velocities)
            if now is None:
                return
            stop = braking(now, self._robot.max_acceleration_rad_s2)
            sent = self._remember(stop.way, is_braking=True)
            self._rest = RestWatch(now, stop.way.duration_s, now_s)
            self._arm.publish(trajectory_to_message(stop.command))
            self.on_sent(sent)

    def has_come_to_rest(self) -> bool:
        """Return whether the arm stands after a `hold`, or goes on as if it had not been told."""
        with self._sending:
            rest = self._rest
        if rest is None or self._arm.get_subscription_count() == 0:
            return True
        return rest.is_over(self._heard.state_of(self._robot.arm_joints), self.now_s())

    def wait_until_heard(self, timeout_s: float) -> None:
        """Return when the arm's controller has what was sent; for the end of the process alone.

        DDS asks for acknowledgement only now and then: while the arm is to stop, nobody waits.
        """
        self._arm.wait_for_all_acked(Duration(seconds=timeout_s))

    def now_s(self) -> float:
        """Return the robot's time in seconds; it never goes back and never stands for ever."""
        return self._clock.now_s()

    def sleep(self, duration_s: float) -> None:
        """Let time pass; other threads spin the node."""
        time.sleep(duration_s)

    def _remember(self, trajectory: Trajectory, *, is_braking: bool = False) -> SentMotion:
        motion = trajectory.of(self._robot.arm_joints)
        self._sent = SentMotion(
            motion,
            self.now_s(),
            is_braking,
            tuple(self._robot.is_continuous.tolist()),
            self._knows_velocities,
        )
        return self._sent

    def _hear(self, message: JointStateMessage) -> None:
        self._heard.hear(message, self.now_s())
        if self._heard.has_problems:
            self._node.get_logger().warning(
                self._heard.finding().message, throttle_duration_sec=5.0
            )


def _is_after(state: JointState | None, sent: SentMotion) -> bool:
    """Whether joints were measured after a motion's end."""
    return state is not None and state.stamp_s >= sent.end_s
