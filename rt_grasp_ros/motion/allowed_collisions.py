"""MoveIt's matrix of allowed collisions as plain values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AllowedCollisions:
    """Which bodies may touch.

    Attributes:
        names: N links and objects.
        allowed: N rows of N, symmetric: whether two of them may touch.
    """

    names: tuple[str, ...]
    allowed: tuple[tuple[bool, ...], ...]

    def with_contact(self, body: str, others: Collection[str]) -> AllowedCollisions:
        """Return the matrix in which a body may touch others as well; new names touch nothing."""
        names = (*self.names, *(name for name in (body, *others) if name not in self.names))
        index = {name: row for row, name in enumerate(names)}
        rows = [
            [
                row < len(self.names) and column < len(self.names) and self.allowed[row][column]
                for column in range(len(names))
            ]
            for row in range(len(names))
        ]
        for other in others:
            rows[index[body]][index[other]] = rows[index[other]][index[body]] = True
        return AllowedCollisions(names, tuple(tuple(row) for row in rows))
