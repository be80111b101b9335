"""How late a thread of this process wakes: a machine that is too slow fails rows for no fault."""

from __future__ import annotations

import threading
import time
from collections import deque

_PERIOD_S = 0.02
_REMEMBERED = 3000


class Lateness:
    """Sleeps a moment again and again, and keeps by how much it overslept."""

    def __init__(self, period_s: float = _PERIOD_S) -> None:
        """Begin to sleep.

        Args:
            period_s: how long at a time.
        """
        self._period_s = period_s
        self._longest_s = 0.0
        self._woken: deque[tuple[float, float]] = deque(maxlen=_REMEMBERED)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lateness", daemon=True)
        self._thread.start()

    def take_longest_s(self) -> float:
        """Return the longest since this was asked last, in seconds, and begin anew."""
        longest_s, self._longest_s = self._longest_s, 0.0
        return longest_s

    def longest_since_s(self, moment_s: float) -> float:
        """Return the longest since a moment of the last minute, on monotonic time, in seconds."""
        return max(
            (late_s for woken_s, late_s in list(self._woken) if woken_s > moment_s), default=0.0
        )

    def close(self) -> None:
        """Sleep no more."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.is_set():
            begun_s = time.monotonic()
            self._closed.wait(self._period_s)
            woken_s = time.monotonic()
            late_s = woken_s - begun_s - self._period_s
            self._woken.append((woken_s, late_s))
            self._longest_s = max(self._longest_s, late_s)
