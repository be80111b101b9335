"""The camera as a node sees it: the latest messages, and a picture newer than a request."""

from __future__ import annotations

from collections.abc import Callable

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image

from ..grasp.frame import FrameBuffer, RgbdFrame, Stamped
from .conversions import intrinsics_from_message, nanoseconds_from_time
from .images import depth_m_from_image, rgb_from_image
from .robot_clock import RobotClock

CAMERA_TOPICS = (
    "camera/color/image_raw",
    "camera/aligned_depth_to_color/image_raw",
    "camera/color/camera_info",
)
"""Colour, depth registered to it, and the description of both."""


class CameraSubscriptions:
    """Listens to colour, registered depth and camera_info; decodes only what is asked for."""

    def __init__(
        self, node: Node, on_heard: Callable[[str, Stamped], None] = lambda topic, message: None
    ) -> None:
        """Subscribe with sensor QoS, which matches reliable and best-effort drivers.

        Args:
            node: which an executor spins.
            on_heard: gets the topic, as in `CAMERA_TOPICS`, and the message of all that comes.
        """
        self._node = node
        self._clock = RobotClock(node)
        self._frames: FrameBuffer[Image, CameraInfo] = FrameBuffer()
        group = MutuallyExclusiveCallbackGroup()

        def listen(kind: type, topic: str, put: Callable[[Stamped], None]) -> None:
            def hear(message: Image | CameraInfo) -> None:
                stamped = _stamped(message)
                put(stamped)
                on_heard(topic, stamped)

            node.create_subscription(
                kind, topic, hear, qos_profile_sensor_data, callback_group=group
            )

        colour, depth, info = CAMERA_TOPICS
        listen(Image, colour, self._frames.put_colour)
        listen(Image, depth, self._frames.put_depth)
        listen(CameraInfo, info, self._frames.put_info)

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
        messages = self._frames.wait_newer(
            clock.now().nanoseconds,
            slop_s,
            timeout_s,
            lambda: clock.now().nanoseconds,
            is_cancelled,
            clock_s=self._clock.now_s,
        )
        if any(messages.info.message.d):
            self._node.get_logger().warning(
                "camera_info holds lens distortion, which is not taken out: grasps near the edge "
                "of the picture are a little off; remap to the rectified picture (image_rect).",
                once=True,
            )
        return RgbdFrame(
            rgb=rgb_from_image(messages.colour.message),
            depth_m=depth_m_from_image(messages.depth.message),
            intrinsics=intrinsics_from_message(messages.info.message),
            frame_id=messages.colour.frame_id,
            stamp_ns=messages.colour.stamp_ns,
        )


def _stamped(message: Image | CameraInfo) -> Stamped:
    stamp_ns = nanoseconds_from_time(message.header.stamp)
    return Stamped(stamp_ns, message.header.frame_id, message)
