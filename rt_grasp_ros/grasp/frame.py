"""Colour, depth and intrinsics of one moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .camera import Intrinsics
from .depth import require_size
from .errors import SizeMismatch


@dataclass(frozen=True, eq=False)
class RgbdFrame:
    """Registered colour and depth of one moment.

    Attributes:
        rgb: uint8, shape (H, W, 3).
        depth_m: along the optical axis, float32, shape (H, W), NaN where invalid.
        intrinsics: of both.
        frame_id: the colour optical frame.
        stamp_ns: when the colour image was taken.
        is_robot: which pixels show the robot itself, bool, shape (H, W), their depth NaN; None
            where that is not known.
    """

    rgb: NDArray[np.uint8]
    depth_m: NDArray[np.float32]
    intrinsics: Intrinsics
    frame_id: str
    stamp_ns: int
    is_robot: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        """Refuse what does not cover the same pixels.

        Raises:
            SizeMismatch: colour, depth and intrinsics are of different sizes.
        """
        height_px, width_px = self.rgb.shape[:2]
        require_size(self.depth_m, width_px, height_px, "the colour image")
        require_described(self.rgb, (self.intrinsics.width_px, self.intrinsics.height_px))

    @cached_property
    def points_m(self) -> NDArray[np.float64]:
        """The point behind each pixel in the optical frame, NaN where none, shape (H, W, 3).

        Computed when it is first asked for, and read-only, since all who look at the frame share
        it. A frame that is made of this one has points of its own.
        """
        points_m = self.intrinsics.back_project_all(self.depth_m)
        points_m.flags.writeable = False
        return points_m


def require_described(rgb: NDArray[np.uint8], size_px: tuple[int, int]) -> None:
    """Refuse a camera_info of another size than the colour picture.

    Args:
        rgb: shape (H, W, 3).
        size_px: width and height that camera_info is for.

    Raises:
        SizeMismatch: they differ.
    """
    height_px, width_px = rgb.shape[:2]
    if size_px != (width_px, height_px):
        raise SizeMismatch(
            f"camera_info is for {size_px[0]}x{size_px[1]} pixels but the colour image is "
            f"{width_px}x{height_px}; remap camera_info to that of the colour camera."
        )
