"""The picture as it is sent to a model that points: of a size at which servers are known to agree.

Some servers scale pictures once more before the model sees them, and answers shift (llama.cpp issue
16880: 60 px at 1200 px, 5 px at 1000 px; Qwen3-VL issue 2020: wide pictures). So the longer side is
about 1000 px, both sides are multiples of what the model's patches need, and nothing is wider than
2:1; what is, gets a margin at the right or bottom.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_LONGER_PX = 1000
_WIDEST = 2.0


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """How a picture of one size is shown.

    Attributes:
        width_px: of the picture as it is sent, margin included.
        height_px: of it.
        padded_width_px: of the camera's picture with its margin.
        padded_height_px: of it.
    """

    width_px: int
    height_px: int
    padded_width_px: int
    padded_height_px: int

    @classmethod
    def of(cls, image_width_px: int, image_height_px: int, multiple_px: int) -> ShownPicture:
        """Return how the camera's pictures of a size are shown.

        Args:
            image_width_px: of the camera's picture.
            image_height_px: of it.
            multiple_px: which both sides of the sent picture are multiples of.
        """
        padded_width_px = max(image_width_px, math.ceil(image_height_px / _WIDEST))
        padded_height_px = max(image_height_px, math.ceil(image_width_px / _WIDEST))
        scale = (_LONGER_PX // multiple_px) * multiple_px / max(padded_width_px, padded_height_px)
        width_px, height_px = (
            max(1, round(side_px * scale / multiple_px)) * multiple_px
            for side_px in (padded_width_px, padded_height_px)
        )
        return cls(width_px, height_px, padded_width_px, padded_height_px)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture as it is sent."""
        return self.width_px, self.height_px

    def draw(self, image_rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the picture to send, shape (h, w, 3), of a camera's picture."""
        height_px, width_px = image_rgb.shape[:2]
        padded = cv2.copyMakeBorder(
            image_rgb,
            0,
            self.padded_height_px - height_px,
            0,
            self.padded_width_px - width_px,
            cv2.BORDER_REPLICATE,
        )
        shrinks = self.width_px < self.padded_width_px
        interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(padded, self.size_px, interpolation=interpolation), np.uint8)

    def to_image(self, x_px: float, y_px: float) -> tuple[float, float]:
        """Return where a place of the sent picture is in the camera's."""
        return (
            x_px * self.padded_width_px / self.width_px,
            y_px * self.padded_height_px / self.height_px,
        )

    def from_image(self, x_px: float, y_px: float) -> tuple[float, float]:
        """Return where a place of the camera's picture is in the sent one."""
        return (
            x_px * self.width_px / self.padded_width_px,
            y_px * self.height_px / self.padded_height_px,
        )
