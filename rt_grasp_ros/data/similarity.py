"""Turning, scaling, mirroring and moving a picture together with its labels, exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.rectangle import GraspRectangle


@dataclass(frozen=True, slots=True)
class Similarity:
    """Maps the middle of one picture to a point of another, turning and scaling about it.

    Pixels as in `GraspRectangle`: origin at the top left corner of the top left pixel.

    Attributes:
        from_px: (width, height) of the picture that is mapped.
        to_px: (width, height) of the picture that comes out.
        turn_rad: counter-clockwise as seen, after mirroring.
        zoom: pixels there for one pixel here.
        shift_px: `(x, y)` from the new picture's middle to where the old one's middle goes.
        mirrored: whether left and right change places first.
    """

    from_px: tuple[int, int]
    to_px: tuple[int, int]
    turn_rad: float = 0.0
    zoom: float = 1.0
    shift_px: tuple[float, float] = (0.0, 0.0)
    mirrored: bool = False

    @property
    def matrix(self) -> NDArray[np.float64]:
        """Maps `[x, y, 1]` here to `[x, y]` there (shape (2, 3))."""
        cosine, sine = self.zoom * math.cos(self.turn_rad), self.zoom * math.sin(self.turn_rad)
        linear = np.array([[cosine, sine], [-sine, cosine]])
        if self.mirrored:
            linear[:, 0] *= -1
        middle = np.array(self.to_px) / 2 + self.shift_px
        return np.column_stack([linear, middle - linear @ (np.array(self.from_px) / 2)])

    def to_picture(self, image_rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Map a picture; what lies beyond its edge repeats the edge.

        Args:
            image_rgb: shape (H, W, 3), uint8, of size `from_px`.
        """
        matrix = self.matrix
        # OpenCV's origin is the middle of the first pixel.
        matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
        return np.asarray(
            cv2.warpAffine(image_rgb, matrix, self.to_px, borderMode=cv2.BORDER_REPLICATE),
            dtype=np.uint8,
        )

    def to_rectangles(self, rectangles: Sequence[GraspRectangle]) -> tuple[GraspRectangle, ...]:
        """Map labels in their order; some may end beyond the picture's edge."""
        matrix = self.matrix
        sign = -1 if self.mirrored else 1
        moved = []
        for rectangle in rectangles:
            x_px, y_px = (matrix @ (rectangle.x_px, rectangle.y_px, 1.0)).tolist()
            moved.append(
                GraspRectangle(
                    x_px=x_px,
                    y_px=y_px,
                    theta_rad=sign * rectangle.theta_rad + self.turn_rad,
                    opening_px=rectangle.opening_px * self.zoom,
                    jaw_px=rectangle.jaw_px * self.zoom,
                    image_width_px=self.to_px[0],
                    image_height_px=self.to_px[1],
                )
            )
        return tuple(moved)
