"""Carrying commands out: camera, model, publishers, executor and recording behind one flow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rclpy.lifecycle import LifecycleNode
from rclpy.node import Node

from ...doctor.finding import Finding
from ...grasp.error_code import ErrorCode
from ...grasp.errors import NotActive
from ...grasp.frame import RgbdFrame
from ...grasp.grasp import Gripper
from ...grasp.trained_view import TrainedView
from ...language.answer import Answer
from ...language.memory import DialogueMemory
from ...language.prompt import Turn
from ...model.point_eye.shipped import shipped_point_eye
from ...model.word_eye.shipped import shipped_word_eye
from ...model.worker.worker import ModelWorker
from ...pipeline.caller import Caller
from ...pipeline.command_flow import CommandFlow
from ...pipeline.command_outcome import CommandOutcome, CommandRequest, Execution
from ...pipeline.command_stage import CommandStage
from ...pipeline.surroundings import OnVerdicts
from ...proposals.proposal import Proposals
from ..camera.camera_health import CameraHealth
from ..camera.camera_subscriptions import CameraSubscriptions
from ..frames.known_table import KnownTable
from ..node.node_process import STOP_TIMEOUT_S
from ..recording.attempt import Attempt, AttemptSettings
from ..recording.attempt_recorder import AttemptRecorder, RecordingPlace
from ..robot.own_robot import OwnRobot
from .command_messages import found_messages, grasp_messages, service_request, service_response
from .executor_client import ExecutorClient
from .grasp_publishers import GraspPublishers
from .malloc_thresholds import GiveBackInPauses
from .perception_health import CommandHistory
from .perception_parameters import PerceptionParameters

_NOT_ACTIVE = NotActive(
    "The perception node is not active; send 'ros2 lifecycle set /perception_node activate', "
    "before that 'configure' if it has not loaded its model yet."
)


class CommandRunner:
    """Carries out one command at a time, whichever way it came, and refuses all while closed."""

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
        proposals: Proposals | None = None,
    ) -> None:
        """Connect to camera and executor, and create the publishers; closed at first.

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
            proposals: finds grasps on things; by depth where left out.
        """
        self._node = node
        self._parameters = parameters
        self._worker = worker
        self._gripper = gripper
        self._recorder = recorder
        self._own_robot = own_robot
        self._history = CommandHistory()
        self._freed = GiveBackInPauses()
        self._camera = CameraSubscriptions(listener, camera_health.hear, parameters)
        self._publishers = GraspPublishers(node)
        self._executor = ExecutorClient(node)
        self._flow = CommandFlow(
            self,
            gripper,
            lambda: self._parameters().approach,
            DialogueMemory(),
            lambda: trained_view,
            known_table.plane_in,
            shipped_word_eye,
            verify=lambda: self._parameters().verify,
            proposals=proposals,
            thing_under=shipped_point_eye,
        )
        self._flow.close(_NOT_ACTIVE)

    def finding(self) -> Finding:
        """Return what is being done, and how the last command ended."""
        return self._history.finding(self._flow.is_open, self._flow.is_busy)

    def run(self, request: CommandRequest, caller: Caller | None = None) -> CommandOutcome:
        """Carry out a command, log and record it; every failure is in the outcome.

        Args:
            request: what is asked for.
            caller: who asks, see `CommandFlow.run`.
        """
        begun_ns = self._node.get_clock().now().nanoseconds
        with self._freed.command():
            outcome = self._flow.run(request, caller)
        if outcome.error_code is not ErrorCode.NOT_ACTIVE:
            self._log(outcome)
            self._history.note(outcome)
            self._record(request, outcome, begun_ns)
        return outcome

    def cancel(self) -> bool:
        """Let the command under way end, whoever sent it; return whether there is one."""
        return self._flow.cancel()

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
            self._hear_text,
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
            on_stage=lambda stage: self._flow.caller.on_stage(CommandStage[stage.name]),
            is_cancelled=self._is_cancelled,
        )

    def _is_cancelled(self) -> bool:
        return self._flow.is_cancelled

    def _hear_text(self, text: str) -> None:
        """Pass on what the model has written so far."""
        self._publishers.publish_text(text)
        self._flow.caller.on_text(text)

    def _record(self, request: CommandRequest, outcome: CommandOutcome, begun_ns: int) -> None:
        """Keep the attempt where it is wanted; a command turned away for another is none."""
        now = self._parameters()
        if not now.record_dir or outcome.error_code is ErrorCode.BUSY:
            return
        attempt = Attempt(
            request=service_request(request),
            response=service_response(outcome),
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
