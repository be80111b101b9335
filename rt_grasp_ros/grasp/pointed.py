"""What somebody points at in a picture: a point, a box or a mask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .rectangle import GraspRectangle

_POINT_OPENING = 0.1
_JAW_PER_OPENING = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Pointed:
    """One thing, or part of one, that is pointed at.

    Attributes:
        x_px: the point, or the middle of the box, in the camera's picture.
        y_px: the same, downwards.
        label: how whoever points calls it; empty where nothing is said.
        box_px: left, top, right, bottom; None for a point alone.
        mask: its pixels, shape (H, W); None where only a point or box is given.
    """

    x_px: float
    y_px: float
    label: str = ""
    box_px: tuple[float, float, float, float] | None = None
    mask: NDArray[np.bool_] | None = None

    def provisional(self, image_width_px: int, image_height_px: int) -> GraspRectangle:
        """Return a rectangle that shows the place: across the box, or a small one at the point.

        It is no grasp yet: how far fingers open, and along which direction, only depth tells.

        Args:
            image_width_px: of the picture that is pointed at.
            image_height_px: of that picture.
        """
        opening_px = _POINT_OPENING * max(image_width_px, image_height_px)
        theta_rad = 0.0
        if self.box_px is not None:
            left, top, right, bottom = self.box_px
            width_px, height_px = max(right - left, 1.0), max(bottom - top, 1.0)
            opening_px = min(width_px, height_px)
            theta_rad = 0.0 if width_px <= height_px else np.pi / 2
        return GraspRectangle(
            x_px=self.x_px,
            y_px=self.y_px,
            theta_rad=theta_rad,
            opening_px=opening_px,
            jaw_px=_JAW_PER_OPENING * opening_px,
            image_width_px=image_width_px,
            image_height_px=image_height_px,
        )
