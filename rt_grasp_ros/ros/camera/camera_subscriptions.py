"""The camera as a node sees it: the latest messages, and a picture newer than a request."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_srvs.srv import Trigger

from ...grasp.depth import without_blind_rim
from ...grasp.errors import CameraError, CameraTriggerFailed, NoCameraInfo, NoDepth, NoImage
from ...grasp.frame import RgbdFrame, require_described
from ...grasp.frame_buffer import FrameBuffer, Stamped
from ...grasp.plausible import require_usable
from ..messages.camera_info import intrinsics_from_message, picture_size_px
from ..messages.images import depth_m_from_image, rgb_from_image
from ..messages.stamps import nanoseconds_from_time
from ..node.robot_clock import RobotClock
from ..rclpy_fixes.service_call import NotReady, call
from .camera_parameters import CameraParameters
from .camera_topic import CameraTopic

CAMERA_TOPICS = (
    "camera/color/image_raw",
    "camera/aligned_depth_to_color/image_raw",
    "camera/color/camera_info",
)
"""Colour, depth registered to it, and the description of both."""

_FOLLOW_PERIOD_S = 0.5
_RECTIFIED = re.compile(r"(^|[/_])rect(ified)?([/_]|$)")


class CameraSubscriptions:
    """Listens to colour, registered depth and camera_info; decodes only what is asked for."""

    def __init__(
        self,
        node: Node,
        on_heard: Callable[[str, Stamped], None] = lambda topic, message: None,
        parameters: Callable[[], CameraParameters] = CameraParameters,
    ) -> None:
        """Subscribe to what is published, compressed or not, latched or not.

        Args:
            node: which an executor spins.
            on_heard: gets the topic, as in `CAMERA_TOPICS`, and the message of all that comes.
            parameters: gives what is known of the camera as it is now.
        """
        self._node, self._parameters = node, parameters
        self._clock = RobotClock(node)
        self._frames: FrameBuffer[Image | CompressedImage, CameraInfo] = FrameBuffer()
        group = MutuallyExclusiveCallbackGroup()

        def listen(kind: type, topic: str, put: Callable[[Stamped], None]) -> CameraTopic:
            def hear(message: Image | CompressedImage | CameraInfo) -> None:
                stamped = self._stamped(message)
                put(stamped)
                on_heard(topic, stamped)

            return CameraTopic(node, topic, kind, hear, group)

        colour, depth, info = CAMERA_TOPICS
        self._colour = listen(Image, colour, self._frames.put_colour)
        self._depth = listen(Image, depth, self._frames.put_depth)
        self._info = listen(CameraInfo, info, self._frames.put_info)
        node.create_timer(_FOLLOW_PERIOD_S, self._follow, callback_group=group)
        name = parameters().camera_trigger
        self._trigger = (
            node.create_client(Trigger, name, callback_group=ReentrantCallbackGroup())
            if name
            else None
        )

    def take_frame(
        self, timeout_s: float, slop_s: float, is_cancelled: Callable[[], bool] = lambda: False
    ) -> RgbdFrame:
        """Return a picture taken after this call.

        Args:
            timeout_s: how long to wait for it, by the robot's clock.
            slop_s: how far the stamps of colour and depth may lie apart.
            is_cancelled: asked 20 times a second.

        Raises:
            Cancelled: it was asked to stop.
            CameraError: nothing usable came; the subclass and the message say why.
        """
        clock = self._node.get_clock()
        since_ns = clock.now().nanoseconds
        self._take_picture(timeout_s)
        try:
            messages = self._frames.wait_newer(
                since_ns,
                slop_s,
                timeout_s,
                lambda: clock.now().nanoseconds,
                is_cancelled,
                clock_s=self._clock.now_s,
            )
        except (NoImage, NoDepth, NoCameraInfo) as error:
            raise self._with_graph(error) from error
        now = self._parameters()
        is_rectified = self._is_rectified(now)
        rgb = rgb_from_image(messages.colour.message)
        require_described(rgb, picture_size_px(messages.info.message))
        intrinsics = intrinsics_from_message(messages.info.message, is_rectified)
        self._node.get_logger().info(
            f"The pictures of {self._colour.name} are taken for "
            f"{'rectified (P counts)' if is_rectified else 'raw (K and D count)'}; "
            "camera_rectified says otherwise.",
            once=True,
        )
        depth_m = depth_m_from_image(messages.depth.message, now.depth_scale or None)
        frame = RgbdFrame(
            rgb=rgb,
            depth_m=depth_m,
            intrinsics=intrinsics,
            frame_id=messages.colour.frame_id,
            stamp_ns=messages.colour.stamp_ns,
        )
        require_usable(frame)
        return replace(frame, depth_m=without_blind_rim(depth_m, intrinsics))

    def _take_picture(self, timeout_s: float) -> None:
        """Make a camera that does so on a trigger take a picture."""
        if self._trigger is None:
            return
        name = self._trigger.srv_name
        try:
            reply = call(
                self._trigger, Trigger.Request(), timeout_s, f"The camera's {name} did not reply"
            )
        except NotReady as error:
            raise CameraTriggerFailed(error.message) from error
        if not reply.success:
            raise CameraTriggerFailed(
                f"The camera's {name} says '{reply.message[:200]}'; read its driver's log."
            )

    def _is_rectified(self, now: CameraParameters) -> bool:
        if now.camera_rectified == "auto":
            return _RECTIFIED.search(self._colour.name.rpartition("/")[2]) is not None
        return now.camera_rectified == "rectified"

    def _with_graph(self, error: CameraError) -> CameraError:
        """Return the error with what the graph shows."""
        kind = type(error)
        topic = {NoImage: self._colour, NoDepth: self._depth, NoCameraInfo: self._info}[kind]
        return kind(f"{error.message} {topic.explain()}")

    def _follow(self) -> None:
        for topic in (self._colour, self._depth, self._info):
            topic.follow()

    def _stamped(self, message: Image | CompressedImage | CameraInfo) -> Stamped:
        if self._parameters().camera_stamps == "arrival":
            stamp_ns = self._node.get_clock().now().nanoseconds
        else:
            stamp_ns = nanoseconds_from_time(message.header.stamp)
        return Stamped(stamp_ns, message.header.frame_id, message)
