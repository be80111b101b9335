"""Rows of numbers, each with a time, of the last seconds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_FIRST = 64


class RecentRows:
    """What came of late, however often it comes; adding a row costs the same at every rate."""

    def __init__(self, columns: int, kept_s: float) -> None:
        """Start with no row.

        Args:
            columns: of each row; the first is its time in seconds.
            kept_s: rows that are older than the newest by more may be forgotten, others are kept.
        """
        self._buffer = np.empty((_FIRST, columns))
        self._count, self._kept_s = 0, kept_s

    def add(self, row: tuple[float, ...]) -> None:
        """Remember a row."""
        if self._count == len(self._buffer):
            self._make_room(row[0])
        self._buffer[self._count] = row
        self._count += 1

    @property
    def rows(self) -> NDArray[np.float64]:
        """What was kept, as it came, shape (N, columns); it is not to be changed."""
        return self._buffer[: self._count]

    def _make_room(self, newest_s: float) -> None:
        """Forget what is too old, and double the room where less than half of it gets free."""
        kept = self.rows[self.rows[:, 0] >= newest_s - self._kept_s]
        room = len(self._buffer) * (2 if 2 * len(kept) > len(self._buffer) else 1)
        self._buffer = np.empty((room, kept.shape[1]))
        self._buffer[: len(kept)] = kept
        self._count = len(kept)
