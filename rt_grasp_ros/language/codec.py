"""Numbers in an answer <-> a rectangle in pixels: the convention of the embedded model.

All four numbers are thousandths in 0..1, so that each is one token of its tokenizer:
`x` and `y` over the longer side of the picture (the square that the picture is padded to),
`theta` in half turns counter-clockwise (0.25 is 45 degrees), `w`, the opening, over the longer
side. The paper predicts x, y, theta in other units and no width; width is our extension of it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from ..grasp.rectangle import GraspRectangle

THOUSANDTHS = 1000
JAW_PER_OPENING = 0.5  # breadth drawn for a predicted rectangle, as in GG-CNN (Morrison, RSS 2018)

_NUMBER = r"\s+0\.(\d{3})"
_TAIL = re.compile(rf"\bx{_NUMBER}\s+y{_NUMBER}\s+theta{_NUMBER}\s+w{_NUMBER}\s*$")


@dataclass(frozen=True, slots=True)
class GraspNumbers:
    """The four numbers of an answer, in thousandths (0..999)."""

    x: int
    y: int
    theta: int
    w: int

    @classmethod
    def from_rectangle(cls, rectangle: GraspRectangle) -> GraspNumbers:
        """Encode a rectangle; numbers beyond the picture are clipped to it."""
        side = max(rectangle.image_width_px, rectangle.image_height_px)
        return cls(
            x=_clip(rectangle.x_px / side),
            y=_clip(rectangle.y_px / side),
            theta=round(rectangle.theta_rad / math.pi * THOUSANDTHS) % THOUSANDTHS,
            w=max(1, _clip(rectangle.opening_px / side)),
        )

    def to_rectangle(self, image_width_px: int, image_height_px: int) -> GraspRectangle:
        """Decode into the pixels of a picture.

        Raises:
            ValueError: the opening is zero.
        """
        side = max(image_width_px, image_height_px) / THOUSANDTHS
        return GraspRectangle(
            x_px=self.x * side,
            y_px=self.y * side,
            theta_rad=self.theta / THOUSANDTHS * math.pi,
            opening_px=self.w * side,
            jaw_px=self.w * side * JAW_PER_OPENING,
            image_width_px=image_width_px,
            image_height_px=image_height_px,
        )

    def to_text(self) -> str:
        """Write the tail of an answer."""
        return f"x 0.{self.x:03d} y 0.{self.y:03d} theta 0.{self.theta:03d} w 0.{self.w:03d}"

    @classmethod
    def find_in(cls, text: str) -> tuple[str, GraspNumbers] | None:
        """Split a text into what stands before the numbers and the numbers at its end."""
        match = _TAIL.search(text)
        if match is None:
            return None
        return text[: match.start()].strip(), cls(*(int(group) for group in match.groups()))


def _clip(value: float) -> int:
    return min(max(round(value * THOUSANDTHS), 0), THOUSANDTHS - 1)
