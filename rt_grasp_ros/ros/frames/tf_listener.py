"""TF: how frames lie to each other, by tf2_ros where it exists, else by our own tree."""

from __future__ import annotations

from functools import partial
from typing import Protocol

import numpy as np
import yaml
from numpy.typing import NDArray
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.time import Time
from tf2_msgs.msg import TFMessage

from ...grasp.errors import RequestInvalid, TransformUnavailable
from ..messages.poses import matrix_from_transform
from ..messages.stamps import nanoseconds_from_time
from .transform_tree import TransformTree

_QUEUE = 100


class TfListener(Protocol):
    """Answers how frames lay to each other."""

    def lookup(
        self, target: str, source: str, stamp_ns: int, timeout_s: float
    ) -> NDArray[np.float64]:
        """Return `T_target_source` at a moment, shape (4, 4), metres; wait for it if need be.

        Raises:
            TransformUnavailable: the frames were not connected at that moment within the time.
        """
        ...

    def frames(self) -> list[str]:
        """Return the names of all known frames, sorted."""
        ...


def listen_to_tf(node: Node) -> TfListener:
    """Return a listener to `/tf` and `/tf_static`; tf2_ros is not among the wheels of PyPI."""
    try:
        import tf2_ros  # noqa: F401
    except ImportError:
        return _TreeListener(node)
    return _Tf2Listener(node)


class _TreeListener:
    """Feeds a `TransformTree` from the topics."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._tree = TransformTree()
        self.lookup = self._tree.lookup
        self.frames = self._tree.frames
        # Not reentrant: rclpy hands out a ready message again until a thread has taken it.
        group = MutuallyExclusiveCallbackGroup()
        static_qos = QoSProfile(depth=_QUEUE, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self._subscriptions = [
            node.create_subscription(
                TFMessage, topic, partial(self._put, is_static=is_static), qos, callback_group=group
            )
            for topic, qos, is_static in (
                ("/tf", QoSProfile(depth=_QUEUE), False),
                ("/tf_static", static_qos, True),
            )
        ]

    def _put(self, message: TFMessage, is_static: bool) -> None:
        for transform in message.transforms:
            try:
                T_parent_child = matrix_from_transform(transform.transform)
            except RequestInvalid as error:
                self._node.get_logger().warning(
                    f"TF of '{transform.child_frame_id}': {error.message}",
                    throttle_duration_sec=10.0,
                )
                continue
            self._tree.put(
                transform.header.frame_id,
                transform.child_frame_id,
                T_parent_child,
                nanoseconds_from_time(transform.header.stamp),
                is_static=is_static,
            )


class _Tf2Listener:
    """Asks tf2_ros."""

    def __init__(self, node: Node) -> None:
        import tf2_ros

        self._buffer = tf2_ros.Buffer(node=node)
        self._listener = tf2_ros.TransformListener(self._buffer, node, spin_thread=False)
        self._failure = tf2_ros.TransformException
        self._clock_type = node.get_clock().clock_type

    def lookup(
        self, target: str, source: str, stamp_ns: int, timeout_s: float
    ) -> NDArray[np.float64]:
        """Return `T_target_source`; see `TfListener.lookup`."""
        try:
            stamped = self._buffer.lookup_transform(
                target,
                source,
                Time(nanoseconds=stamp_ns, clock_type=self._clock_type),
                Duration(seconds=timeout_s),
            )
        except self._failure as error:
            raise TransformUnavailable(
                f"TF does not connect '{source}' to '{target}' ({error}); publish the camera's "
                "pose as a static transform, and the robot's state."
            ) from error
        return matrix_from_transform(stamped.transform)

    def frames(self) -> list[str]:
        """Return the names of all known frames, sorted."""
        # The parents that nobody is a parent of are in the values only.
        edges = yaml.safe_load(self._buffer.all_frames_as_yaml()) or {}
        return sorted({*edges, *(edge["parent"] for edge in edges.values())})
