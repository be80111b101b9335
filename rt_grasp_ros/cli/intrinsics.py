"""Intrinsics from the command line: what a camera's driver would have sent."""

from __future__ import annotations

import math
from pathlib import Path

from ..data.camera_file import CameraFile, read_camera
from ..grasp.camera import Intrinsics
from ..grasp.errors import IntrinsicsInvalid


def parse_camera(
    given: str, width_px: int, height_px: int, is_rectified: bool = False, picture_name: str = ""
) -> CameraFile:
    """Read a calibration.

    Args:
        given: the numbers `fx fy cx cy` or the nine of K row by row, or a file that holds them, or
            one that `data/camera_file.py` reads.
        width_px: width of the colour picture.
        height_px: height of the colour picture.
        is_rectified: whether the picture is rectified.
        picture_name: of the colour picture, without its ending.

    Raises:
        IntrinsicsInvalid: no such numbers in it.
        SizeMismatch: it is of a picture of another size.
    """
    try:
        text = Path(given).read_text(encoding="utf-8") if Path(given).is_file() else given
        return read_camera(text, width_px, height_px, is_rectified, picture_name)
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
        raise IntrinsicsInvalid(
            f"The intrinsics '{given[:80]}' can't be read; give 'fx fy cx cy', the nine numbers of "
            "K, or a file of ROS (YAML), RealSense, Open3D or BOP (JSON)."
        ) from error


def intrinsics_of_field_of_view(fov_deg: float, width_px: int, height_px: int) -> Intrinsics:
    """Return an ideal camera of a horizontal field of view in degrees.

    Raises:
        IntrinsicsInvalid: the angle is not between 1 and 179 degrees.
    """
    if not 1.0 <= fov_deg <= 179.0:
        raise IntrinsicsInvalid(
            f"A horizontal field of view of {fov_deg:g} degrees is not possible; give 1 to 179."
        )
    focal_px = width_px / 2 / math.tan(math.radians(fov_deg) / 2)
    centre = ((width_px - 1) / 2, (height_px - 1) / 2)
    return Intrinsics(focal_px, focal_px, *centre, width_px, height_px)
