"""How long the arm takes to stand after `stop`, at each stage of a pick in the simulated cell.

Cell and executor run as processes of their own, as in `rt-grasp demo`. The grasp is one in the
empty air over the table, so no model is needed. In every round a pick is started for each stage,
and `stop` is called a moment after the stage began. From that call on three times are taken: until
the goal ended, until the service replied, and, by the cell's clock, until the last joint state in
which a joint moved. For this the cell tells clock and joints 200 times a second: at its usual 50 a
stop would look up to 40 ms longer than it is. Afterwards nothing may move until the next command.

    python -m rt_grasp_ros.bootstrap python -m benchmarks.stop_latency --rounds 5 --json -
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import rclpy
from numpy.typing import NDArray
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import qos_profile_sensor_data
from rclpy.task import Future
from rt_grasp_ros.action import ExecuteGrasp
from sensor_msgs.msg import JointState
from std_msgs.msg import Header
from std_srvs.srv import Trigger
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from rt_grasp_ros.bench.machine import describe_machine
from rt_grasp_ros.cli.demo_cell import keep_to_this_machine
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.grasp import Grasp
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.motion.pick_outcome import Stage
from rt_grasp_ros.motion.robot import load_robot
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.messages.grasps import grasp_to_message
from rt_grasp_ros.ros.messages.stamps import duration_from_seconds, nanoseconds_from_time
from rt_grasp_ros.ros.node.lifecycle import ACTIVE, StateQuestion
from rt_grasp_ros.ros.node.listening_node import ListeningNode
from rt_grasp_ros.ros.node.processes import CELLS_EXECUTOR, NodeProcesses
from rt_grasp_ros.ros.rclpy_fixes.action_client import ActionClient
from rt_grasp_ros.ros.rclpy_fixes.service_call import comes_true
from rt_grasp_ros.ros.rclpy_fixes.spinner import Spinner
from rt_grasp_ros.ros.robot.topic_names import ARM_TOPIC
from rt_grasp_ros.sim.scene import random_scene

ROBOT = load_robot(share_path("config/robots/panda.yaml"))
CAMERA = "waiting for a picture"
DELAY_S = {
    CAMERA: 0.0,
    Stage.CHECKING: 0.02,
    Stage.PLANNING: 0.02,
    Stage.OPENING: 0.2,
    Stage.PREGRASP: 0.8,
    Stage.APPROACH: 0.4,
    Stage.CLOSING: 0.2,
    Stage.LIFTING: 0.4,
}
"""How long each stage has run when it is stopped, give or take `SPREAD`."""

SPREAD = 0.4

OBJECT = "banana"
MOVING_RAD_S = 0.025
STATE_RATE_HZ = 200.0
WATCHED_S = 1.0
_KEPT_S = 20.0
TIMEOUT_S = 180.0
HOME_S = 4.0


class Operator(Node):
    """Starts picks, stops them, and watches the joints."""

    def __init__(self) -> None:
        super().__init__(
            "stop_latency", parameter_overrides=[Parameter("use_sim_time", value=True)]
        )
        group = ReentrantCallbackGroup()
        self._goals = ActionClient(self, ExecuteGrasp, "execute_grasp", callback_group=group)
        self._stop = self.create_client(Trigger, "stop", callback_group=group)
        self._state = StateQuestion(self, "executor_node")
        self._arm = self.create_publisher(JointTrajectory, ARM_TOPIC, 10)
        self._listener = ListeningNode(self)
        self._listener.create_subscription(
            JointState, "joint_states", self._hear, qos_profile_sensor_data
        )
        self._rng = np.random.default_rng(0)
        self._changed = threading.Condition()
        self._stage: object = None
        self._states: deque[tuple[float, NDArray[np.float64]]] = deque(
            maxlen=round(_KEPT_S * STATE_RATE_HZ)
        )

    def wait_until_ready(self) -> None:
        """Wait for executor and cell, until the executor sees the arm and takes goals."""
        require(self._goals.wait_for_server(TIMEOUT_S), "no executor appeared")
        require(self._stop.wait_for_service(TIMEOUT_S), "no executor offers stop")
        require(self._wait(lambda: bool(self._states)), "no joint states came")
        require(comes_true(lambda: self._press().success, TIMEOUT_S), "the arm is not seen")
        require(
            comes_true(lambda: self._state.newest() == ACTIVE, TIMEOUT_S),
            "the executor does not become active",
        )

    def destroy_node(self) -> None:
        """Hear nothing any more."""
        self._listener.destroy_node()
        super().destroy_node()

    def stop_at(self, stage: object, T_base_grasp: NDArray[np.float64]) -> dict[str, float]:
        """Start a pick, stop it at a stage, and return what the stop took."""
        self._stage = CAMERA
        rectangle = GraspRectangle(160.0, 120.0, 0.0, 40.0, 15.0, 320, 240)
        grasp = Grasp(rectangle=rectangle, T_camera_grasp=T_base_grasp, opening_m=0.06)
        header = Header(stamp=self.get_clock().now().to_msg(), frame_id=ROBOT.base_frame)
        goal = ExecuteGrasp.Goal(grasps=[grasp_to_message(grasp, header, "", "grasp the air")])
        sending = self._goals.send_goal_async(goal, feedback_callback=self._hear_feedback)
        handle = result_of(sending)
        require(handle.accepted, "the goal was refused")
        ending = handle.get_result_async()
        ended_s: list[float] = []
        ending.add_done_callback(lambda _: ended_s.append(time.monotonic()))
        require(
            self._wait(lambda: self._stage == stage or ending.done()), f"{stage!r} did not begin"
        )
        time.sleep(DELAY_S[stage] * self._rng.uniform(1 - SPREAD, 1 + SPREAD))
        pressed_s, pressed_at_s = time.monotonic(), self.get_clock().now().nanoseconds / 1e9
        reply = self._press()
        replied_s = time.monotonic()
        require(reply.success, reply.message)
        result = result_of(ending).result
        require(result.error_code == ErrorCode.CANCELLED, result.error_message)
        time.sleep(WATCHED_S)
        moved_s, way_rad = self._motion_after(pressed_at_s)
        require(moved_s < WATCHED_S / 2, "the arm still moves")
        return {
            "goal_ended_s": ended_s[0] - pressed_s,
            "replied_s": replied_s - pressed_s,
            "stood_s": moved_s,
            "way_rad": way_rad,
        }

    def go_home(self) -> None:
        """Bring the arm home by its controller alone, without planning: over the table is air."""
        self._arm.publish(
            JointTrajectory(
                joint_names=list(ROBOT.arm_joints),
                points=[
                    JointTrajectoryPoint(
                        positions=ROBOT.home_rad.tolist(),
                        velocities=[0.0] * len(ROBOT.arm_joints),
                        time_from_start=duration_from_seconds(HOME_S),
                    )
                ],
            )
        )
        require(self._wait(self._is_home), "the arm did not come home")

    def _press(self) -> Trigger.Response:
        """Call `stop` and return the reply."""
        response: Trigger.Response = result_of(self._stop.call_async(Trigger.Request()))
        return response

    def _is_home(self) -> bool:
        """Whether the arm stands at home; on its last centimetre it would count as not stopped."""
        recent = np.array([positions for _, positions in list(self._states)[-20:]])
        speed_rad_s = np.abs(np.diff(recent, axis=0)).max() * STATE_RATE_HZ
        is_near = np.abs(recent[-1] - ROBOT.home_rad).max() < 0.01
        return bool(is_near and speed_rad_s < MOVING_RAD_S / 5)

    def _motion_after(self, pressed_at_s: float) -> tuple[float, float]:
        """Return how long a joint moved, and the furthest that one went, in s and rad."""
        with self._changed:
            states = [(s, q) for s, q in self._states if s > pressed_at_s - 0.1]
        times_s = np.array([stamp_s for stamp_s, _ in states])
        positions = np.array([position for _, position in states])
        steps_s = np.maximum(np.diff(times_s), 0.5 / STATE_RATE_HZ)
        moving = np.abs(np.diff(positions, axis=0)).max(axis=1) / steps_s > MOVING_RAD_S
        until_s = times_s[1:][moving & (times_s[1:] > pressed_at_s)]
        after = positions[times_s > pressed_at_s]
        way_rad = float(np.abs(after - after[0]).max())
        return (float(until_s[-1] - pressed_at_s) if len(until_s) else 0.0), way_rad

    def _hear(self, message: JointState) -> None:
        known = dict(zip(message.name, message.position, strict=True))
        positions = np.array([known[name] for name in ROBOT.arm_joints])
        with self._changed:
            stamp_s = nanoseconds_from_time(message.header.stamp) / 1e9
            self._states.append((stamp_s, positions))
            self._changed.notify_all()

    def _hear_feedback(self, message: Any) -> None:
        with self._changed:
            self._stage = Stage(message.feedback.stage)
            self._changed.notify_all()

    def _wait(self, condition: Any) -> bool:
        with self._changed:
            return bool(self._changed.wait_for(condition, TIMEOUT_S))


def result_of(future: Future) -> Any:
    """Wait for what the spinning thread completes."""
    done = threading.Event()
    future.add_done_callback(lambda _: done.set())
    require(done.wait(TIMEOUT_S), "no reply")
    return future.result()


def require(condition: bool, otherwise: str) -> None:
    """End the program where a condition does not hold."""
    if not condition:
        sys.exit(f"stop_latency: {otherwise}")


def free_place(scene_seed: int) -> NDArray[np.float64]:
    """Return a grasp from above, 8 cm over the table, away from the only object."""
    y_object_m = random_scene(scene_seed, [OBJECT]).objects[0].y_m
    grasp = np.diag([1.0, -1.0, -1.0, 1.0])
    grasp[:3, 3] = 0.45, -0.15 if y_object_m > 0 else 0.15, 0.08
    return grasp


def measure(rounds: int) -> dict[str, list[dict[str, float]]]:
    """Stop one pick at each stage and round, in the cell."""
    keep_to_this_machine()
    taken: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder, NodeProcesses(Path(folder)) as processes:
        scene: dict[str, str | int | float] = {
            "seed": 0,
            "object_names": OBJECT,
            "state_rate_hz": STATE_RATE_HZ,
        }
        processes.start("sim_node", scene, share_path("config/sim.yaml"))
        patience = {
            "frame_timeout_s": 60.0,
            **CELLS_EXECUTOR,
        }  # what is waited for is not what is measured
        processes.start("executor_node", patience, share_path("config/executor_cell.yaml"))
        rclpy.init()
        operator = Operator()
        spinner = Spinner(rclpy.get_default_context(), 4)
        spinner.add(operator)
        spinner.start()
        try:
            operator.wait_until_ready()
            for number in range(1, rounds + 1):
                for stage in DELAY_S:
                    name = stage.name.lower() if isinstance(stage, Stage) else str(stage)
                    taken.setdefault(name, []).append(operator.stop_at(stage, free_place(0)))
                    operator.go_home()
                    print(f"round {number}: {name}: {taken[name][-1]}", file=sys.stderr, flush=True)
        finally:
            spinner.stop(5.0)
            operator.destroy_node()
            rclpy.try_shutdown()
    return taken


def table(taken: dict[str, list[dict[str, float]]]) -> str:
    """Return the medians and maxima as a Markdown table."""
    columns = (
        ("arm stands", "stood_s", 1000.0, "ms"),
        ("goal ended", "goal_ended_s", 1000.0, "ms"),
        ("service replied", "replied_s", 1000.0, "ms"),
        ("way after the stop", "way_rad", 1000.0, "mrad"),
    )
    lines = ["| stage | " + " | ".join(f"{title}, {unit}" for title, *_, unit in columns) + " |"]
    lines += ["|---|" + "---:|" * len(columns)]
    for stage, runs in taken.items():
        cells = []
        for _, key, factor, _unit in columns:
            values = np.array([run[key] for run in runs]) * factor
            cells.append(f"{np.median(values):.0f} ({values.max():.0f})")
        lines.append(f"| {stage} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print the table, and write the numbers where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="stops per stage (default 5)")
    parser.add_argument("--json", metavar="FILE", help="write all numbers there; - for stdout")
    arguments = parser.parse_args()
    machine = describe_machine()
    taken = measure(arguments.rounds)
    report = {"machine": machine, "load_after": os.getloadavg()[0], "stages": taken}
    if arguments.json == "-":
        print(json.dumps(report, indent=2))
        return
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(report, indent=2), encoding="utf-8")
    print(f"median (maximum) of {arguments.rounds} stops each\n")
    print(table(taken))


if __name__ == "__main__":
    main()
