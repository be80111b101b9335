"""The perception node: from a sentence and the camera to grasps, and on request to the executor."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from rclpy.lifecycle import LifecycleState, TransitionCallbackReturn
from rclpy.node import Node

from ...doctor.finding import Finding
from ...grasp.errors import RequestInvalid, RtGraspError
from ...grasp.grasp import Gripper
from ...grasp.trained_view import TrainedView
from ...model.checkpoint import trained_view_at
from ...model.engine import EngineSettings
from ...model.family import find_family
from ...model.pointing.pointing_family import PointingFamily
from ...model.server_settings import ServerSettings
from ...model.torch_settings import TorchSettings
from ...model.worker.worker import ModelWorker
from ...model.worker.worker_messages import EngineSource
from ...motion.gripper import load_gripper
from ...proposals.outside.graspgen import GraspGenProposals
from ...proposals.proposal import Proposals
from ...resources import given_or_shipped
from ..camera.camera_health import CameraHealth
from ..camera.camera_subscriptions import CAMERA_TOPICS
from ..frames.known_table import KnownTable, base_frame_of
from ..frames.tf_listener import TfListener, listen_to_tf
from ..node.diagnostics import DiagnosticsPublisher
from ..node.lifecycle import made_and_starting
from ..node.listening_node import ListeningNode
from ..node.node_process import STOP_TIMEOUT_S, run_node
from ..node.parameters import Parameters
from ..node.robot_clock import RobotClock
from ..rclpy_fixes.managed_node import ManagedNode
from ..recording.attempt_recorder import AttemptRecorder, RecorderState
from ..robot.own_robot import OwnRobot
from .command_runner import CommandRunner
from .grasp_action import GraspAction
from .grasp_command_service import GraspCommandService
from .grasp_topic import GraspTopic, GraspTopicSettings
from .malloc_thresholds import keep_freed_pictures
from .perception_health import model_finding, recorder_finding
from .perception_parameters import PerceptionParameters

# Command, a second command to refuse, goals and cancels, the executor's answers, lifecycle,
# diagnostics and markers, parameters.
THREADS = 7


class PerceptionNode(ManagedNode):
    """Offers `grasp` and `grasp_command`, and answers them while active.

    Configure loads the model into its process; activate warms it up and lets commands in;
    deactivate refuses them and stops what is under way; cleanup frees the model.
    """

    def __init__(self, engine: EngineSource | None = None, **options: Any) -> None:
        """Declare the parameters and create the interfaces.

        Args:
            engine: answers in place of the engine that the parameters name.
            options: passed on to `LifecycleNode`.

        Raises:
            ProfileInvalid: the robot's or the gripper's profile is wrong.
            RequestInvalid: grasps are to come from two places.
            FileNotFoundError: there is no such profile or model.
        """
        self._on_destroy = ExitStack()
        super().__init__("perception_node", **options)
        self._declared = Parameters(self, PerceptionParameters)
        now = self._declared.snapshot()
        self._worker = ModelWorker(
            engine or _engine_of(now),
            load_timeout_s=now.model_load_timeout_s,
            on_failure=lambda error: self.get_logger().error(error.message),
        )
        self._on_destroy.callback(self._worker.stop)
        gripper, robot = load_gripper(given_or_shipped(now.gripper)), given_or_shipped(now.robot)
        self._recorder = AttemptRecorder(lambda error: self.get_logger().error(error.message))
        self._on_destroy.callback(self._recorder.close, STOP_TIMEOUT_S)
        self._listener = ListeningNode(self, **options)
        self._on_destroy.callback(self._listener.destroy_node)
        self._camera_health = CameraHealth(RobotClock(self._listener).now_s)
        tf = listen_to_tf(self._listener)
        base_frame = base_frame_of(robot)
        self._grasp_topic = _grasp_topic_of(now, self._listener, tf, base_frame, gripper.geometry)
        self._commands = CommandRunner(
            self,
            self._listener,
            self._declared.snapshot,
            self._worker,
            gripper.geometry,
            self._recorder,
            self._camera_health,
            _trained_view_of(now) if engine is None else None,
            KnownTable(tf, base_frame, lambda: self._declared.snapshot().table_z_m),
            OwnRobot(self, self._listener, tf, robot, gripper),
            self._grasp_topic or _proposals_of(now, gripper.geometry),
        )
        self._service = GraspCommandService(self, self._commands)
        self._action = GraspAction(self, self._commands)
        self._diagnostics = DiagnosticsPublisher(self, "perception", self._examine)
        self._on_destroy.callback(self._action.destroy)
        self._on_destroy.callback(self._commands.close)

    def _examine(self) -> list[Finding]:
        """Return what the node's diagnostics say."""
        self._listener.raise_failure()
        publishers = {  # rclpy counts names as they are, without its remappings
            topic: self.count_publishers(self.resolve_topic_name(topic)) for topic in CAMERA_TOPICS
        }
        commands = self._commands.finding()
        is_active = commands.status == "ok"
        return [
            *self._camera_health.findings(publishers, self.get_clock().now().nanoseconds),
            model_finding(self._worker, is_active),
            commands,
            recorder_finding(self._recorder.state, self._declared.snapshot().record_dir),
            *([self._grasp_topic.finding()] if self._grasp_topic else []),
        ]

    @property
    def recorder_state(self) -> RecorderState:
        """How the recording of attempts goes."""
        return self._recorder.state

    @property
    def is_told_to_start(self) -> bool:
        """Whether the parameter `autostart` says that the node is to bring itself up."""
        return self._declared.snapshot().autostart

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load the model; failing leaves the node unconfigured."""
        try:
            self._worker.start(self.get_logger().info)
        except RtGraspError as error:
            self.get_logger().error(error.message)
            return TransitionCallbackReturn.FAILURE
        if self._worker.note:
            self.get_logger().info(self._worker.note)
        return TransitionCallbackReturn.SUCCESS

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Warm the model up and let commands in; failing leaves the node inactive."""
        try:
            self._worker.warm_up(self.get_logger().info)
        except RtGraspError as error:
            self.get_logger().error(error.message)
            return TransitionCallbackReturn.FAILURE
        self._commands.open()
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Refuse commands and stop the arm."""
        self._commands.close()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Free the model."""
        self._worker.stop()
        return TransitionCallbackReturn.SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop the arm and free the model."""
        self._commands.close()
        self._worker.stop()
        return TransitionCallbackReturn.SUCCESS

    def end_commands(self) -> None:
        """Refuse commands and see the one under way end; the node is to be spun meanwhile."""
        self._commands.close()

    def destroy_node(self) -> None:
        """Free the model, also without a transition; a node half made by a failure, too."""
        self._on_destroy.close()
        super().destroy_node()


def _engine_of(parameters: PerceptionParameters) -> EngineSource:
    return EngineSource(
        arguments={
            "model_dir": given_or_shipped(parameters.model_dir),
            "backend": parameters.model_backend,
            "settings": EngineSettings(
                family=parameters.model_family,
                server=_server_settings_of(parameters),
                torch=_torch_settings_of(parameters),
            ),
        }
    )


def _trained_view_of(parameters: PerceptionParameters) -> TrainedView | None:
    """Return how the model was trained to see a table; a server does not say."""
    points = isinstance(find_family(parameters.model_family), PointingFamily)
    if parameters.model_backend == "openai" or points:
        return None
    return trained_view_at(given_or_shipped(parameters.model_dir))


def _grasp_topic_of(
    parameters: PerceptionParameters,
    listener: Node,
    tf: TfListener,
    base_frame: str,
    gripper: Gripper,
) -> GraspTopic | None:
    """Return what hears the grasps of another node; None where none is named."""
    if not parameters.grasps_topic:
        return None
    if parameters.graspgen_url:
        raise RequestInvalid(
            "The parameters graspgen_url and grasps_topic both say where grasps come from; empty "
            "one of them."
        )
    settings = GraspTopicSettings(
        parameters.grasps_topic,
        parameters.grasps_max_age_s,
        parameters.grasps_timeout_s,
        parameters.grasps_base_to_pads_m,
    )
    return GraspTopic(listener, tf, base_frame, gripper, settings)


def _proposals_of(parameters: PerceptionParameters, gripper: Gripper) -> Proposals | None:
    """Return what proposes grasps on things; None where that is done by depth."""
    if not parameters.graspgen_url:
        return None
    return GraspGenProposals(
        parameters.graspgen_url,
        gripper,
        parameters.graspgen_base_to_pads_m,
        parameters.graspgen_timeout_s,
    )


def _torch_settings_of(parameters: PerceptionParameters) -> TorchSettings:
    adapter = parameters.model_adapter
    return TorchSettings(
        parameters.model_device,
        parameters.model_quantise,
        given_or_shipped(adapter) if adapter else None,
        parameters.model_acceleration,
        parameters.model_drafts,
    )


def _server_settings_of(parameters: PerceptionParameters) -> ServerSettings:
    return ServerSettings(
        url=parameters.server_url,
        model=parameters.server_model,
        key_variable=parameters.server_key_variable,
        picture_format=parameters.server_picture_format,
        connect_timeout_s=parameters.server_connect_timeout_s,
        first_token_timeout_s=parameters.server_first_token_timeout_s,
        total_timeout_s=parameters.server_timeout_s,
        max_tokens=parameters.server_max_tokens,
        retries=parameters.server_retries,
    )


def main(args: list[str] | None = None) -> None:
    """Run the node until it is stopped."""
    keep_freed_pictures()

    def make_node() -> PerceptionNode:
        return made_and_starting(PerceptionNode, lambda node: node.is_told_to_start)

    run_node(make_node, "perception_node", args, THREADS, end_work=PerceptionNode.end_commands)


if __name__ == "__main__":
    main()
