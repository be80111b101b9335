"""The executor node: carries out grasps, and stops when it is told to."""

from __future__ import annotations

import signal
import threading
import time
import traceback
from contextlib import ExitStack
from typing import Any

import rclpy
from geometry_msgs.msg import PoseStamped
from nav_msgs.msg import Path
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from std_msgs.msg import Header

from rt_grasp_ros.action import ExecuteGrasp
from rt_grasp_ros.msg import StageTime as StageTimeMessage

from ...doctor.finding import Finding
from ...grasp.error_code import ErrorCode
from ...grasp.errors import RtGraspError
from ...motion.gripper import load_gripper
from ...motion.pick_outcome import PickOutcome, Stage
from ...motion.pick_plan import PickPlan, grasp_poses
from ...motion.robot import load_robot
from ...motion.sequence import PickSequence
from ...pipeline.one_job import OneJob
from ...resources import given_or_shipped
from ..messages.conversions import pose_from_matrix
from ..node.diagnostics import DiagnosticsPublisher
from ..node.listening_node import ListeningNode
from ..node.node_process import STOP_TIMEOUT_S, make_or_exit
from ..node.parameters import Parameters
from ..node.qos import LATCHED
from ..rclpy_fixes.spinner import end_executor, make_executor
from ..robot.robot_topics import RobotTopics
from .arm_guard import start_guard
from .backends import make_backend
from .confirmation import Confirmation
from .executor_health import executor_finding, joints_finding, new_instance
from .executor_parameters import ExecutorParameters, pick_settings
from .pick_request import PickRequestReader
from .sent_record import SentRecord
from .stop_service import StopService
from .verdict_report import VerdictReport

# The pick itself, goals and cancels, stop, confirm, diagnostics, parameters.
THREADS = 6
_SPIN_S = 0.1
_HEARD_TIMEOUT_S = 1.0


class ExecutorNode(Node):
    """Serves `execute_grasp`, `stop` and `confirm`, and publishes each `plan`.

    One goal at a time, a second one is rejected. Cancelling the goal or calling `stop` halts the
    arm at any stage; what was asked for before a stop, or before this node started, does not move
    it any more.
    """

    def __init__(self, **options: Any) -> None:
        """Load the profiles and connect to robot, camera and TF; nothing moves.

        Args:
            options: passed on to `Node`.

        Raises:
            ProfileInvalid: the robot's or the gripper's profile is wrong.
            FileNotFoundError: there is no such profile.
            BackendUnavailable: what plans or drives the robot is not installed.
        """
        self._on_destroy = ExitStack()
        super().__init__("executor_node", **options)
        self._declared = Parameters(self, ExecutorParameters)
        now = self._declared.snapshot()
        robot = load_robot(given_or_shipped(now.robot))
        gripper = load_gripper(given_or_shipped(now.gripper))
        self._gripper = gripper.driven_by(now.gripper_controller)
        self._base_frame = robot.base_frame
        self.robot = robot
        self._backend_name = now.backend
        self._listener = ListeningNode(self, **options)
        self._on_destroy.callback(self._listener.destroy_node)
        self.robot_io = RobotTopics(self, self._listener, robot, self._gripper)
        self._backend = make_backend(self, robot, self._gripper, self.robot_io, now)
        self._reader = PickRequestReader(
            self._listener, robot, self._gripper, self._declared.snapshot
        )
        self._job = OneJob()
        self._last_end = ""
        self._instance = new_instance()
        self._plans = self.create_publisher(Path, "plan", LATCHED)
        self._confirmation = Confirmation(self)
        self._stops = StopService(self, self._backend.stop, self._job, self.robot_io)
        self._server = ActionServer(
            self,
            ExecuteGrasp,
            "execute_grasp",
            self._execute,
            goal_callback=self._accept_or_reject,
            handle_accepted_callback=self._begin,
            cancel_callback=lambda goal: CancelResponse.ACCEPT,
            callback_group=ReentrantCallbackGroup(),
        )
        self._diagnostics = DiagnosticsPublisher(self, robot.name, self._examine)
        self._on_destroy.callback(self._server.destroy)
        self._on_destroy.callback(self.robot_io.wait_until_heard, _HEARD_TIMEOUT_S)
        self._on_destroy.callback(self._backend.finish_stop)
        self._on_destroy.callback(self.stop_motion, STOP_TIMEOUT_S)

    def stop_motion(self, timeout_s: float) -> bool:
        """Refuse goals from now on, stop the arm, and return whether all came to rest in time."""
        return self._job.close(timeout_s)

    def destroy_node(self) -> None:
        """Stop the arm and disconnect; a node half made by a failure, too."""
        self._on_destroy.close()
        super().destroy_node()

    def _examine(self) -> list[Finding]:
        """Return what the node's diagnostics say."""
        self._listener.raise_failure()
        state = self.robot_io.joint_state()
        return [
            joints_finding(None if state is None else self.robot_io.now_s() - state.stamp_s),
            self.robot_io.joints_finding(),
            executor_finding(
                self._backend_name,
                is_running=self._job.is_running(),
                is_stopped=self._job.is_halted(),
                awaits_word=self._confirmation.is_waiting,
                last=self._last_end,
                instance=self._instance,
            ),
        ]

    def _accept_or_reject(self, request: ExecuteGrasp.Goal) -> GoalResponse:
        if self._job.is_free():
            return GoalResponse.ACCEPT
        self.get_logger().warning("a grasp was rejected: another one is being executed")
        return GoalResponse.REJECT

    def _begin(self, goal: ServerGoalHandle) -> None:
        """Begin a goal whose acceptance was sent; rclpy drops one whose client is gone by then."""
        goal.execute(self._execute if self._job.try_begin() else self._refuse)

    def _refuse(self, goal: ServerGoalHandle) -> ExecuteGrasp.Result:
        """End the later one of two goals that were accepted in the same moment."""
        goal.abort()
        return self._failed(
            ErrorCode.EXECUTOR_UNAVAILABLE,
            "The executor carries out another grasp; send the command again when the arm stands "
            "still.",
        )

    def _execute(self, goal: ServerGoalHandle) -> ExecuteGrasp.Result:
        try:
            result = self._result_of(goal)
            self._last_end = ErrorCode(result.error_code).name
            if result.error_code == ErrorCode.OK:
                goal.succeed()
            elif goal.is_cancel_requested:
                goal.canceled()
            else:
                goal.abort()
            return result
        finally:
            self._job.end()

    def _result_of(self, goal: ServerGoalHandle) -> ExecuteGrasp.Result:
        """Carry out a goal; every failure is in the result."""
        try:
            report, outcome = self._pick(goal)
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
            left = " The fingers stay closed: they may hold something." if outcome.may_hold else ""
            result = self._failed(outcome.error.code, outcome.error.message + left)
        result.held = outcome.held
        if outcome.executed_index >= 0:
            result.executed_index = report.indices[outcome.executed_index]
        result.finger_opening_m = outcome.finger_opening_m
        result.stages = [
            StageTimeMessage(name=entry.stage.name.lower(), duration_s=entry.duration_s)
            for entry in outcome.stages
        ]
        result.verdicts = report.messages
        return result

    def _failed(self, code: ErrorCode, message: str) -> ExecuteGrasp.Result:
        """Log a failure and return it as a result that executed nothing."""
        self.get_logger().error(message)
        return ExecuteGrasp.Result(error_code=int(code), error_message=message, executed_index=-1)

    def _pick(self, goal: ServerGoalHandle) -> tuple[VerdictReport, PickOutcome]:
        """Read the goal and carry it out."""
        now = self._declared.snapshot()
        settings = pick_settings(now)
        self._stops.refuse_what_came_before(goal.request.grasps)

        def is_cancelled() -> bool:
            return goal.is_cancel_requested or self._job.is_halted()

        def confirm(_: PickPlan) -> None:
            self._confirmation.wait(now.confirm_timeout_s, is_cancelled)

        self.robot_io.wait_for_state(now.joint_states_timeout_s, is_cancelled)
        request = self._reader.read(
            goal.request.grasps,
            self._backend.arm_positions(),
            self._backend.opening_m(),
            frame_timeout_s=now.frame_timeout_s,
            sync_slop_s=now.sync_slop_s,
            tf_timeout_s=now.tf_timeout_s,
            is_cancelled=is_cancelled,
        )
        start_s = time.monotonic()
        report = VerdictReport(request.indices, self.get_logger())

        def tell(stage: Stage, index: int) -> None:
            goal.publish_feedback(
                ExecuteGrasp.Feedback(
                    stage=int(stage),
                    candidate_index=request.indices[index],
                    elapsed_s=time.monotonic() - start_s,
                    verdicts=report.messages,
                )
            )

        sequence = PickSequence(
            self._backend,
            self._gripper,
            settings,
            on_progress=tell,
            on_verdicts=report.hear,
            on_plan=self._publish_plan,
            confirm=confirm if now.confirm else None,
            is_cancelled=is_cancelled,
        )
        return report, sequence.run(request.candidates, request.cloud_m, now.table_z_m)

    def _publish_plan(self, plan: PickPlan) -> None:
        """Publish where the point between the fingertips will go."""
        header = Header(frame_id=self._base_frame, stamp=self.get_clock().now().to_msg())
        poses = grasp_poses(self._backend, self._gripper, plan)
        self._plans.publish(
            Path(
                header=header,
                poses=[PoseStamped(header=header, pose=pose_from_matrix(pose)) for pose in poses],
            )
        )


def main(args: list[str] | None = None) -> None:
    """Run the node until it is stopped; SIGINT and SIGTERM stop the arm first.

    A process of its own stops the arm where this one ends in any other way.
    """
    rclpy.init(args=args, signal_handler_options=SignalHandlerOptions.NO)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    node = make_or_exit(ExecutorNode, "executor_node")
    record = SentRecord()
    node.robot_io.on_sent = record.write
    _guard = start_guard(node, node.robot.arm_joints, node.robot.max_acceleration_rad_s2, record)
    executor = make_executor(THREADS)
    executor.add_node(node)
    try:
        while not stopped.is_set():
            executor.spin_once(timeout_sec=_SPIN_S)
    finally:
        node.stop_motion(STOP_TIMEOUT_S)
        end_executor(executor, STOP_TIMEOUT_S)
        node.destroy_node()
        rclpy.try_shutdown()


if __name__ == "__main__":
    main()
