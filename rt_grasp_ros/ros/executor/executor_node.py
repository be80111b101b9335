"""The executor node: carries out grasps, and stops when it is told to."""

from __future__ import annotations

import threading
import time
import traceback
from contextlib import ExitStack
from typing import Any

from geometry_msgs.msg import PoseStamped
from nav_msgs.msg import Path
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.lifecycle import LifecycleState, TransitionCallbackReturn
from std_msgs.msg import Header

from rt_grasp_ros.action import ExecuteGrasp
from rt_grasp_ros.msg import StageTime as StageTimeMessage

from ...doctor.finding import Finding
from ...grasp.error_code import ErrorCode
from ...grasp.errors import ExecutorUnavailable, ProfileInvalid, RtGraspError
from ...motion.pick_outcome import PickOutcome, Stage
from ...motion.pick_plan import PickPlan, grasp_poses
from ...motion.sequence import PickSequence
from ...pipeline.one_job import OneJob
from ..messages.poses import pose_from_matrix
from ..node.diagnostics import DiagnosticsPublisher
from ..node.lifecycle import ACTIVE, FINALIZED, INACTIVE, UNCONFIGURED, made_and_starting
from ..node.listening_node import ListeningNode
from ..node.node_process import STOP_TIMEOUT_S, run_node
from ..node.parameters import Parameters
from ..node.qos import LATCHED
from ..rclpy_fixes.managed_node import ManagedNode
from ..rclpy_fixes.service_call import comes_true
from ..robot.robot_topics import RobotTopics
from .confirmation import Confirmation
from .connected_arm import ConnectedArm
from .executor_health import executor_finding, joints_findings, new_instance
from .executor_parameters import ExecutorParameters, pick_settings
from .stop_service import StopService
from .verdict_report import VerdictReport

# The pick itself, goals and cancels, stop, confirm, diagnostics, lifecycle, parameters.
THREADS = 7
_HEARD_TIMEOUT_S = 1.0


class ExecutorNode(ManagedNode):
    """Serves `execute_grasp`, `stop` and `confirm`, and publishes each `plan`.

    Configure loads the profiles, connects to robot, camera and TF, and refuses what does not fit;
    activate lets goals in; deactivate refuses them and stops the arm; cleanup disconnects.

    One goal at a time, a second one is rejected. Cancelling the goal or calling `stop` halts the
    arm at any stage; what was asked for before a stop, or before this node started, does not move
    it any more.
    """

    def __init__(self, *, is_guarded: bool = False, **options: Any) -> None:
        """Declare the parameters and create the interfaces; nothing is loaded, nothing moves.

        Args:
            is_guarded: whether a process of its own stops the arm when this one ends; for main.
            options: passed on to `LifecycleNode`.
        """
        self._on_destroy = ExitStack()
        super().__init__("executor_node", **options)
        self._is_guarded = is_guarded
        self._declared = Parameters(self, ExecutorParameters)
        self._listener = ListeningNode(self, **options)
        self._on_destroy.callback(self._listener.destroy_node)
        self._arm: ConnectedArm | None = None
        self._state = UNCONFIGURED
        self._opening = threading.Lock()
        self._is_ending = False
        self._job = OneJob()
        self._job.close(0.0)
        self._last_end = ""
        self._instance = new_instance()
        self._plans = self.create_publisher(Path, "plan", LATCHED)
        self._confirmation = Confirmation(self)
        self._stops = StopService(self, self._stop_arm, self._job, self._robot_io)
        self._server = ActionServer(
            self,
            ExecuteGrasp,
            "execute_grasp",
            self._execute,
            goal_callback=self._accept_or_reject,
            handle_accepted_callback=self._begin,
            cancel_callback=lambda goal: CancelResponse.ACCEPT,
            # A goal has begun before it can be cancelled; it is carried out outside of the group.
            callback_group=MutuallyExclusiveCallbackGroup(),
        )
        self._diagnostics = DiagnosticsPublisher(self, "executor", self._examine)
        self._on_destroy.callback(self._server.destroy)
        self._on_destroy.callback(self._see_the_stop_through)
        self._on_destroy.callback(self.end_goals)

    @property
    def is_told_to_start(self) -> bool:
        """Whether the parameter `autostart` says that the node is to bring itself up."""
        return self._declared.snapshot().autostart

    @property
    def arm(self) -> ConnectedArm:
        """What the node has of the robot, while it is configured."""
        if self._arm is None:
            raise ExecutorUnavailable("The executor is not configured; configure and activate it.")
        return self._arm

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load the profiles and connect to robot, camera and TF; failing says why in the log."""
        try:
            self._arm = arm = self._connect()
        except RtGraspError as error:
            self.get_logger().error(f"{error.code.name}: {error.message}")
            return TransitionCallbackReturn.FAILURE
        except Exception:
            self.get_logger().fatal(traceback.format_exc())
            return TransitionCallbackReturn.FAILURE
        if self._is_guarded:
            arm.start_guard(self)
        self._diagnostics.hardware_id = arm.robot.name
        self._state = INACTIVE
        return TransitionCallbackReturn.SUCCESS

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Let goals in, but where the process is about to end."""
        with self._opening:
            if self._is_ending:
                return TransitionCallbackReturn.FAILURE
            self._state = ACTIVE
            self._job.open()
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Refuse goals, and stop the arm as `stop` does; what may be held stays held."""
        self._state = INACTIVE
        self._halt()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Disconnect from the robot."""
        self._disconnect()
        return TransitionCallbackReturn.SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop the arm and disconnect from it."""
        self._halt()
        self._disconnect()
        self._state = FINALIZED
        return TransitionCallbackReturn.SUCCESS

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop the arm and disconnect, after a defect of ours; the node can be configured anew."""
        self._halt()
        self._disconnect()
        return TransitionCallbackReturn.SUCCESS

    def end_goals(self) -> None:
        """Refuse goals for good and see the one under way end; the node is to be spun meanwhile."""
        with self._opening:
            self._is_ending = True
        self.stop_motion(STOP_TIMEOUT_S)

    def stop_motion(self, timeout_s: float) -> bool:
        """Refuse goals from now on, stop the arm, and return whether all came to rest in time."""
        return self._job.close(timeout_s)

    def destroy_node(self) -> None:
        """Stop the arm and disconnect; a node half made by a failure, too."""
        self._on_destroy.close()
        super().destroy_node()

    def _connect(self) -> ConnectedArm:
        try:
            return ConnectedArm(self._listener, self._declared.snapshot)
        except FileNotFoundError as error:
            raise ProfileInvalid(str(error)) from error

    def _halt(self) -> None:
        """Stop the arm on the way that `stop` takes, and see the goal end; refuse others."""
        self._stops.stop()
        if not self.stop_motion(STOP_TIMEOUT_S):
            self.get_logger().error("the arm was stopped, but the goal did not end; look at it")
        io = self._robot_io()
        if io is not None and not comes_true(io.has_come_to_rest, STOP_TIMEOUT_S):
            self.get_logger().error("the arm was stopped, but does not come to rest; look at it")

    def _disconnect(self) -> None:
        arm, self._arm = self._arm, None
        self._state = UNCONFIGURED
        if arm is not None:
            arm.release()

    def _see_the_stop_through(self) -> None:
        """Wait until MoveIt and the arm's controller have heard of it, when the process ends."""
        if self._arm is not None:
            self._arm.backend.finish_stop()
            self._arm.io.wait_until_heard(_HEARD_TIMEOUT_S)

    def _stop_arm(self) -> None:
        if self._arm is not None:
            self._arm.backend.stop()

    def _robot_io(self) -> RobotTopics | None:
        return None if self._arm is None else self._arm.io

    def _examine(self) -> list[Finding]:
        """Return what the node's diagnostics say."""
        self._listener.raise_failure()
        arm = self._arm
        return [
            *([] if arm is None else joints_findings(arm.io)),
            executor_finding(
                self._declared.snapshot().backend,
                state=self._state,
                is_running=self._job.is_running(),
                is_stopped=self._job.is_halted(),
                awaits_word=self._confirmation.is_waiting,
                last=self._last_end,
                instance=self._instance,
            ),
        ]

    def _accept_or_reject(self, request: ExecuteGrasp.Goal) -> GoalResponse:
        if self._job.is_free() or self._job.is_closed():  # what is closed says so in its result
            return GoalResponse.ACCEPT
        self.get_logger().warning("a grasp was rejected: another one is being executed")
        return GoalResponse.REJECT

    def _begin(self, goal: ServerGoalHandle) -> None:
        """Begin a goal whose acceptance was sent; rclpy drops one whose client is gone by then."""
        goal.execute(self._execute if self._job.try_begin() else self._refuse)

    def _refuse(self, goal: ServerGoalHandle) -> ExecuteGrasp.Result:
        """End a goal of a node that is not active, or the later one of two in the same moment."""
        goal.abort()
        return self._failed(
            ErrorCode.EXECUTOR_UNAVAILABLE,
            f"The executor is {self._state}, not active; send 'ros2 lifecycle set /executor_node "
            "activate', before that 'configure' if it is unconfigured."
            if self._state != ACTIVE
            else "The executor carries out another grasp; send the command again when the arm "
            "stands still.",
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
            self._stop_arm()
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
        now, arm = self._declared.snapshot(), self.arm
        settings = pick_settings(now)
        self._stops.refuse_what_came_before(goal.request.grasps)

        def is_cancelled() -> bool:
            return goal.is_cancel_requested or self._job.is_halted()

        def confirm(_: PickPlan) -> None:
            self._confirmation.wait(now.confirm_timeout_s, is_cancelled)

        arm.io.wait_for_state(now.joint_states_timeout_s, is_cancelled)
        request = arm.reader.read(
            goal.request.grasps,
            arm.backend.arm_positions(),
            arm.backend.opening_m(),
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
            arm.backend,
            arm.gripper,
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
        arm = self.arm
        header = Header(frame_id=arm.robot.base_frame, stamp=self.get_clock().now().to_msg())
        poses = grasp_poses(arm.backend, arm.gripper, plan)
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

    def make_node() -> ExecutorNode:
        return made_and_starting(
            lambda: ExecutorNode(is_guarded=True), lambda node: node.is_told_to_start
        )

    run_node(make_node, "executor_node", args, THREADS, end_work=ExecutorNode.end_goals)


if __name__ == "__main__":
    main()
