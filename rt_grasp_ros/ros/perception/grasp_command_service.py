"""The services `grasp_command` and `cancel_command`, with all that a command needs behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.lifecycle import LifecycleNode
from rclpy.node import Node
from std_srvs.srv import Trigger

from rt_grasp_ros.msg import StageTime
from rt_grasp_ros.srv import GraspCommand

from ...doctor.finding import Finding
from ...grasp.error_code import ErrorCode
from ...grasp.errors import NotActive
from ...grasp.frame import RgbdFrame
from ...grasp.grasp import Gripper
from ...grasp.trained_view import TrainedView
from ...language.answer import Answer
from ...language.memory import DialogueMemory
from ...language.prompt import Turn
from ...model.word_eye.shipped import shipped_word_eye
from ...model.worker.worker import ModelWorker
from ...pipeline.command_flow import CommandFlow
from ...pipeline.command_outcome import CommandOutcome, CommandRequest, Execution
from ...pipeline.surroundings import OnVerdicts
from ..camera.camera_health import CameraHealth
from ..camera.camera_subscriptions import CameraSubscriptions
from ..frames.known_table import KnownTable
from ..messages.conversions import verdict_to_message
from ..node.node_process import STOP_TIMEOUT_S
from ..recording.attempt import Attempt, AttemptSettings
from ..recording.attempt_recorder import AttemptRecorder, RecordingPlace
from ..robot.own_robot import OwnRobot
from .executor_client import ExecutorClient
from .grasp_publishers import GraspPublishers, found_messages, grasp_messages
from .perception_health import CommandHistory
from .perception_parameters import PerceptionParameters

_NOT_ACTIVE = NotActive(
    "The perception node is not active; send 'ros2 lifecycle set /perception_node activate', "
    "before that 'configure' if it has not loaded its model yet."
)


class GraspCommandService:
    """Answers commands while it is open.

    Its interfaces live as long as the node: taking them off a node that spins breaks rclpy's wait.
    So a command is also answered, with `NOT_ACTIVE`, by a node that was not configured yet.
    """

    def __init__(
        self,
        node: LifecycleNode,
        listener: Node,
        parameters: Callable[[], PerceptionParameters],
        worker: ModelWorker,
        gripper: Gripper,
        recorder: AttemptRecorder,
        camera_health: CameraHealth,
        trained_view: TrainedView | None,
        known_table: KnownTable,
        own_robot: OwnRobot,
    ) -> None:
        """Create the interfaces on the node.

        Args:
            node: owns them.
            listener: hears the camera; a thread spins it.
            parameters: gives the parameters as they are now.
            worker: runs the model; whoever made it starts and stops it.
            gripper: its measures.
            recorder: takes every attempt where `record_dir` is set; whoever made it closes it.
            camera_health: hears all that comes from the camera.
            trained_view: how the model was trained to see a table, see `pipeline/looking.py`.
            known_table: where TF has the table.
            own_robot: leaves the robot out of what the camera sees.
        """
        self._node = node
        self._parameters = parameters
        self._worker = worker
        self._gripper = gripper
        self._recorder = recorder
        self._own_robot = own_robot
        self._history = CommandHistory()
        self._camera = CameraSubscriptions(listener, camera_health.hear, parameters)
        self._publishers = GraspPublishers(node)
        # Reentrant: a second command must be refused while the first one is being answered.
        group = ReentrantCallbackGroup()
        self._executor = ExecutorClient(node, group)
        self._flow = CommandFlow(
            self,
            gripper,
            lambda: self._parameters().approach,
            DialogueMemory(),
            lambda: trained_view,
            known_table.plane_in,
            shipped_word_eye,
            verify=lambda: self._parameters().verify,
        )
        self._flow.close(_NOT_ACTIVE)
        node.create_service(GraspCommand, "grasp_command", self._answer, callback_group=group)
        node.create_service(Trigger, "cancel_command", self._cancel, callback_group=group)

    def finding(self) -> Finding:
        """Return what the service does, and how the last command ended."""
        return self._history.finding(self._flow.is_open, self._flow.is_busy)

    def open(self) -> None:
        """Let commands in."""
        self._flow.open()

    def close(self) -> None:
        """Refuse commands, and see an answer and a motion under way end.

        The node has to be spun meanwhile, for the executor's reply.
        """
        if not self._flow.close(_NOT_ACTIVE, STOP_TIMEOUT_S):
            self._node.get_logger().error(
                "the command under way was told to end and did not; look at the arm"
            )

    def take_frame(self) -> RgbdFrame:
        """See `Surroundings`."""
        now = self._parameters()
        return self._own_robot.left_out(
            self._camera.take_frame(now.frame_timeout_s, now.sync_slop_s, self._is_cancelled)
        )

    def ask_model(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int,
        history: Sequence[Turn],
    ) -> list[Answer]:
        """See `Surroundings`."""
        return self._worker.answer(
            image_rgb,
            command,
            max_candidates,
            self._parameters().model_timeout_s,
            self._publishers.publish_text,
            history,
            self._is_cancelled,
        )

    def show(self, frame: RgbdFrame, outcome: CommandOutcome) -> None:
        """See `Surroundings`."""
        self._publishers.publish(frame, outcome, self._gripper)

    def execute(
        self, frame: RgbdFrame, outcome: CommandOutcome, on_verdicts: OnVerdicts
    ) -> Execution:
        """See `Surroundings`."""
        now = self._parameters()
        return self._executor.execute(
            [
                message
                for message in grasp_messages(frame, outcome)
                if message.rejected_code == ErrorCode.OK
            ],
            wait_s=now.executor_wait_s,
            timeout_s=now.execution_timeout_s,
            on_verdicts=on_verdicts,
            is_cancelled=self._is_cancelled,
        )

    def _is_cancelled(self) -> bool:
        return self._flow.is_cancelled

    def _cancel(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        """Answer the service `cancel_command`."""
        response.success = self._flow.cancel()
        response.message = (
            "The command ends as soon as it can; its own reply says how."
            if response.success
            else "No command is being carried out."
        )
        return response

    def _answer(
        self, request: GraspCommand.Request, response: GraspCommand.Response
    ) -> GraspCommand.Response:
        """Answer the service `grasp_command`."""
        begun_ns = self._node.get_clock().now().nanoseconds
        outcome = self._flow.run(
            CommandRequest(
                command=request.command,
                dialogue_id=request.dialogue_id,
                max_candidates=request.max_candidates,
                execute=request.execute,
            )
        )
        response.error_code = int(outcome.error_code)
        response.error_message = outcome.error_message
        if outcome.error_code is ErrorCode.NOT_ACTIVE:
            return response
        response.reasoning = outcome.reasoning
        response.grasps = grasp_messages(outcome.frame, outcome) if outcome.frame else []
        response.verdicts = [verdict_to_message(verdict) for verdict in outcome.verdicts]
        response.dialogue_id = outcome.dialogue_id
        response.executed = outcome.executed
        response.held = outcome.held
        response.stages = [
            StageTime(name=name, duration_s=duration_s)
            for name, duration_s in outcome.stages_s.items()
        ]
        self._log(outcome)
        self._history.note(outcome)
        self._record(request, response, outcome, begun_ns)
        return response

    def _record(
        self,
        request: GraspCommand.Request,
        response: GraspCommand.Response,
        outcome: CommandOutcome,
        begun_ns: int,
    ) -> None:
        """Keep the attempt where it is wanted; a command turned away for another is none."""
        now = self._parameters()
        if not now.record_dir or outcome.error_code is ErrorCode.BUSY:
            return
        attempt = Attempt(
            request=request,
            response=response,
            frame=outcome.frame,
            found=found_messages(outcome.frame, outcome) if outcome.frame else [],
            history=outcome.history,
            settings=AttemptSettings(
                node=self._node.get_fully_qualified_name(),
                model_dir=now.model_dir,
                approach=now.approach,
                gripper=self._gripper,
            ),
            begun_ns=begun_ns,
            ended_ns=self._node.get_clock().now().nanoseconds,
        )
        folder = Path(now.record_dir, self._node.get_namespace().strip("/"))
        self._recorder.record(attempt, RecordingPlace(folder, now.record_max_mb))

    def _log(self, outcome: CommandOutcome) -> None:
        """Say how a command ended."""
        logger = self._node.get_logger()
        stages = ", ".join(f"{name} {s:.3f} s" for name, s in outcome.stages_s.items())
        if outcome.error_code is ErrorCode.OK:
            logger.info(f"'{outcome.command[:80]}': {outcome.reasoning} ({stages})")
        else:
            logger.warning(
                f"'{outcome.command[:80]}': {outcome.error_code.name}: {outcome.error_message} "
                f"({stages})"
            )
