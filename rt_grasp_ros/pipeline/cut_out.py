"""A part of a frame on its own, for work that need not look at all of the picture."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Grasp


@dataclass(frozen=True, slots=True, eq=False)
class CutOut:
    """A rectangle of a frame.

    Attributes:
        frame: what is inside, its intrinsics moved along.
        left_px: where it begins in the whole picture.
        top_px: the same, downwards.
        whole_size_px: width and height of the whole picture.
    """

    frame: RgbdFrame
    left_px: int
    top_px: int
    whole_size_px: tuple[int, int]

    def mask(self, whole: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the part of a mask of the whole picture, shape of the cut-out."""
        height_px, width_px = self.frame.depth_m.shape
        return whole[self.top_px : self.top_px + height_px, self.left_px : self.left_px + width_px]

    def whole_mask(self, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return a mask of the cut-out as one of the whole picture."""
        width_px, height_px = self.whole_size_px
        mask = np.zeros((height_px, width_px), bool)
        rows, columns = inside.shape
        mask[self.top_px : self.top_px + rows, self.left_px : self.left_px + columns] = inside
        return mask

    def whole_box(self, box_px: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        """Return a box (left, top, width, height) of the cut-out as one of the whole picture."""
        left, top, width, height = box_px
        return left + self.left_px, top + self.top_px, width, height

    def to_whole(self, grasp: Grasp) -> Grasp:
        """Return a grasp that was found in the cut-out with its rectangle in the whole picture."""
        width_px, height_px = self.whole_size_px
        rectangle = replace(
            grasp.rectangle,
            x_px=grasp.rectangle.x_px + self.left_px,
            y_px=grasp.rectangle.y_px + self.top_px,
            image_width_px=width_px,
            image_height_px=height_px,
        )
        return replace(grasp, rectangle=rectangle)


def cut_out(frame: RgbdFrame, region: NDArray[np.bool_], margin_px: int) -> CutOut:
    """Return the part of a frame around a region.

    Args:
        frame: colour, depth and intrinsics.
        region: at least one pixel, shape (H, W).
        margin_px: how far to go beyond it.
    """
    height_px, width_px = region.shape
    rows, columns = np.nonzero(region.any(axis=1))[0], np.nonzero(region.any(axis=0))[0]
    top, bottom = max(0, rows[0] - margin_px), min(height_px, rows[-1] + 1 + margin_px)
    left, right = max(0, columns[0] - margin_px), min(width_px, columns[-1] + 1 + margin_px)
    where = slice(top, bottom), slice(left, right)
    intrinsics = replace(
        frame.intrinsics,
        cx_px=frame.intrinsics.cx_px - left,
        cy_px=frame.intrinsics.cy_px - top,
        width_px=int(right - left),
        height_px=int(bottom - top),
    )
    inside = replace(
        frame,
        rgb=frame.rgb[where],
        depth_m=frame.depth_m[where],
        intrinsics=intrinsics,
        is_robot=None if frame.is_robot is None else frame.is_robot[where],
    )
    return CutOut(inside, int(left), int(top), (width_px, height_px))
