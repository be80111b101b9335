"""A process that stops the arm when the executor's process ends, however that ends.

A controller follows the trajectory that it was given to its end. An executor that crashed can't
take it back, and watches the arm no longer: this does. It is told of nothing but the end of the
executor, by the pipe between them, which the system closes. Only then does it look at the joints:
the newest of their states waits in DDS.
"""

from __future__ import annotations

import signal
import subprocess
import sys

import rclpy
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from trajectory_msgs.msg import JointTrajectory

from .motion_conversions import hold_to_message
from .service_call import comes_true

ARM_TOPIC = "arm_controller/joint_trajectory"
JOINTS_TOPIC = "joint_states"
STOP_EVENT = "trajectory_execution_event"

_FIND_TIMEOUT_S = 10.0
_JOINTS_TIMEOUT_S = 1.0
_NEWEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
_HEARD_TIMEOUT = Duration(seconds=2.0)


def start_guard(node: Node, arm_joints: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """Start a guard of the process that calls this, which keeps what is returned to its end.

    Args:
        node: the executor; its namespace and remappings count for the guard, too.
        arm_joints: the joints of the arm's controller.
    """
    names = (ARM_TOPIC, STOP_EVENT, JOINTS_TOPIC)
    topics = [node.resolve_topic_name(name) for name in names]
    arguments = [node.get_namespace(), *topics, ",".join(arm_joints), *_enclave_arguments()]
    return subprocess.Popen(
        [sys.executable, "-m", __name__, *arguments],
        stdin=subprocess.PIPE,
        start_new_session=True,  # what is sent to the executor's process group spares the guard
    )


def _enclave_arguments() -> list[str]:
    """Return what gives the guard the rights of this process under SROS 2."""
    if "--enclave" not in sys.argv[:-1]:
        return []
    return ["--ros-args", "--enclave", sys.argv[sys.argv.index("--enclave") + 1]]


def main() -> None:
    """Wait until standard input ends, then make the arm stand still.

    The arguments are the guard's namespace, the topics of controller, of MoveIt's events and of
    joint states, the arm's joints with commas between, and arguments of ROS.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    namespace, arm_topic, event_topic, joints_topic, joints, *ros_arguments = sys.argv[1:]
    names = joints.split(",")
    rclpy.init(args=ros_arguments)
    node = Node("arm_guard", namespace=namespace)
    positions_rad: dict[str, float] = {}

    def hear(state: JointState) -> None:
        positions_rad.update(zip(state.name, state.position, strict=False))

    def knows_all() -> bool:
        rclpy.spin_once(node, timeout_sec=0.0)
        return all(name in positions_rad for name in names)

    node.create_subscription(JointState, joints_topic, hear, _NEWEST)
    arm = node.create_publisher(JointTrajectory, arm_topic, 10)
    events = node.create_publisher(String, event_topic, 10)
    sys.stdin.buffer.read()
    # It may not have found the controller yet.
    comes_true(lambda: arm.get_subscription_count() > 0, _FIND_TIMEOUT_S)
    events.publish(String(data="stop"))
    if comes_true(knows_all, _JOINTS_TIMEOUT_S):
        arm.publish(hold_to_message(names, [positions_rad[name] for name in names], age_s=0.0))
    arm.wait_for_all_acked(_HEARD_TIMEOUT)
    node.destroy_node()
    rclpy.try_shutdown()


if __name__ == "__main__":
    main()
