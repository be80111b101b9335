"""Pictures of the camera with the pose that TF gives it."""

from __future__ import annotations

from collections.abc import Iterator

from rclpy.node import Node

from ...doctor.calibration_findings import PosedFrame
from ..frames.tf_listener import listen_to_tf
from .camera_subscriptions import CameraSubscriptions

_FRAME_TIMEOUT_S = 10.0
_TF_TIMEOUT_S = 2.0
_SLOP_S = 0.1


def posed_frames(
    node: Node, base_frame: str, mount_frame: str | None, count: int
) -> Iterator[PosedFrame]:
    """Yield new pictures one after another.

    Args:
        node: spun elsewhere.
        base_frame: the robot's.
        mount_frame: the frame that the user publishes; None for the optical one.
        count: how many.

    Raises:
        CameraError: no usable picture comes.
        TransformUnavailable: TF does not connect the frames to the base.
    """
    camera, tf = CameraSubscriptions(node), listen_to_tf(node)
    for _ in range(count):
        frame = camera.take_frame(_FRAME_TIMEOUT_S, _SLOP_S)
        T_base_camera, T_base_mount = (
            tf.lookup(base_frame, source, frame.stamp_ns, _TF_TIMEOUT_S)
            for source in (frame.frame_id, mount_frame or frame.frame_id)
        )
        yield PosedFrame(frame, T_base_camera, T_base_mount)
