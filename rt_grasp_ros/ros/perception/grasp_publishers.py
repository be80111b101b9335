"""What the perception node publishes about a command: grasp, pose, markers, picture, reasoning."""

from __future__ import annotations

from geometry_msgs.msg import PoseStamped
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.lifecycle import LifecycleNode
from sensor_msgs.msg import Image
from std_msgs.msg import String
from visualization_msgs.msg import MarkerArray

from rt_grasp_ros.msg import Grasp as GraspMessage

from ...grasp.draw import draw_grasps
from ...grasp.frame import RgbdFrame
from ...grasp.grasp import Gripper
from ...pipeline.command_outcome import CommandOutcome
from ..messages.images import image_from_array
from ..messages.markers import grasp_markers
from ..messages.stamps import header_of
from ..node.qos import LATCHED
from .command_messages import grasp_messages

_REPEAT_S = 1.0
_REPEATS = 3


class GraspPublishers:
    """The perception node's publishers; they are silent unless the node is active."""

    def __init__(self, node: LifecycleNode) -> None:
        """Create the publishers on the node.

        RViz drops markers whose frame it does not know yet, and asks for them once alone: they
        are sent again some times after somebody has begun to listen.
        """
        self._grasp = node.create_lifecycle_publisher(GraspMessage, "grasp", LATCHED)
        self._pose = node.create_lifecycle_publisher(PoseStamped, "grasp_pose", LATCHED)
        self._markers = node.create_lifecycle_publisher(MarkerArray, "grasp_markers", LATCHED)
        self._image = node.create_lifecycle_publisher(Image, "grasp_image", LATCHED)
        self._reasoning = node.create_lifecycle_publisher(String, "reasoning", 10)
        self._newest_markers: MarkerArray | None = None
        self._listeners = self._repeats = 0
        group = MutuallyExclusiveCallbackGroup()
        node.create_timer(_REPEAT_S, self._repeat_markers, callback_group=group)

    def publish_text(self, text: str) -> None:
        """Publish what the model has written so far."""
        self._reasoning.publish(String(data=text))

    def publish(self, frame: RgbdFrame, outcome: CommandOutcome, gripper: Gripper) -> None:
        """Publish the candidates as markers and in the picture, and the best one if executable."""
        header = header_of(frame)
        grasps = [candidate.grasp for candidate in outcome.candidates]
        self._newest_markers = grasp_markers(grasps, gripper, header)
        self._markers.publish(self._newest_markers)
        picture = draw_grasps(frame.rgb, grasps, outcome.reasoning)
        self._image.publish(image_from_array(picture, header))
        if grasps and grasps[0].is_executable:
            message = grasp_messages(frame, outcome)[0]
            self._grasp.publish(message)
            self._pose.publish(PoseStamped(header=header, pose=message.pose))

    def _repeat_markers(self) -> None:
        """Send the newest markers again where somebody began to listen a moment ago."""
        listeners = self._markers.get_subscription_count()
        if listeners > self._listeners:
            self._repeats = _REPEATS
        self._listeners = listeners
        if self._repeats and self._newest_markers is not None:
            self._repeats -= 1
            self._markers.publish(self._newest_markers)
