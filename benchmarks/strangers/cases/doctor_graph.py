"""A graph of real names: what the doctor finds of it."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from benchmarks.strangers.case import Case, CaseFailed
from rt_grasp_ros.doctor.finding import Finding
from rt_grasp_ros.doctor.node_checks import check_executor
from rt_grasp_ros.doctor.streams import Expected, Stream, check_stream
from rt_grasp_ros.grasp.errors import OpeningTooWide
from rt_grasp_ros.with_parent import start_with_parent

_ARM = "arm_controller/joint_trajectory"
_REAL_ARM = "panda_arm_controller/joint_trajectory"
_REMAP = ["--ros-args", "-r", f"{_ARM}:={_REAL_ARM}"]
_SETTLE_S = 2.0
_START_S = 6.0


def cases() -> list[Case]:
    """Return the cases of remapped controllers, of restarts, and of numbers in messages."""
    return [
        Case("doctor", name, source, right, run, is_quick)
        for name, source, right, run, is_quick in (
            (
                "0.996 messages a second, 1 needed",
                "review",
                "not rounded to its limit",
                partial(_says, _slow_stream, "0.996 times a second, at least 1"),
                True,
            ),
            (
                "an opening of 80.2 mm, 80 mm possible",
                "review",
                "not rounded to its limit",
                partial(_says, lambda: OpeningTooWide(0.0802, 0.08).message, "80.2 mm"),
                True,
            ),
            (
                "two executors by DDS, one by its diagnostics",
                "review",
                "one executor",
                partial(_says, lambda: check_executor(2, 1).status, "ok"),
                True,
            ),
            (
                "an executor process that is killed and started again",
                "review",
                "one executor",
                _restarted,
                False,
            ),
            (
                "the executor remapped to panda_arm_controller",
                "ros2_control",
                "the controller listens",
                partial(_remapped, executor=True),
                False,
            ),
            (
                "the doctor remapped to panda_arm_controller",
                "rclpy count_subscribers",
                "the controller listens",
                partial(_remapped, executor=False),
                False,
            ),
        )
    ]


def _restarted() -> str:
    """Kill an executor, start another, and ask the doctor while DDS still counts the first."""
    with _graph("/strangers_restarted", None, []) as examine, _executor_process() as first:
        first.kill()
        first.wait()
        with _executor_process():
            finding = next(entry for entry in examine(1.0) if entry.check == "executor")
    if finding.status != "ok":
        raise CaseFailed(finding.message)
    return finding.message


@contextmanager
def _executor_process() -> Iterator[subprocess.Popen[bytes]]:
    """Run an executor until the block ends; it is up when this begins."""
    command = ["-m", "rt_grasp_ros.ros.executor.executor_node", "--ros-args"]
    command += ["-r", "__ns:=/strangers_restarted", "-p", "autostart:=true"]
    process = start_with_parent(command)
    try:
        time.sleep(_START_S)
        yield process
    finally:
        process.terminate()
        process.wait(20.0)


def _slow_stream() -> str:
    stream = Stream("/camera/color", 1, 10, 10.04, 0.1)
    return check_stream(stream, Expected("colour", 1.0, 2.0, "start the camera")).message


def _says(tell: object, said: str) -> str:
    message = str(tell())  # type: ignore[operator]
    if said not in message:
        raise CaseFailed(message)
    return message


def _remapped(executor: bool) -> str:
    who = "executor" if executor else "doctor"
    sender, doctor = (_REMAP, []) if executor else (None, _REMAP)
    with _graph(f"/strangers_{who}", sender, doctor) as examine:
        finding = next(entry for entry in examine(1.0) if entry.check == "arm controller")
    if finding.status != "ok":
        raise CaseFailed(finding.message)
    return finding.message


@contextmanager
def _graph(
    namespace: str, executor: list[str] | None, doctor: list[str]
) -> Iterator[Callable[[float], list[Finding]]]:
    """Give a doctor that examines a graph with an arm's controller.

    Args:
        namespace: of all of it.
        executor: arguments of a stand-in for the executor; None for none.
        doctor: arguments of the doctor's node.
    """
    import rclpy
    from rclpy.context import Context
    from rclpy.executors import MultiThreadedExecutor
    from rclpy.node import Node
    from sensor_msgs.msg import JointState
    from trajectory_msgs.msg import JointTrajectory

    from rt_grasp_ros.motion.gripper import load_gripper
    from rt_grasp_ros.motion.robot import load_robot
    from rt_grasp_ros.resources import share_path
    from rt_grasp_ros.ros.doctor.graph_check import GraphCheck

    context = Context()
    rclpy.init(context=context)
    options = {"context": context, "namespace": namespace}
    controller = Node("panda_arm_controller", **options)
    controller.create_subscription(JointTrajectory, _REAL_ARM, print, 10)
    controller.create_publisher(JointState, "joint_states", 10)  # else nothing at all is there
    nodes = [controller]
    if executor is not None:
        sender = Node("executor_node_listener", **options, cli_args=executor)
        sender.create_publisher(JointTrajectory, _ARM, 10)
        nodes.append(sender)
    looker = Node("doctor", **options, cli_args=doctor)
    check = GraphCheck(
        looker,
        load_robot(share_path("config/robots/panda.yaml")),
        load_gripper(share_path("config/grippers/panda_hand.yaml")),
    )
    nodes.append(looker)
    spinner = MultiThreadedExecutor(4, context=context)
    for node in nodes:
        spinner.add_node(node)
    thread = threading.Thread(target=spinner.spin, daemon=True)
    thread.start()
    time.sleep(_SETTLE_S)
    try:
        yield check.examine
    finally:
        spinner.shutdown()
        context.try_shutdown()
        thread.join(5.0)
        for node in nodes:
            node.destroy_node()
