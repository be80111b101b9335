"""Colour and depth pictures from files."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.depth import decode_depth
from ..grasp.errors import DataInvalid, EncodingUnknown, NoDepth, NoImage
from .grasp_picture import GraspPicture

_DEPTH_ENCODINGS = {"uint16": "16UC1", "float32": "32FC1"}


def read_colour(path: Path) -> NDArray[np.uint8]:
    """Return a picture as RGB, shape (H, W, 3), uint8.

    Raises:
        NoImage: the file is missing or no picture.
    """
    bgr = cv2.imread(str(path), cv2.IMREAD_COLOR) if path.is_file() else None
    if bgr is None:
        raise NoImage(f"The colour picture {path} can't be read; give a PNG or JPEG file.")
    _require_opaque(path)
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _require_opaque(path: Path) -> None:
    """Refuse a picture with pixels that can be seen through: what they show is not told."""
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if image is None or image.ndim != 3 or image.shape[2] != 4:
        return
    opaque = 65535 if image.dtype == np.uint16 else 255
    if image[..., 3].min() < opaque:
        raise NoImage(
            f"The colour picture {path} is transparent in places; give one without alpha."
        )


def require_upright(path: Path) -> None:
    """Refuse a picture whose file says that it is to be turned: its calibration is not.

    Raises:
        DataInvalid: its EXIF orientation is not the usual one.
    """
    flags = cv2.IMREAD_COLOR
    turned, stored = (
        cv2.imread(str(path), flag) for flag in (flags, flags | cv2.IMREAD_IGNORE_ORIENTATION)
    )
    if turned is None or stored is None:
        return  # whoever reads the picture says so
    if not np.array_equal(turned, stored):
        raise DataInvalid(
            f"The colour picture {path} says that it is to be turned (EXIF orientation), which its "
            "depth and calibration don't know; save it as the camera took it, without that."
        )


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


def colour_of(picture: GraspPicture) -> NDArray[np.uint8]:
    """Return the colour of a labelled picture as RGB, shape (H, W, 3), uint8.

    Raises:
        NoImage: the file is missing or no picture.
        DataInvalid: it is not of the size that the labels are for.
    """
    rgb = read_colour(picture.image_path)
    if rgb.shape[:2] != (picture.height_px, picture.width_px):
        raise DataInvalid(
            f"'{picture.image_path.name}' is {rgb.shape[1]}x{rgb.shape[0]} pixels but its labels "
            f"are for {picture.width_px}x{picture.height_px}; give the picture that was labelled."
        )
    return rgb


def write_jpeg(path: Path, image_rgb: NDArray[np.uint8]) -> None:
    """Write a picture with hardly any loss.

    Args:
        path: where to; its folder must exist.
        image_rgb: shape (H, W, 3), uint8.

    Raises:
        OSError: it can't be written.
    """
    quality = [cv2.IMWRITE_JPEG_QUALITY, 95]
    if not cv2.imwrite(str(path), cv2.cvtColor(image_rgb, cv2.COLOR_RGB2BGR), quality):
        raise OSError(f"'{path}' can't be written; is the disk full?")
