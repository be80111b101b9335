"""What runs in the ROS graph around us: camera, arm, frames, our nodes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import rclpy
from rclpy.action import ActionClient
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import JointState
from tf2_msgs.msg import TFMessage

from rt_grasp_ros.action import ExecuteGrasp
from rt_grasp_ros.srv import GraspCommand

from ..grasp.errors import CameraError
from .camera_subscriptions import CameraSubscriptions

_SLOP_S = 0.1

Seen = tuple[str, bool, str]
"""What was looked for, whether it is there, and a sentence."""


def examine_graph(wait_s: float) -> Iterator[Seen]:
    """Yield what is there and what is not.

    Args:
        wait_s: how long to listen or wait for each.
    """
    context = Context()
    rclpy.init(context=context)
    node = rclpy.create_node("rt_grasp_doctor", context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    spinner = threading.Thread(target=executor.spin, daemon=True)
    spinner.start()
    try:
        yield _camera(node, wait_s)
        yield _rate(node, "joint_states", JointState, wait_s, "start the arm's driver or the cell")
        yield _rate(node, "/tf", TFMessage, wait_s, "start what publishes the robot's frames")
        yield _server(node, "grasp_command", wait_s)
        yield _server(node, "execute_grasp", wait_s)
    finally:
        executor.shutdown(timeout_sec=2.0)
        node.destroy_node()
        context.try_shutdown()
        spinner.join(timeout=2.0)


def _camera(node: Node, wait_s: float) -> Seen:
    try:
        frame = CameraSubscriptions(node).take_frame(wait_s, _SLOP_S)
    except CameraError as error:
        return "camera", False, error.message
    height, width = frame.rgb.shape[:2]
    return "camera", True, f"colour and registered depth, {width} x {height}, {frame.frame_id}"


def _rate(node: Node, topic: str, kind: type, wait_s: float, advice: str) -> Seen:
    count = 0

    def listen(_message: object) -> None:
        nonlocal count
        count += 1

    subscription = node.create_subscription(kind, topic, listen, qos_profile_sensor_data)
    time.sleep(wait_s)
    node.destroy_subscription(subscription)
    if not count:
        return topic, False, f"nothing on {topic} within {wait_s:g} s; {advice}."
    return topic, True, f"{count / wait_s:.0f} Hz"


def _server(node: Node, name: str, wait_s: float) -> Seen:
    if name == "grasp_command":
        there = node.create_client(GraspCommand, name).wait_for_service(wait_s)
    else:
        there = ActionClient(node, ExecuteGrasp, name).wait_for_server(wait_s)
    advice = "start it with: ros2 launch rt_grasp_ros grasp.launch.py"
    return name, there, "available" if there else f"not offered; {advice}."
