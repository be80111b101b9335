"""The browser node: a page with camera, grasps, arm, reasoning, a command box and a stop button."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

from nav_msgs.msg import Path
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from visualization_msgs.msg import MarkerArray

from rt_grasp_ros.action import ExecuteGrasp
from rt_grasp_ros.msg import Grasp as GraspMessage

from ...browser.callbacks import PageCallbacks
from ...browser.robot_body import RobotBody
from ...browser.shapes import coloured_cloud
from ...grasp.draw import draw_grasps
from ...grasp.errors import BackendUnavailable, RtGraspError, TransformUnavailable
from ...grasp.grasp import Grasp
from ...motion.pick_outcome import Stage
from ...motion.robot import load_robot
from ...resources import given_or_shipped
from ..camera.camera_subscriptions import CameraSubscriptions
from ..frames.tf_listener import listen_to_tf
from ..messages.grasps import grasp_from_message
from ..messages.motion_conversions import reading_from_message
from ..messages.stamps import nanoseconds_from_time
from ..node.listening_node import ListeningNode
from ..node.node_process import run_node
from ..node.parameters import Parameters
from ..node.qos import LATCHED
from ..node.robot_clock import steady_timer
from .browser_commands import BrowserCommands
from .browser_parameters import BrowserParameters
from .browser_shapes import shapes_from_markers, way_from_path

if TYPE_CHECKING:
    from ...browser.page import Page

# Camera, pictures, poses, replies, all else.
THREADS = 5
_POSE_RATE_HZ = 10.0
_FRAMES_RATE_HZ = 2.0
_TF_TIMEOUT_S = 0.5
_FRAME_AGE_NS = 200_000_000  # TF of this moment is known; of right now it need not be
_JOINTS_TIMEOUT_S = 1.0


class BrowserNode(Node):
    """Serves the page and keeps it up to date while somebody looks at it."""

    def __init__(self, **options: Any) -> None:
        """Serve the page from now on.

        Args:
            options: passed on to `Node`.

        Raises:
            BackendUnavailable: viser is not installed.
            ProfileInvalid: the robot's profile is wrong.
            RequestInvalid: the page can't be served where the parameters say.
            FileNotFoundError: there is no such profile.
        """
        self._on_destroy = ExitStack()
        super().__init__("browser_node", **options)
        self._declared = Parameters(self, BrowserParameters)
        now = self._declared.snapshot()
        robot = load_robot(given_or_shipped(now.robot))
        self._base_frame = robot.base_frame
        self._body = RobotBody(robot)
        self._joints: dict[str, float] = {}
        self._joints_s = -float("inf")
        self._grasps: list[Grasp] = []
        self._picture_problem = ""
        self._page = _open_page(now)
        self._on_destroy.callback(self._page.close)
        self._page.view.put_robot(self._body.meshes)
        self._commands = BrowserCommands(
            self, self._page.panel, self._declared.snapshot, self._show_candidates
        )
        self._on_destroy.callback(self._commands.close)
        self._listener = ListeningNode(self, **options)
        self._on_destroy.callback(self._listener.destroy_node)
        self._tf = listen_to_tf(self._listener)
        self._camera = CameraSubscriptions(self._listener, parameters=self._declared.snapshot)
        self._listen()
        self._page.panel.connect(
            PageCallbacks(self._commands.send, self._commands.stop, self._commands.confirm)
        )
        self.get_logger().info(f"the page is at {self.url}")

    @property
    def url(self) -> str:
        """Where the page is."""
        return self._page.url

    def destroy_node(self) -> None:
        """Close the page; a node half made by a failure, too."""
        self._on_destroy.close()
        super().destroy_node()

    def _listen(self) -> None:
        """Subscribe to what is shown, and refresh what is not sent."""
        shown = MutuallyExclusiveCallbackGroup()
        feedback = ExecuteGrasp.Impl.FeedbackMessage
        for kind, topic, hear, qos in (
            (String, "reasoning", self._hear_reasoning, 10),
            (GraspMessage, "grasp", self._hear_grasp, LATCHED),
            (MarkerArray, "grasp_markers", self._hear_markers, LATCHED),
            (Path, "plan", self._hear_plan, LATCHED),
            (feedback, "execute_grasp/_action/feedback", self._hear_feedback, 10),
        ):
            self.create_subscription(kind, topic, hear, qos, callback_group=shown)
        self._listener.create_subscription(
            JointState, "joint_states", self._hear_joints, qos_profile_sensor_data
        )
        for rate_hz, refresh in (
            (self._declared.snapshot().picture_rate_hz, self._refresh_picture),
            (_POSE_RATE_HZ, self._refresh_arm),
            (_FRAMES_RATE_HZ, self._refresh_frames),
        ):
            steady_timer(self, 1.0 / rate_hz, refresh, MutuallyExclusiveCallbackGroup())

    def _show_candidates(self, grasps: list[Grasp]) -> None:
        self._grasps = grasps
        self._page.panel.show_candidates(grasps)

    def _hear_reasoning(self, message: String) -> None:
        """Show what is written about anybody's command; so with grasps, plans and stages."""
        self._page.panel.show_reasoning(message.data)

    def _hear_grasp(self, message: GraspMessage) -> None:
        with suppress(RtGraspError):
            self._show_candidates([grasp_from_message(message)])

    def _hear_plan(self, message: Path) -> None:
        self._page.view.show_plan(way_from_path(message))

    def _hear_feedback(self, message: ExecuteGrasp.Impl.FeedbackMessage) -> None:
        stage = Stage(message.feedback.stage)
        self._page.panel.show_stage(f"The arm: {stage.name.lower()}.")
        self._page.panel.ask_to_confirm(stage is Stage.CONFIRMING)

    def _hear_joints(self, message: JointState) -> None:
        heard = reading_from_message(message, message.name).positions
        self._joints = self._joints | heard  # arm and gripper may come apart
        self._joints_s = time.monotonic()

    def _hear_markers(self, message: MarkerArray) -> None:
        if not message.markers:
            return
        header = message.markers[0].header
        try:
            T_base_frame = self._tf.lookup(
                self._base_frame,
                header.frame_id,
                nanoseconds_from_time(header.stamp),
                _TF_TIMEOUT_S,
            )
            self._page.view.show_grasps(*shapes_from_markers(message, T_base_frame))
        except RtGraspError as error:
            self.get_logger().warning(f"the candidates can't be shown: {error.message}")

    def _refresh_picture(self) -> None:
        """Show what the camera sees now, flat and in space."""
        if not self._page.is_watched:
            return
        now = self._declared.snapshot()
        try:
            frame = self._camera.take_frame(now.frame_timeout_s, now.sync_slop_s)
            self._page.panel.show_picture(draw_grasps(frame.rgb, self._grasps))
            T_base_camera = self._tf.lookup(
                self._base_frame, frame.frame_id, frame.stamp_ns, _TF_TIMEOUT_S
            )
            self._page.view.show_cloud(coloured_cloud(frame, T_base_camera))
            self._picture_problem = ""
        except RtGraspError as error:
            self._picture_problem = error.message

    def _refresh_arm(self) -> None:
        if self._page.is_watched and self._joints:
            self._page.view.move_robot(self._body.poses(self._joints))

    def _refresh_frames(self) -> None:
        """Show the frames of TF, and what is missing."""
        self._listener.raise_failure()
        if not self._page.is_watched:
            return
        stamp_ns = self.get_clock().now().nanoseconds - _FRAME_AGE_NS
        frames = {}
        for name in self._tf.frames():
            with suppress(TransformUnavailable):
                frames[name] = self._tf.lookup(self._base_frame, name, stamp_ns, 0.0)
        self._page.view.show_frames(frames)
        self._page.panel.show_problems(self._problems())

    def _problems(self) -> list[str]:
        problems = self._commands.problems()
        if self._picture_problem:
            problems.append(self._picture_problem)
        if time.monotonic() - self._joints_s > _JOINTS_TIMEOUT_S:
            problems.append(
                "No joint states come on 'joint_states'; start the joint state broadcaster."
            )
        return problems


def _open_page(parameters: BrowserParameters) -> Page:
    try:
        from ...browser.page import Page
    except ImportError as error:
        raise BackendUnavailable(
            f"The page needs viser ({error}); install it: pip install 'rt_grasp_ros[browser]'."
        ) from error
    return Page(parameters.host, parameters.port, parameters.command)


def main(args: list[str] | None = None) -> None:
    """Run the node until it is stopped."""
    run_node(BrowserNode, "browser_node", args, THREADS)


if __name__ == "__main__":
    main()
