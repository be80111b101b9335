"""How late a thread of this process wakes: a machine that is too slow fails rows for no fault."""

from __future__ import annotations

import threading
import time

_PERIOD_S = 0.02


class Lateness:
    """Sleeps a moment again and again, and keeps by how much it overslept the most."""

    def __init__(self) -> None:
        """Begin to sleep."""
        self._longest_s = 0.0
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lateness", daemon=True)
        self._thread.start()

    def take_longest_s(self) -> float:
        """Return the longest since this was asked last, in seconds, and begin anew."""
        longest_s, self._longest_s = self._longest_s, 0.0
        return longest_s

    def close(self) -> None:
        """Sleep no more."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.is_set():
            begun_s = time.monotonic()
            self._closed.wait(_PERIOD_S)
            self._longest_s = max(self._longest_s, time.monotonic() - begun_s - _PERIOD_S)
