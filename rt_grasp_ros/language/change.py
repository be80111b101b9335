"""A change of the last grasp, by the picture or by a measured length."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .refinement import Refinement


@dataclass(frozen=True, slots=True)
class Change:
    """What a follow-up changes about the last grasp; what is zero or one stays as it is.

    Attributes:
        right: step to the right in the picture, over its longer side.
        up: step up in the picture, over its longer side; up is away from the robot.
        turn_rad: counter-clockwise as seen.
        opening_factor: what the opening is multiplied with.
        right_m: step to the right on the table, added to the other.
        up_m: step up on the table, added to the other.
        wider_m: what is added to the opening.
    """

    right: float = 0.0
    up: float = 0.0
    turn_rad: float = 0.0
    opening_factor: float = 1.0
    right_m: float = 0.0
    up_m: float = 0.0
    wider_m: float = 0.0

    @classmethod
    def of(cls, refinement: Refinement) -> Change:
        """Return the change that a refinement is."""
        return cls(refinement.right, refinement.up, refinement.turn_rad, refinement.opening_factor)

    @property
    def is_measured(self) -> bool:
        """Whether it has lengths, so that the distance of the grasp has to be known."""
        return bool(self.right_m or self.up_m or self.wider_m)

    def in_picture(self, side_px: float, opening_px: float, metre_px: float) -> Refinement:
        """Return it as a change of a grasp in a picture.

        Args:
            side_px: the picture's longer side.
            opening_px: of the grasp.
            metre_px: of a metre at the grasp's distance; not read where nothing `is_measured`.
        """
        factor = self.opening_factor
        right, up = self.right, self.up
        if self.is_measured:
            factor += self.wider_m * metre_px / opening_px
            right += self.right_m * metre_px / side_px
            up += self.up_m * metre_px / side_px
        return Refinement(
            name="said",
            right=right,
            up=up,
            turn_rad=self.turn_rad,
            opening_factor=max(factor, 0.0),
            does=self.does,
            phrases=(),
            unseen=(),
        )

    @property
    def does(self) -> str:
        """Completes "I ..."."""
        done = []
        moved = [
            _moved(self.right, self.right_m, "to the right", "to the left"),
            _moved(self.up, self.up_m, "up", "down"),
        ]
        if any(moved):
            done.append("move the grasp " + " and ".join(one for one in moved if one))
        if self.turn_rad:
            done.append(f"turn the grasp {self._turned()}")
        if self.wider_m:
            more = "wider" if self.wider_m > 0 else "less wide"
            done.append(f"open the fingers {_length(self.wider_m)} {more}")
        elif self.opening_factor != 1.0:
            done.append(f"open the fingers {'wider' if self.opening_factor > 1 else 'less'}")
        return ", and ".join(done)

    def _turned(self) -> str:
        degrees = round(abs(math.degrees(self.turn_rad)))
        if degrees == 90:
            return "by ninety degrees"
        direction = "counter-clockwise" if self.turn_rad > 0 else "clockwise"
        if degrees == 30:
            return direction
        if degrees == 15:
            return f"a bit {direction}"
        return f"by {degrees} degrees {direction}"


def _moved(share: float, way_m: float, positive: str, negative: str) -> str:
    """Return a step in words; empty where there is none."""
    if not (share or way_m):
        return ""
    direction = positive if share + way_m > 0 else negative
    if way_m:
        return f"{_length(way_m)} {direction}"
    if abs(share) < 0.029:
        return f"a bit {direction}"
    return f"far {direction}" if abs(share) > 0.031 else direction


def _length(way_m: float) -> str:
    """Return a length in words, as people say it on a table."""
    return f"{abs(way_m) * 1000:.0f} mm"
