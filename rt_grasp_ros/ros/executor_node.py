"""The executor node: carries out grasps with the embedded planner and the robot's controllers."""

from __future__ import annotations

import signal
import sys
import threading
import time
import traceback
from contextlib import ExitStack
from typing import Any

import rclpy
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.exceptions import ParameterException
from rclpy.executors import MultiThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

from rt_grasp_ros.action import ExecuteGrasp
from rt_grasp_ros.msg import StageTime as StageTimeMessage

from ..grasp.error_code import ErrorCode
from ..grasp.errors import RtGraspError
from ..motion.embedded import EmbeddedBackend, MotionSettings
from ..motion.gripper import load_gripper
from ..motion.pick_plan import PickSettings
from ..motion.robot import load_robot
from ..motion.sequence import PickOutcome, PickSequence, Stage
from ..resources import given_or_shipped
from .executor_parameters import ExecutorParameters
from .parameters import Parameters
from .pick_request import PickRequestReader
from .robot_topics import RobotTopics

# The pick itself, camera, joint states, TF, goals and cancels, parameters.
THREADS = 6
_SPIN_S = 0.1
_STOP_TIMEOUT_S = 5.0


class ExecutorNode(Node):
    """Serves `execute_grasp`.

    One goal at a time, a second one is rejected; cancelling stops the arm.
    """

    def __init__(self, **options: Any) -> None:
        """Load the profiles and connect to robot, camera and TF; nothing moves.

        Args:
            options: passed on to `Node`.

        Raises:
            ProfileInvalid: the robot's or the gripper's profile is wrong.
            FileNotFoundError: there is no such profile.
        """
        self._on_destroy = ExitStack()
        super().__init__("executor_node", **options)
        self._declared = Parameters(self, ExecutorParameters)
        now = self._declared.snapshot()
        robot = load_robot(given_or_shipped(now.robot))
        self._gripper = load_gripper(given_or_shipped(now.gripper))
        self._robot_io = RobotTopics(self, robot.arm_joints, self._gripper)
        settings = MotionSettings(
            speed=now.speed,
            line_speed=now.line_speed,
            path_tolerance_rad=now.path_tolerance_rad,
            goal_tolerance_rad=now.goal_tolerance_rad,
        )
        self._backend = EmbeddedBackend(robot, self._gripper, self._robot_io, settings)
        self._reader = PickRequestReader(self, robot, self._gripper)
        self._idle = threading.Event()
        self._idle.set()
        self._stopping = threading.Event()
        self._server = ActionServer(
            self,
            ExecuteGrasp,
            "execute_grasp",
            self._execute,
            goal_callback=self._accept_or_reject,
            cancel_callback=lambda goal: CancelResponse.ACCEPT,
            callback_group=ReentrantCallbackGroup(),
        )
        self._accepting = threading.Lock()
        self._on_destroy.callback(self._server.destroy)
        self._on_destroy.callback(self.stop_motion, _STOP_TIMEOUT_S)

    def stop_motion(self, timeout_s: float) -> bool:
        """Refuse goals from now on, stop the arm, and return whether all came to rest in time."""
        self._stopping.set()
        return self._idle.wait(timeout_s)

    def destroy_node(self) -> None:
        """Stop the arm and disconnect; a node half made by a failure, too."""
        self._on_destroy.close()
        super().destroy_node()

    def _accept_or_reject(self, request: ExecuteGrasp.Goal) -> GoalResponse:
        with self._accepting:
            if self._stopping.is_set() or not self._idle.is_set():
                self.get_logger().warning("a grasp was rejected: another one is being executed")
                return GoalResponse.REJECT
            self._idle.clear()
            return GoalResponse.ACCEPT

    def _execute(self, goal: ServerGoalHandle) -> ExecuteGrasp.Result:
        try:
            result = self._result_of(goal)
            if result.error_code == ErrorCode.OK:
                goal.succeed()
            elif goal.is_cancel_requested:
                goal.canceled()
            else:
                goal.abort()
            return result
        finally:
            self._idle.set()

    def _result_of(self, goal: ServerGoalHandle) -> ExecuteGrasp.Result:
        """Carry out a goal; every failure is in the result."""
        try:
            indices, outcome = self._pick(goal)
        except RtGraspError as failure:
            return self._failed(failure.code, failure.message)
        except Exception:
            self._backend.stop()
            self.get_logger().fatal(traceback.format_exc())
            return self._failed(
                ErrorCode.INTERNAL,
                "The executor has a defect and the arm was stopped; report what its log says.",
            )
        result = ExecuteGrasp.Result()
        if outcome.error is not None:
            result = self._failed(outcome.error.code, outcome.error.message)
        result.held = outcome.held
        if outcome.executed_index >= 0:
            result.executed_index = indices[outcome.executed_index]
        result.finger_opening_m = outcome.finger_opening_m
        result.stages = [
            StageTimeMessage(name=entry.stage.name.lower(), duration_s=entry.duration_s)
            for entry in outcome.stages
        ]
        return result

    def _failed(self, code: ErrorCode, message: str) -> ExecuteGrasp.Result:
        """Log a failure and return it as a result that executed nothing."""
        self.get_logger().error(message)
        return ExecuteGrasp.Result(error_code=int(code), error_message=message, executed_index=-1)

    def _pick(self, goal: ServerGoalHandle) -> tuple[list[int], PickOutcome]:
        """Read the goal and carry it out; returns where each candidate stood in the goal."""
        now = self._declared.snapshot()
        self._robot_io.wait_for_state(now.joint_states_timeout_s)
        request = self._reader.read(
            goal.request.grasps,
            self._backend.arm_positions(),
            self._backend.opening_m(),
            frame_timeout_s=now.frame_timeout_s,
            sync_slop_s=now.sync_slop_s,
            tf_timeout_s=now.tf_timeout_s,
        )
        start_s = time.monotonic()

        def report(stage: Stage, index: int) -> None:
            goal.publish_feedback(
                ExecuteGrasp.Feedback(
                    stage=int(stage),
                    candidate_index=request.indices[index],
                    elapsed_s=time.monotonic() - start_s,
                )
            )

        sequence = PickSequence(
            self._backend,
            self._gripper,
            PickSettings(
                standoff_m=now.standoff_m,
                lift_m=now.lift_m,
                planning_timeout_s=now.planning_timeout_s,
                gripper_timeout_s=now.gripper_timeout_s,
            ),
            on_progress=report,
            is_cancelled=lambda: goal.is_cancel_requested or self._stopping.is_set(),
        )
        return request.indices, sequence.run(request.candidates, request.cloud_m, now.table_z_m)


def main(args: list[str] | None = None) -> None:
    """Run the node until it is stopped; SIGINT and SIGTERM stop the arm first."""
    rclpy.init(args=args, signal_handler_options=SignalHandlerOptions.NO)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        node = ExecutorNode()
    except (ParameterException, RtGraspError, FileNotFoundError) as error:
        rclpy.try_shutdown()
        sys.exit(f"executor_node: {error}")
    executor = MultiThreadedExecutor(THREADS)
    executor.add_node(node)
    try:
        while not stopped.is_set():
            executor.spin_once(timeout_sec=_SPIN_S)
    finally:
        node.stop_motion(_STOP_TIMEOUT_S)
        executor.shutdown(timeout_sec=_STOP_TIMEOUT_S)
        node.destroy_node()
        rclpy.try_shutdown()


if __name__ == "__main__":
    main()
