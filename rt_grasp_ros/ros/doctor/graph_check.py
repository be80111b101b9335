"""What runs in the ROS graph around us: camera, frames, arm, planner, our nodes."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Iterator

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from rclpy.subscription import Subscription
from sensor_msgs.msg import JointState

from ...doctor.camera_checks import check_depth, check_intrinsics
from ...doctor.finding import Finding, wrong
from ...doctor.node_checks import check_executor, check_perception, check_posted_grasps
from ...doctor.robot_checks import (
    MOVE_GROUP,
    check_arm_controller,
    check_fingers,
    check_gripper_controller,
    check_planner,
    check_shape,
)
from ...doctor.streams import Expected, Stream, StreamCounter, check_stream
from ...grasp.errors import CameraError, TransformUnavailable
from ...grasp.frame import RgbdFrame
from ...grasp.frame_buffer import Stamped
from ...motion.gripper import GripperProfile
from ...motion.robot import RobotProfile
from ..camera.camera_health import CAMERA_EXPECTED
from ..camera.camera_subscriptions import CAMERA_TOPICS, CameraSubscriptions
from ..executor.executor_health import INSTANCE
from ..frames.tf_listener import listen_to_tf
from ..messages.stamps import nanoseconds_from_time
from ..node.lifecycle import StateQuestion
from ..node.robot_clock import RobotClock
from ..rclpy_fixes.service_call import comes_true
from ..robot.controller_joints import ControllerJoints
from ..robot.heard_joints import HeardJoints
from ..robot.topic_names import ARM_TOPIC
from .executor_in_use import ExecutorQuestion
from .executor_topics import ExecutorTopics, executor_topics, grasps_in_use

_REPLY_TIMEOUT_S = 1.0
_FRAME_TIMEOUT_S = 3.0
_TF_TIMEOUT_S = 1.0
_SLOP_S = 0.1
_FIND_TIMEOUT_S = 0.3  # in which a service is found that is there
_DIAGNOSTICS_S = 2.5  # in which each executor has said once that it is there
_JOINTS_TOPIC = "joint_states"

_EXPECTED = {
    **CAMERA_EXPECTED,
    _JOINTS_TOPIC: Expected(
        "joint states", 10.0, 1.0, "start the arm's driver with its joint_state_broadcaster"
    ),
}


class GraphCheck:
    """Listens to all that a grasp needs; an executor with several threads must spin the node."""

    def __init__(self, node: Node, robot: RobotProfile, gripper: GripperProfile) -> None:
        """Start to listen.

        Args:
            node: in the robot's namespace.
            robot: the arm that should be there.
            gripper: what should be mounted.
        """
        self._node, self._robot, self._gripper = node, robot, gripper
        now_s = RobotClock(node).now_s
        self._counters = {topic: StreamCounter(now_s) for topic in _EXPECTED}
        self._joints = HeardJoints((*robot.arm_joints, *gripper.joints))
        self._camera = CameraSubscriptions(node, self._hear_camera)
        self._tf = listen_to_tf(node)
        self._joint_states = self._subscription_to(_JOINTS_TOPIC)
        names = map(node.resolve_topic_name, (ARM_TOPIC, gripper.command_name))
        self._controllers = {name: ControllerJoints(node, name) for name in names}
        self._heard_lock = threading.Lock()
        self._executors_heard: set[str] = set()
        self._diagnostics = node.create_subscription(
            DiagnosticArray,
            "/diagnostics",
            self._hear_diagnostics,
            10,
            callback_group=MutuallyExclusiveCallbackGroup(),
        )
        self._executor = ExecutorQuestion(node)
        self._perception_state = StateQuestion(node, "perception_node")
        self._executor_state = StateQuestion(node, "executor_node")

    def examine(self, listen_s: float) -> list[Finding]:
        """Return what is found; takes some seconds more where pictures or replies do not come.

        Where nothing at all is there, that is one note; else all that is missing is wrong.

        Args:
            listen_s: how long to count messages.
        """
        topics = executor_topics(self._node, self._gripper)
        self._hear_where_the_executor_does(topics.joint_states)
        streams = self._listen(listen_s)
        executors = self._servers("execute_grasp/_action/send_goal")
        state = self._perception_state.ask(_REPLY_TIMEOUT_S)
        is_anything_there = executors or state or any(s.publishers for s in streams.values())
        if not is_anything_there:
            return [self._nothing()]
        found = [check_stream(streams[topic], _EXPECTED[topic]) for topic in _EXPECTED]
        colour, depth, info = (streams[topic] for topic in CAMERA_TOPICS)
        if colour.messages and depth.messages and info.was_heard:
            found += self._examine_picture()
        if streams[_JOINTS_TOPIC].messages:
            found.append(self._joints.finding())
        fingers = self._joints.state_of(self._gripper.joints)
        measured = None if fingers is None else fingers.positions
        found.append(check_fingers(self._robot, self._gripper, measured))
        found.append(check_shape(self._robot))
        found += self._examine_controllers(topics)
        is_there = self._servers("executor_node/get_parameters") > 0
        backend = self._executor.ask(_REPLY_TIMEOUT_S if is_there else 0.0).backend
        found.append(check_planner(backend, {name: self._takers(name) for name in MOVE_GROUP}))
        found.append(check_perception(state))
        posted = grasps_in_use(self._node)
        if posted is not None:
            found.append(check_posted_grasps(posted, self._node.count_publishers(posted)))
        return [*found, self._examine_executors(executors)]

    def _listen(self, listen_s: float) -> dict[str, Stream]:
        """Return what comes on each topic from now on."""
        for counter in self._counters.values():
            counter.restart()
        self._joints.forget()
        with self._heard_lock:
            self._executors_heard.clear()
        time.sleep(listen_s)
        now_ns = self._node.get_clock().now().nanoseconds
        names = {topic: self._node.resolve_topic_name(topic) for topic in self._counters}
        names[_JOINTS_TOPIC] = self._joint_states.topic_name
        return {  # rclpy counts names as they are, without its remappings
            topic: counter.stream(names[topic], self._node.count_publishers(names[topic]), now_ns)
            for topic, counter in self._counters.items()
        }

    def _examine_picture(self) -> Iterator[Finding]:
        """Yield what a new picture shows: that all of it belongs together, and where it is from."""
        try:
            frame = self._camera.take_frame(_FRAME_TIMEOUT_S, _SLOP_S)
        except CameraError as error:
            yield wrong("registration", error)
            return
        width_px, height_px = frame.intrinsics.width_px, frame.intrinsics.height_px
        seen = f"colour, depth and camera_info of {width_px} x {height_px} in {frame.frame_id}"
        yield Finding("registration", "ok", seen)
        yield check_intrinsics(frame.intrinsics)
        yield check_depth(frame.depth_m)
        yield self._examine_frames(frame)

    def _examine_frames(self, frame: RgbdFrame) -> Finding:
        base_frame = self._robot.base_frame
        try:
            T_base_camera = self._tf.lookup(
                base_frame, frame.frame_id, frame.stamp_ns, _TF_TIMEOUT_S
            )
        except TransformUnavailable as error:
            return wrong("frames", error)
        x_m, y_m, z_m = T_base_camera[:3, 3].tolist()
        off_vertical_deg = math.degrees(math.acos(max(-1.0, min(1.0, -T_base_camera[2, 2]))))
        seen = (
            f"{frame.frame_id} at x {x_m:.3f}, y {y_m:.3f}, z {z_m:.3f} m in {base_frame}, looking "
            f"{off_vertical_deg:.0f} degrees off straight down"
        )
        return Finding("frames", "ok", seen)

    def _examine_controllers(self, topics: ExecutorTopics) -> Iterator[Finding]:
        arm, name = topics.arm, topics.gripper
        listeners = self._node.count_subscribers(arm)
        yield check_arm_controller(arm, listeners, self._robot.arm_joints, self._taken_by(arm))
        if self._gripper.command_type == "joint_trajectory":
            takers = self._node.count_subscribers(name)
        else:
            takers = self._servers(f"{name}/_action/send_goal")
        yield check_gripper_controller(self._gripper, name, takers, self._taken_by(name))

    def _taken_by(self, command_name: str) -> tuple[str, ...]:
        """Return the joints that a controller says it takes."""
        if command_name not in self._controllers:
            self._controllers[command_name] = ControllerJoints(self._node, command_name)
        question = self._controllers[command_name]
        comes_true(question.is_there, _FIND_TIMEOUT_S)
        return question.ask(_REPLY_TIMEOUT_S)

    def _examine_executors(self, servers: int) -> Finding:
        """Return whether there is one executor; diagnostics tell who lives, DDS who did."""
        if servers > 1:
            comes_true(lambda: len(self._heard_executors()) > 1, _DIAGNOSTICS_S)
        state = self._executor_state.ask(_REPLY_TIMEOUT_S)
        return check_executor(servers, len(self._heard_executors()), state)

    def _heard_executors(self) -> set[str]:
        with self._heard_lock:
            return set(self._executors_heard)

    def _hear_where_the_executor_does(self, topic: str) -> None:
        """Listen to the joint states that the executor hears, whatever their topic is."""
        if topic != self._joint_states.topic_name:
            self._node.destroy_subscription(self._joint_states)
            self._joint_states = self._subscription_to(topic)

    def _subscription_to(self, joints_topic: str) -> Subscription:
        return self._node.create_subscription(
            JointState,
            joints_topic,
            self._hear_joints,
            qos_profile_sensor_data,
            callback_group=MutuallyExclusiveCallbackGroup(),
        )

    def _takers(self, name: str) -> int:
        """Return how many nodes offer a service or an action of a name."""
        return self._servers(name) + self._servers(f"{name}/_action/send_goal")

    def _servers(self, service: str) -> int:
        return int(self._node.count_services(self._node.resolve_service_name(service)))

    def _nothing(self) -> Finding:
        domain = os.environ.get("ROS_DOMAIN_ID", "0")
        message = (
            "No camera, arm or node of ours runs in the namespace "
            f"'{self._node.get_namespace()}' of ROS_DOMAIN_ID {domain}; start them with "
            "`ros2 launch rt_grasp_ros grasp.launch.py`, then ask again."
        )
        return Finding("ros graph", "note", message)

    def _hear_camera(self, topic: str, stamped: Stamped) -> None:
        self._counters[topic].hear(stamped.stamp_ns)

    def _hear_diagnostics(self, message: DiagnosticArray) -> None:
        """Remember the executors of our namespace, each by a number of its own."""
        name = f"{self._node.get_namespace()}/executor_node: executor".lstrip("/")
        instances = {
            value.value
            for status in message.status
            if status.name == name
            for value in status.values
            if value.key == INSTANCE
        }
        with self._heard_lock:
            self._executors_heard |= instances

    def _hear_joints(self, message: JointState) -> None:
        self._counters[_JOINTS_TOPIC].hear(nanoseconds_from_time(message.header.stamp))
        self._joints.hear(message, time.monotonic())
