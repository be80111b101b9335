"""How the camera's topics come in, seen by a node that listens to them anyway."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from ...doctor.finding import Finding
from ...doctor.streams import Expected, Stream, check_stream
from ...grasp.frame_buffer import Stamped
from .camera_subscriptions import CAMERA_TOPICS

_START = "start the camera's driver with depth aligned to colour"
CAMERA_EXPECTED = {
    CAMERA_TOPICS[0]: Expected("colour", 1.0, 2.0, _START),
    CAMERA_TOPICS[1]: Expected("aligned depth", 1.0, 2.0, _START),
    CAMERA_TOPICS[2]: Expected("camera_info", 1.0, 2.0, _START, once_is_enough=True),
}
"""What a grasp needs of each topic."""

_WINDOW_S = 5.0


class CameraHealth:
    """Remembers when the messages of the last seconds came; safe between threads."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        """Start to count.

        Args:
            now_s: a clock that never jumps.
        """
        self._now_s = now_s
        self._start_s = now_s()
        self._lock = threading.Lock()
        self._arrivals_s: dict[str, deque[float]] = {topic: deque() for topic in CAMERA_TOPICS}
        self._newest_ns: dict[str, int] = {}

    def hear(self, topic: str, message: Stamped) -> None:
        """Take a message of one of the `CAMERA_TOPICS`."""
        now_s = self._now_s()
        with self._lock:
            self._arrivals_s[topic].append(now_s)
            self._newest_ns[topic] = message.stamp_ns
            self._forget(topic, now_s)

    def findings(self, publishers: dict[str, int], now_ns: int) -> list[Finding]:
        """Return how each topic comes.

        Args:
            publishers: how many nodes publish it now, by topic.
            now_ns: the clock of the stamps, now.
        """
        now_s = self._now_s()
        window_s = max(min(now_s - self._start_s, _WINDOW_S), 0.1)
        found = []
        with self._lock:
            for topic, expected in CAMERA_EXPECTED.items():
                self._forget(topic, now_s)
                newest_ns = self._newest_ns.get(topic)
                age_s = None if newest_ns is None else (now_ns - newest_ns) / 1e9
                count = len(self._arrivals_s[topic])
                stream = Stream(
                    topic, publishers[topic], count, window_s, age_s, newest_ns is not None
                )
                found.append(check_stream(stream, expected))
        return found

    def _forget(self, topic: str, now_s: float) -> None:
        arrivals_s = self._arrivals_s[topic]
        while arrivals_s and arrivals_s[0] < now_s - _WINDOW_S:
            arrivals_s.popleft()
