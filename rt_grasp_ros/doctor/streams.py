"""How often messages come on a topic, and how old they are."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..grasp.numbers import told_apart
from .finding import Finding

_AHEAD_S = 0.5  # clocks that differ by less are good enough
_ANOTHER_CLOCK_S = 86_400.0
_SHORTEST_S = 0.1  # a simulation's clock may have stood still


@dataclass(frozen=True, slots=True)
class Stream:
    """What came on one topic within some seconds.

    Attributes:
        topic: its full name.
        publishers: how many nodes publish it.
        messages: how many came.
        window_s: in how many seconds.
        age_s: from the newest stamp to the end of the window, on the listener's clock; below 0
            where it is stamped in the future, None where nothing came or it has no stamp.
        was_heard: whether a message came at any time, in the window or before.
    """

    topic: str
    publishers: int
    messages: int
    window_s: float
    age_s: float | None
    was_heard: bool = False

    @property
    def rate_hz(self) -> float:
        """Messages per second."""
        return self.messages / max(self.window_s, _SHORTEST_S)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a topic is for, and how it must come.

    Attributes:
        check: how the finding is called.
        least_rate_hz: what is too seldom for us.
        oldest_s: what is too old for us.
        start: who publishes it, as advice: "start ...".
        once_is_enough: whether one message at any time will do, as a latched one.
    """

    check: str
    least_rate_hz: float
    oldest_s: float
    start: str
    once_is_enough: bool = False


class StreamCounter:
    """Counts the messages of a topic; safe between threads."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        """Count from now on.

        Args:
            now_s: seconds, by which the rate is measured; they never go back.
        """
        self._now_s = now_s
        self._lock = threading.Lock()
        self._was_heard = False
        self.restart()

    def restart(self) -> None:
        """Count from zero from now on."""
        with self._lock:
            self._start_s = self._now_s()
            self._messages = 0
            self._newest_ns: int | None = None

    def hear(self, stamp_ns: int) -> None:
        """Take a message by its stamp; 0 for one that has none."""
        with self._lock:
            self._messages += 1
            self._was_heard = True
            self._newest_ns = stamp_ns or None

    def stream(self, topic: str, publishers: int, now_ns: int) -> Stream:
        """Return what came since the start.

        Args:
            topic: its full name.
            publishers: how many nodes publish it now.
            now_ns: the clock of the stamps, now.
        """
        with self._lock:
            window_s = self._now_s() - self._start_s
            messages, newest_ns, was_heard = self._messages, self._newest_ns, self._was_heard
        age_s = None if newest_ns is None else (now_ns - newest_ns) / 1e9
        return Stream(topic, publishers, messages, window_s, age_s, was_heard)


def check_stream(stream: Stream, expected: Expected) -> Finding:
    """Return whether a topic comes as it must."""
    seen = f"{stream.rate_hz:.1f} Hz on {stream.topic}"
    age_s = stream.age_s
    numbers = {"rate_hz": stream.rate_hz} | ({} if age_s is None else {"age_s": age_s})
    if expected.once_is_enough and stream.was_heard and stream.publishers:
        return Finding(expected.check, "ok", f"{seen}, of which one is enough", numbers)
    problem = _problem(stream, expected)
    if problem is not None:
        return Finding(expected.check, "wrong", problem, numbers)
    if age_s is not None:
        seen += f", newest {max(age_s, 0.0):.2f} s old"
    return Finding(expected.check, "ok", seen, numbers)


def _problem(stream: Stream, expected: Expected) -> str | None:
    """Return what is wrong and what to do, or None."""
    topic, age_s = stream.topic, stream.age_s
    if stream.messages == 0 and stream.publishers == 0:
        return f"Nobody publishes {topic}; {expected.start}, or remap it."
    if stream.messages == 0:
        return (
            f"{topic} has a publisher, but nothing came within {stream.window_s:.1f} s; look at "
            "its log and cable; between machines, at the network's limit for large messages."
        )
    if age_s is not None and abs(age_s) > _ANOTHER_CLOCK_S:
        return (
            f"The stamps of {topic} are of another clock; set use_sim_time alike in all nodes "
            "(rt-grasp doctor --use-sim-time); for a camera with a clock of its own, set "
            "camera_stamps to arrival."
        )
    if age_s is not None and age_s < -_AHEAD_S:
        return (
            f"{topic} is stamped {-age_s:.1f} s in the future; synchronise the clocks of the "
            "machines (chrony)."
        )
    if stream.rate_hz < expected.least_rate_hz:
        rate, _ = told_apart(stream.rate_hz, expected.least_rate_hz, 1)
        return (
            f"{topic} comes {rate} times a second, at least "
            f"{expected.least_rate_hz:g} are needed; look at its publisher, at the load of the "
            "machine, and at the network."
        )
    if age_s is not None and age_s > expected.oldest_s:
        age, _ = told_apart(age_s, expected.oldest_s, 1)
        return (
            f"The newest message of {topic} is {age} s old, at most {expected.oldest_s:g} s "
            "are good; synchronise the clocks of the machines, and look for a slow link."
        )
    return None
