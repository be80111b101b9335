"""A process that stops the arm when the executor's process ends, however that ends.

A controller follows the trajectory that it was given to its end. An executor that crashed can't
take it back, and watches the arm no longer: this does. It is told of nothing but the end of the
executor, by the pipe between them, which the system closes. Only then does it look at the joints,
and waits for a new state: an old one may be that of a robot which is there no longer.
"""

from __future__ import annotations

import select
import signal
import subprocess
import sys
from contextlib import suppress
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

from ..grasp.errors import RequestInvalid
from ..motion.braking import braking
from .heard_joints import HeardJoints
from .motion_conversions import trajectory_to_message
from .service_call import comes_true

ARM_TOPIC = "arm_controller/joint_trajectory"
JOINTS_TOPIC = "joint_states"
STOP_EVENT = "trajectory_execution_event"

_START_TIMEOUT_S = 10.0
_FIND_TIMEOUT_S = 10.0
_JOINTS_TIMEOUT_S = 1.0
_DRAINING_SPINS = 3
_NEWEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
_HEARD_TIMEOUT = Duration(seconds=2.0)


def start_guard(
    node: Node, arm_joints: tuple[str, ...], max_acceleration_rad_s2: NDArray[np.float64]
) -> subprocess.Popen[bytes]:
    """Start a guard of the process that calls this, which keeps what is returned to its end.

    It returns when the guard is up, or with a warning in the log when that takes too long.

    Args:
        node: the executor; its namespace and remappings count for the guard, too.
        arm_joints: the joints of the arm's controller.
        max_acceleration_rad_s2: how hard they may brake, shape (J,).
    """
    names = (ARM_TOPIC, STOP_EVENT, JOINTS_TOPIC)
    topics = [node.resolve_topic_name(name) for name in names]
    limits = ",".join(map(str, max_acceleration_rad_s2.tolist()))
    joints = ",".join(arm_joints)
    arguments = [node.get_namespace(), *topics, joints, limits, *_enclave_arguments()]
    guard = subprocess.Popen(
        [sys.executable, "-m", __name__, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
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


def main() -> None:
    """Wait until standard input ends, then make the arm stand still.

    The arguments are the guard's namespace, the topics of controller, of MoveIt's events and of
    joint states, the arm's joints and their accelerations with commas between, and arguments of
    ROS.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    namespace, arm_topic, event_topic, joints_topic, joints, limits, *ros_arguments = sys.argv[1:]
    names = tuple(joints.split(","))
    max_acceleration_rad_s2 = np.array(limits.split(","), dtype=np.float64)
    rclpy.init(args=ros_arguments)
    node = Node("arm_guard", namespace=namespace)
    heard = HeardJoints()

    def hear(message: JointState) -> None:
        with suppress(RequestInvalid):
            heard.hear(message, arrival_s=0.0)

    def knows_all() -> bool:
        rclpy.spin_once(node, timeout_sec=0.0)
        return heard.state_of(names) is not None

    node.create_subscription(JointState, joints_topic, hear, _NEWEST)
    arm = node.create_publisher(JointTrajectory, arm_topic, 10)
    events = node.create_publisher(String, event_topic, 10)
    sys.stdout.write("up\n")
    sys.stdout.flush()
    sys.stdin.buffer.read()
    # It may not have found the controller yet.
    comes_true(lambda: arm.get_subscription_count() > 0, _FIND_TIMEOUT_S)
    events.publish(String(data="stop"))
    for _ in range(_DRAINING_SPINS):  # what DDS kept while nobody listened
        rclpy.spin_once(node, timeout_sec=0.0)
    heard.forget()
    comes_true(knows_all, _JOINTS_TIMEOUT_S)
    state = heard.state_of(names)
    if state is not None:
        arm.publish(trajectory_to_message(braking(state, 0.0, max_acceleration_rad_s2)))
    arm.wait_for_all_acked(_HEARD_TIMEOUT)
    node.destroy_node()
    rclpy.try_shutdown()


if __name__ == "__main__":
    main()
