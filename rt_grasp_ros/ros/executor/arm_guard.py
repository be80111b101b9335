"""A process that stops the arm when the executor's process ends, however that ends.

A controller follows the trajectory that it was given to its end. An executor that crashed can't
take it back, and watches the arm no longer: this does. It is told of the end of the executor by the
pipe between them, which the system closes, and finds what the arm was sent last in a file that both
have open. Only then does it look at the joints, and waits for a new state: an old one may be that
of a robot which is there no longer. Where none comes in time, an arm that is on a way sent to it is
braked along that. MoveIt is told to stop once the arm stands.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from typing import IO

import numpy as np
import rclpy
from numpy.typing import NDArray
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from trajectory_msgs.msg import JointTrajectory

from ...motion.braking import arm_now, braking
from ...motion.rest import RestWatch
from ...motion.sent_motion import SentMotion
from ...motion.trajectory import JointState as JointMotion
from ..messages.motion_conversions import trajectory_to_message
from ..rclpy_fixes.service_call import comes_true
from ..robot.heard_joints import HeardJoints
from ..robot.topic_names import ARM_TOPIC, JOINTS_TOPIC, STOP_EVENT
from .sent_record import SentRecord

_START_TIMEOUT_S = 10.0
_FIND_TIMEOUT_S = 10.0
_JOINTS_TIMEOUT_S = 1.0
_VELOCITY_TIMEOUT_S = 0.3  # positions show velocities that are not sent, and those that are wrong
_VELOCITY_SPAN_S = 0.02
_BRAKE_S = 0.15  # by the few messages that it has heard the guard can't tell how late they are
_DRAINING_SPINS = 3
_NEWEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
_HEARD_TIMEOUT = Duration(seconds=2.0)


def start_guard(
    node: Node,
    arm_joints: tuple[str, ...],
    max_acceleration_rad_s2: NDArray[np.float64],
    record: SentRecord,
) -> subprocess.Popen[bytes]:
    """Start a guard of the process that calls this, which keeps what is returned to its end.

    It returns when the guard is up, or with a warning in the log when that takes too long.

    Args:
        node: the executor; its namespace and remappings count for the guard, too.
        arm_joints: the joints of the arm's controller.
        max_acceleration_rad_s2: how hard they may brake, shape (J,).
        record: where what the arm is sent is kept.
    """
    names = (ARM_TOPIC, STOP_EVENT, JOINTS_TOPIC)
    topics = [node.resolve_topic_name(name) for name in names]
    limits = ",".join(map(str, max_acceleration_rad_s2.tolist()))
    joints = ",".join(arm_joints)
    of_ros = _enclave_arguments()
    arguments = [node.get_namespace(), *topics, joints, limits, str(record.descriptor), *of_ros]
    guard = subprocess.Popen(
        [sys.executable, "-m", __name__, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=(record.descriptor,),
        start_new_session=True,  # what is sent to the executor's process group spares the guard
    )
    if not _speaks(guard.stdout):
        node.get_logger().warning(
            f"The guard did not start within {_START_TIMEOUT_S:.0f} s; until it has, nothing stops "
            "the arm where this process is killed."
        )
    return guard


def _speaks(output: IO[bytes] | None) -> bool:
    """Whether a process writes a line in time; one that ends writes none."""
    if output is None:
        return False
    ready, _, _ = select.select([output], [], [], _START_TIMEOUT_S)
    return bool(ready and output.readline())


def _enclave_arguments() -> list[str]:
    """Return what gives the guard the rights of this process under SROS 2."""
    if "--enclave" not in sys.argv[:-1]:
        return []
    return ["--ros-args", "--enclave", sys.argv[sys.argv.index("--enclave") + 1]]


class ArmGuard:
    """What the guard hears and sends once the executor's process has ended."""

    def __init__(
        self,
        node: Node,
        topics: tuple[str, str, str],
        arm_joints: tuple[str, ...],
        max_acceleration_rad_s2: NDArray[np.float64],
    ) -> None:
        """Connect; nothing is heard before `stop`.

        Args:
            node: spun here alone.
            topics: of the arm's controller, of MoveIt's events and of joint states.
            arm_joints: the joints of the arm's controller.
            max_acceleration_rad_s2: how hard they may brake, shape (J,).
        """
        self._node, self._joints = node, arm_joints
        self._max_acceleration_rad_s2 = max_acceleration_rad_s2
        self._heard = HeardJoints(arm_joints)
        arm_topic, event_topic, joints_topic = topics
        node.create_subscription(JointState, joints_topic, self._hear, _NEWEST)
        self._arm = node.create_publisher(JointTrajectory, arm_topic, 10)
        self._events = node.create_publisher(String, event_topic, 10)

    def stop(self, sent: SentMotion | None) -> None:
        """Bring the arm to rest, then tell MoveIt.

        Args:
            sent: what the arm was sent last, as far as is known.
        """
        # It may not have found the controller yet.
        comes_true(lambda: self._arm.get_subscription_count() > 0, _FIND_TIMEOUT_S)
        for _ in range(_DRAINING_SPINS):  # what DDS kept while nobody listened
            rclpy.spin_once(self._node, timeout_sec=0.0)
        self._heard.forget()
        comes_true(lambda: self._state() is not None, _JOINTS_TIMEOUT_S)
        first = self._heard.state_of(self._joints)
        if first is not None and (sent is None or not self._is_followed(sent)):
            seen_s = first.stamp_s + _VELOCITY_SPAN_S
            comes_true(lambda: self._knows_velocities(seen_s), _VELOCITY_TIMEOUT_S)
        self._state()  # hears what came meanwhile
        state, now_s = self._heard.state_of(self._joints, is_fitted=True), time.monotonic()
        knows_velocities = None if sent is None else sent.knows_velocities
        if sent is not None and (now_s > sent.end_s or sent.trajectory.names != self._joints):
            sent = None
        now = arm_now(state, sent, now_s, knows_velocities=knows_velocities)
        if now is not None:
            now = replace(now, brake_at_least_s=max(now.brake_at_least_s, _BRAKE_S))
            stop = braking(now, self._max_acceleration_rad_s2)
            self._arm.publish(trajectory_to_message(stop.command))
            rest = RestWatch(now, stop.way.duration_s, now_s)
            comes_true(lambda: rest.is_over(self._state(), time.monotonic()), rest.longest_s)
        self._events.publish(String(data="stop"))
        self._arm.wait_for_all_acked(_HEARD_TIMEOUT)
        self._events.wait_for_all_acked(_HEARD_TIMEOUT)

    def _hear(self, message: JointState) -> None:
        self._heard.hear(message, time.monotonic())

    def _state(self) -> JointMotion | None:
        rclpy.spin_once(self._node, timeout_sec=0.0)
        return self._heard.state_of(self._joints)

    def _knows_velocities(self, seen_s: float) -> bool:
        """Return whether positions up to a time tell of every joint how fast it is."""
        state = self._state()
        return (
            state is not None
            and state.stamp_s >= seen_s
            and bool(np.isfinite(state.velocity_spans_s).all())
        )

    def _is_followed(self, sent: SentMotion) -> bool:
        state = self._heard.state_of(self._joints)
        return state is None or (
            time.monotonic() < sent.end_s
            and sent.trajectory.names == self._joints
            and sent.lag_s(state) is not None
        )


def _go_before_others() -> None:
    """Ask the system not to let this process wait for others, where it may (root, or `rtprio`).

    It hears the joints and little else, and once it is needed a busy machine must not keep it from
    the arm. Threads that are started later inherit that. A system that refuses has a guard as well.
    """
    with suppress(OSError, AttributeError):
        os.sched_setscheduler(
            0, os.SCHED_RR, os.sched_param(os.sched_get_priority_min(os.SCHED_RR))
        )


def main() -> None:
    """Wait until standard input ends, then make the arm stand still.

    The arguments are the guard's namespace, the topics of controller, of MoveIt's events and of
    joint states, the arm's joints and their accelerations with commas between, the descriptor of
    the record of what was sent, and arguments of ROS.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _go_before_others()
    namespace, arm, event, states, joints, limits, record, *ros_arguments = sys.argv[1:]
    max_acceleration_rad_s2 = np.array(limits.split(","), dtype=np.float64)
    rclpy.init(args=ros_arguments)
    node = Node("arm_guard", namespace=namespace)
    guard = ArmGuard(node, (arm, event, states), tuple(joints.split(",")), max_acceleration_rad_s2)
    sys.stdout.write("up\n")
    sys.stdout.flush()
    sys.stdin.buffer.read()
    guard.stop(SentRecord(int(record)).read())
    node.destroy_node()
    rclpy.try_shutdown()


if __name__ == "__main__":
    main()
