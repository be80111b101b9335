"""RGB-D pictures from files: what a camera would have sent."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.camera import Intrinsics
from ..grasp.depth import decode_depth
from ..grasp.errors import EncodingUnknown, IntrinsicsInvalid, NoDepth, NoImage

_DEPTH_ENCODINGS = {"uint16": "16UC1", "float32": "32FC1"}


def read_colour(path: Path) -> NDArray[np.uint8]:
    """Return a picture as RGB, shape (H, W, 3), uint8.

    Raises:
        NoImage: the file is missing or no picture.
    """
    bgr = cv2.imread(str(path), cv2.IMREAD_COLOR) if path.is_file() else None
    if bgr is None:
        raise NoImage(f"The colour picture {path} can't be read; give a PNG or JPEG file.")
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def read_depth(path: Path, unit_m: float | None = None) -> NDArray[np.float32]:
    """Return a depth picture in metres, shape (H, W), float32, NaN where invalid.

    Args:
        path: 16 bits a pixel (PNG, TIFF) count millimetres, 32-bit floats (TIFF) are metres.
        unit_m: metres of one unit, where the file uses another.

    Raises:
        NoDepth: the file is missing, no picture, or without a valid pixel.
        EncodingUnknown: neither 16-bit nor 32-bit float of one channel.
    """
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED) if path.is_file() else None
    if image is None:
        raise NoDepth(f"The depth picture {path} can't be read; give a 16-bit PNG file.")
    if image.dtype.name not in _DEPTH_ENCODINGS:
        raise EncodingUnknown(
            f"The depth picture {path} holds {image.dtype.name}; give 16 bits a pixel in "
            "millimetres, or 32-bit floats in metres."
        )
    return decode_depth(image, _DEPTH_ENCODINGS[image.dtype.name], unit_m)


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
