"""The nodes under test as processes, and relays between the cell and the others.

The cell publishes its pictures and its fixed transforms, and takes its motions, under names of its
own (`cell/...`); relays connect these to the names that the other nodes know. Everything else is
as `rt-grasp demo` has it.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import rclpy
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile, qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image
from tf2_msgs.msg import TFMessage
from trajectory_msgs.msg import JointTrajectory

from benchmarks.faults.joint_watch import JointWatch
from benchmarks.faults.pids import is_running, worker_of
from benchmarks.faults.relay import Relay
from benchmarks.faults.user import SCENE, User
from rt_grasp_ros.motion.robot import load_robot
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.node.lifecycle import ACTIVE, StateQuestion
from rt_grasp_ros.ros.node.processes import CELLS_CLOCK, CELLS_EXECUTOR, NodeProcesses
from rt_grasp_ros.ros.node.qos import LATCHED
from rt_grasp_ros.ros.rclpy_fixes.new_publishers import NewPublishers
from rt_grasp_ros.ros.rclpy_fixes.service_call import comes_true, must_come_true
from rt_grasp_ros.ros.rclpy_fixes.spinner import Spinner
from rt_grasp_ros.ros.robot.topic_names import ARM_TOPIC
from rt_grasp_ros.ros.sim.sim_node import HAND_TOPIC

PERCEPTION, EXECUTOR, CELL = "perception_node", "executor_node", "sim_node"
ROBOT = load_robot(share_path("config/robots/panda.yaml"))

COLOUR = "camera/color/image_raw"
DEPTH = "camera/aligned_depth_to_color/image_raw"
INFO = "camera/color/camera_info"
FIXED_FRAMES = "/tf_static"

Parameters = dict[str, str | int | float]

_PARAMETERS: dict[str, Parameters] = {
    CELL: SCENE,
    EXECUTOR: dict(CELLS_EXECUTOR),
    PERCEPTION: dict(CELLS_CLOCK),
}
_FILES = {
    CELL: "config/sim.yaml",
    EXECUTOR: "config/executor_cell.yaml",
    PERCEPTION: "config/perception.yaml",
}
_SIGNS_OF_LIFE = {
    CELL: "sim/overview",
    EXECUTOR: "execute_grasp/_action/status",
    PERCEPTION: "reasoning",
}
"""By node, a topic that it alone publishes."""

_START_TIMEOUT_S = 120.0
_END_TIMEOUT_S = 8.0
_STOP_TIMEOUT_S = 2.0
_REPLY_TIMEOUT_S = 1.0
_SERVICE_DELAY_S = 1.0  # a service is heard of, and forgotten, a moment after the topics
_HOME_RAD = 0.02


class Chain:
    """Cell, executor and perception, up and ready; leaves nothing behind when it is closed.

    Attributes:
        relays: by topic, to spoil.
        joints: what the arm does.
        user: asks for grasps.
        context: of the harness's own node.
    """

    def __init__(self, log_folder: Path) -> None:
        """Start all nodes and wait until they are ready.

        Args:
            log_folder: for the nodes' logs.

        Raises:
            RtGraspError: a node did not start in time.
        """
        self._parameters = {node: dict(values) for node, values in _PARAMETERS.items()}
        self._new_publishers: dict[str, NewPublishers] = {}
        self.context = Context()
        rclpy.init(context=self.context)
        self._node = Node(
            "faults",
            context=self.context,
            parameter_overrides=[Parameter("use_sim_time", value=True)],
        )
        self._spinner = Spinner(self.context, 10)
        self._spinner.add(self._node)
        self._executor_state = StateQuestion(self._node, EXECUTOR)
        self.joints = JointWatch(self._node, ROBOT.arm_joints)
        self.relays = self._make_relays()
        self.user = User(self._node, own_name(FIXED_FRAMES))
        self._frames = self._node.create_publisher(TFMessage, "/tf", 100)
        self._spinner.start()
        self._processes = NodeProcesses(log_folder)
        try:
            for node in _PARAMETERS:
                self._start(node)
            for node in _PARAMETERS:
                self.wait_until_ready(node)
        except BaseException:
            self.close()
            raise

    def kill(self, node: str) -> None:
        """End a node as a crash does."""
        os.kill(self.pid(node), signal.SIGKILL)
        if node == PERCEPTION:
            self.user.give_up("The perception node has ended; send the command again.")

    def restart(self, node: str, **parameters: str | int | float) -> None:
        """Start a node that has ended, as its supervisor does; does not wait until it is ready.

        Args:
            node: which.
            parameters: in place of those it had.
        """
        self._parameters[node] |= parameters
        self._start(node)

    def replace(self, node: str, **parameters: str | int | float) -> None:
        """End a node as its operator does, start it anew, and wait until it is ready."""
        pid = self.pid(node)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        comes_true(lambda: not is_running(pid), _END_TIMEOUT_S)
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        self.restart(node, **parameters)
        self.wait_until_ready(node)

    def wait_until_ready(self, node: str) -> None:
        """Wait until a node that was started does its work.

        Raises:
            RtGraspError: it does not in time.
        """
        must_come_true(
            self._new_publishers[node].have_appeared, _START_TIMEOUT_S, f"{node} did not start"
        )
        if node == CELL:
            must_come_true(
                lambda: self.joints.is_fresh(0.5),
                _START_TIMEOUT_S,
                "the cell sends no joint states",
            )
        elif node == PERCEPTION:
            time.sleep(_SERVICE_DELAY_S)
            self.user.activate_perception(_START_TIMEOUT_S)
        elif node == EXECUTOR:
            must_come_true(
                lambda: self._executor_state.ask(_REPLY_TIMEOUT_S) == ACTIVE,
                _START_TIMEOUT_S,
                "the executor did not connect to the arm",
            )

    def put_back(self) -> None:
        """Put the objects back on the table and the arm home, by a new cell."""
        self.replace(CELL)

    def is_at_home(self) -> bool:
        """Return whether the arm stands where it waits."""
        return self.joints.is_fresh(1.0) and self.joints.off_rad(ROBOT.home_rad) < _HOME_RAD

    def mend(self) -> None:
        """End all faults: relays pass on, all nodes run with their own parameters."""
        for relay in self.relays.values():
            relay.mend()
        for node, parameters in _PARAMETERS.items():
            if self._parameters[node] != parameters:
                self._parameters[node] = dict(parameters)
                self.replace(node)
            elif not is_running(self.pid(node)):
                self.restart(node)
                self.wait_until_ready(node)

    def add(self, node: Node) -> None:
        """Spin another node of the harness, made in `context`."""
        self._spinner.add(node)

    def remove(self, node: Node) -> None:
        """End a node that was added."""
        self._spinner.remove(node)
        node.destroy_node()

    def publish_frames(self, frames: TFMessage) -> None:
        """Publish transforms as those of now, on `/tf`."""
        now = self._node.get_clock().now().to_msg()
        for transform in frames.transforms:
            transform.header.stamp = now
        self._frames.publish(frames)

    def pid(self, node: str) -> int:
        """Return the process id of a node."""
        return self._processes.pid(node)

    def worker_pid(self) -> int | None:
        """Return the process id of the model's process, None while there is none."""
        return worker_of(self.pid(PERCEPTION))

    def log(self, node: str) -> Path:
        """Return where a node's output goes, since it was started last."""
        return self._processes.log(node)

    def close(self) -> None:
        """End everything."""
        self.user.close()
        self._processes.stop()
        self._spinner.stop(_STOP_TIMEOUT_S)
        self._node.destroy_node()
        self.context.try_shutdown()

    def _make_relays(self) -> dict[str, Relay]:
        pictures = qos_profile_sensor_data
        from_cell = {
            COLOUR: (Image, pictures),
            DEPTH: (Image, pictures),
            INFO: (CameraInfo, pictures),
            FIXED_FRAMES: (TFMessage, LATCHED),
        }
        to_cell = {ARM_TOPIC: (JointTrajectory, QoSProfile(depth=10))}
        to_cell[HAND_TOPIC] = to_cell[ARM_TOPIC]
        return {
            topic: Relay(self._node, kind, own_name(topic), topic, qos)
            for topic, (kind, qos) in from_cell.items()
        } | {
            topic: Relay(self._node, kind, topic, own_name(topic), qos)
            for topic, (kind, qos) in to_cell.items()
        }

    def _start(self, node: str) -> None:
        self._new_publishers[node] = NewPublishers(self._node, _SIGNS_OF_LIFE[node])
        if node == CELL:
            self.joints.forget()
        self._processes.start(
            node,
            self._parameters[node],
            share_path(_FILES[node]),
            {topic: own_name(topic) for topic in self.relays} if node == CELL else {},
        )


def own_name(topic: str) -> str:
    """Return the name under which the cell itself has a topic."""
    return f"cell/{topic.lstrip('/')}"
