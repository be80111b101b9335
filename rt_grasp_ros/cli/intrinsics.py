"""Intrinsics from the command line: what a camera's driver would have sent."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from ..grasp.camera import Intrinsics
from ..grasp.errors import IntrinsicsInvalid


def parse_intrinsics(given: str, width_px: int, height_px: int) -> Intrinsics:
    """Read intrinsics.

    Args:
        given: the numbers `fx fy cx cy` or the nine of K row by row, or a file that holds them as
            text or as JSON (`{"fx": ...}` or `{"K": [...]}`, as camera_info has it).
        width_px: width of the colour picture.
        height_px: height of the colour picture.

    Raises:
        IntrinsicsInvalid: no such numbers in it.
    """
    try:
        text = Path(given).read_text(encoding="utf-8") if Path(given).is_file() else given
        fx, fy, cx, cy = _focal_lengths_and_centre(text)
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise IntrinsicsInvalid(
            f"The intrinsics '{given[:80]}' can't be read; give 'fx fy cx cy', the nine numbers of "
            "K, or a text or JSON file that holds them."
        ) from error
    return Intrinsics(fx, fy, cx, cy, width_px, height_px)


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


def _focal_lengths_and_centre(text: str) -> tuple[float, float, float, float]:
    """Return fx, fy, cx, cy; KeyError, TypeError or ValueError where they are not there."""
    if text.lstrip().startswith("{"):
        content: dict[str, Any] = json.loads(text)
        if "fx" in content:
            fx, fy, cx, cy = (float(content[name]) for name in ("fx", "fy", "cx", "cy"))
            return fx, fy, cx, cy
        numbers = np.asarray(content["K"] if "K" in content else content["k"], float).ravel()
    else:
        numbers = np.array(text.replace(",", " ").split(), dtype=float)
    if len(numbers) == 9:
        numbers = numbers[[0, 4, 2, 5]]
    fx, fy, cx, cy = numbers.tolist()
    return fx, fy, cx, cy
