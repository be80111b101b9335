"""One topic of a camera, in the form and with the QoS that its publisher offers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from rclpy.callback_groups import CallbackGroup
from rclpy.node import Node
from rclpy.qos import (
    DurabilityPolicy,
    QoSProfile,
    ReliabilityPolicy,
    qos_profile_sensor_data,
)
from sensor_msgs.msg import CompressedImage, Image

_IMAGE, _COMPRESSED = "sensor_msgs/msg/Image", "sensor_msgs/msg/CompressedImage"
_LATCHED = QoSProfile(
    depth=5,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
)


class CameraTopic:
    """Listens to a topic, or to its compressed form where only that is published."""

    def __init__(
        self,
        node: Node,
        name: str,
        kind: type,
        hear: Callable[[Any], None],
        group: CallbackGroup,
    ) -> None:
        """Listen to the topic as it is with sensor QoS until `follow` finds another offer.

        Args:
            node: which listens.
            name: relative, of the uncompressed topic.
            kind: `Image` or `CameraInfo`.
            hear: gets every message, an `Image` or `CompressedImage`, or a `CameraInfo`.
            group: of the callback.
        """
        self._node, self._kind, self._hear, self._group = node, kind, hear, group
        self._lock = threading.Lock()
        self.name = node.resolve_topic_name(name)
        self._now = (self.name, kind, False)
        self._subscription = self._subscribe(*self._now)

    def follow(self) -> None:
        """Listen to what is published now, should that have changed."""
        with self._lock:
            wanted = self._offered()
            if wanted is None or wanted == self._now:
                return
            self._node.destroy_subscription(self._subscription)
            self._subscription, self._now = self._subscribe(*wanted), wanted

    def explain(self) -> str:
        """Return what the graph shows of the topic, as a sentence, for one that nothing came on."""
        listening = self._now[0]
        count = len(self._node.get_publishers_info_by_topic(listening))
        if count:
            return (
                f"{listening} has {count} publisher{'s' if count > 1 else ''} but nothing came: "
                "look at its log, its QoS and the network."
            )
        beside = [
            f"{topic} ({', '.join(types)})"
            for topic, types in self._node.get_topic_names_and_types()
            if self._node.get_publishers_info_by_topic(topic)
            and (
                topic.startswith(f"{self.name}/")
                or any(
                    t in (_IMAGE, _COMPRESSED) if self._kind is Image else "CameraInfo" in t
                    for t in types
                )
            )
        ]
        if beside:
            return f"Nobody publishes {self.name}; there are {', '.join(sorted(beside)[:5])}."
        return f"Nobody publishes {self.name}, and no other topic of that kind is there."

    def _offered(self) -> tuple[str, type, bool] | None:
        """Return name, type and whether latched, of what is published; None where nothing is."""
        forms: list[tuple[str, type]] = [(self.name, self._kind)]
        if self._kind is Image:
            forms += [
                (self.name, CompressedImage),
                (f"{self.name}/compressed", CompressedImage),
                (f"{self.name}/compressedDepth", CompressedImage),
            ]
            if "depth" in self.name.rpartition("/")[0]:
                forms[2], forms[3] = forms[3], forms[2]
        for name, kind in forms:
            type_name = f"sensor_msgs/msg/{kind.__name__}"
            offers = [
                offer.qos_profile
                for offer in self._node.get_publishers_info_by_topic(name)
                if offer.topic_type == type_name
            ]
            if offers:
                return name, kind, all(_is_latched(offer) for offer in offers)
        return None

    def _subscribe(self, name: str, kind: type, is_latched: bool) -> Any:
        qos = _LATCHED if is_latched else qos_profile_sensor_data
        return self._node.create_subscription(
            kind, name, self._hear, qos, callback_group=self._group
        )


def _is_latched(qos: QoSProfile) -> bool:
    return (
        qos.durability is DurabilityPolicy.TRANSIENT_LOCAL
        and qos.reliability is ReliabilityPolicy.RELIABLE
    )
