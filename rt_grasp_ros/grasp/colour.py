"""Colour images: decoding what cameras publish to RGB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .errors import EncodingUnknown, NoImage, SizeMismatch

_Code = int | None


@dataclass(frozen=True, slots=True)
class _Layout:
    """How an encoding lies in memory.

    Attributes:
        channels: values a pixel in a row; for planar YUV those of the Y plane.
        dtype: of a value.
        rows: rows in memory for two rows of the picture, 2 but for planar YUV.
        code: what OpenCV calls the way to RGB; None for RGB itself.
    """

    channels: int
    dtype: str
    code: _Code = None
    rows: int = 2


def _layouts() -> dict[str, _Layout]:
    layouts = {}
    for bits in (8, 16):
        dtype = f"u{bits // 8}"
        for name, channels, code in (
            ("mono", 1, cv2.COLOR_GRAY2RGB),
            ("rgb", 3, None),
            ("bgr", 3, cv2.COLOR_BGR2RGB),
            ("rgba", 4, cv2.COLOR_RGBA2RGB),
            ("bgra", 4, cv2.COLOR_BGRA2RGB),
            # OpenCV calls a pattern by the second row's second and third pixel.
            ("bayer_rggb", 1, cv2.COLOR_BayerBG2RGB),
            ("bayer_bggr", 1, cv2.COLOR_BayerRG2RGB),
            ("bayer_gbrg", 1, cv2.COLOR_BayerGR2RGB),
            ("bayer_grbg", 1, cv2.COLOR_BayerGB2RGB),
        ):
            layouts[f"{name}{bits}"] = _Layout(channels, dtype, code)
        # OpenCV's own names do not say which channel is red: blue is first where it made them.
        layouts[f"{bits}UC3"] = layouts[f"bgr{bits}"]
        layouts[f"{bits}UC4"] = layouts[f"bgra{bits}"]
    layouts["8UC1"] = layouts["mono8"]
    for names, code in (
        (("yuv422", "uyvy"), cv2.COLOR_YUV2RGB_UYVY),
        (("yuv422_yuy2", "yuyv", "yuy2"), cv2.COLOR_YUV2RGB_YUY2),
    ):
        layouts |= dict.fromkeys(names, _Layout(2, "u1", code))
    for name, code in (
        ("nv12", cv2.COLOR_YUV2RGB_NV12),
        ("nv21", cv2.COLOR_YUV2RGB_NV21),
        ("i420", cv2.COLOR_YUV2RGB_I420),
        ("yv12", cv2.COLOR_YUV2RGB_YV12),
    ):
        layouts[name] = _Layout(1, "u1", code, rows=3)
    return layouts


_LAYOUTS = _layouts()
_BY_LOWER_CASE = {name.lower(): layout for name, layout in _LAYOUTS.items()}


def decode_colour(
    data: Any, encoding: str, width_px: int, height_px: int, step: int, is_bigendian: bool = False
) -> NDArray[np.uint8]:
    """Return a picture as RGB, shape (H, W, 3), uint8.

    Args:
        data: the bytes of the picture, anything with Python's buffer interface.
        encoding: as ROS calls it, or OpenCV; upper and lower case are alike.
        width_px: of the picture.
        height_px: of the picture.
        step: bytes of a row, padding included; for planar YUV of a row of the Y plane.
        is_bigendian: the byte order of 16-bit values.

    Raises:
        NoImage: there are no pixels.
        EncodingUnknown: the encoding is not read.
        SizeMismatch: there are fewer bytes than width, height and step say.
    """
    if width_px == 0 or height_px == 0:
        raise NoImage("The image message holds no pixels; check the camera driver.")
    layout = _BY_LOWER_CASE.get(encoding.strip().lower())
    if layout is None:
        raise EncodingUnknown(
            f"The image encoding '{encoding[:40]}' cannot be read; let the driver publish one of "
            f"{', '.join(_LAYOUTS)}."
        )
    needs_even = layout.rows != 2 or (layout.dtype == "u1" and layout.channels == 2)
    if needs_even and (width_px % 2 or (layout.rows != 2 and height_px % 2)):
        raise SizeMismatch(
            f"A picture of {width_px}x{height_px} can't be {encoding}, which shares colour between "
            "two pixels; check the camera driver."
        )
    stored = np.dtype(layout.dtype).newbyteorder(">" if is_bigendian else "<")
    rows = height_px * layout.rows // 2
    row_bytes = width_px * layout.channels * stored.itemsize
    flat = unpadded_rows(data, f"{width_px}x{height_px} {encoding}", row_bytes, rows, step)
    pixels = flat.view(stored).astype(layout.dtype, copy=False)
    if layout.channels > 1:
        pixels = pixels.reshape(rows, width_px, layout.channels)
    if layout.code is not None:
        pixels = cv2.cvtColor(pixels, layout.code)
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    return np.asarray(pixels, dtype=np.uint8)


def unpadded_rows(data: Any, what: str, row_bytes: int, rows: int, step: int) -> NDArray[np.uint8]:
    """Return the rows of a picture without what pads them, shape (rows, row_bytes), uint8.

    Args:
        data: the bytes of the picture.
        what: its size and encoding, for the message.
        row_bytes: how many of a row count.
        rows: how many there are.
        step: bytes from one row to the next.

    Raises:
        SizeMismatch: there are fewer bytes.
    """
    held = np.frombuffer(data, np.uint8)
    if step < row_bytes or held.size < step * (rows - 1) + row_bytes:
        raise SizeMismatch(
            f"The image says {what[:60]} with rows of {step} bytes, but holds {held.size} bytes; "
            "check the camera driver."
        )
    if held.size < step * rows:
        held = np.pad(held, (0, step * rows - held.size))
    return np.ascontiguousarray(held[: step * rows].reshape(rows, step)[:, :row_bytes])


def decode_compressed_colour(data: Any, name: str) -> NDArray[np.uint8]:
    """Return a JPEG or PNG picture as RGB, shape (H, W, 3), uint8, as its pixels are stored.

    Args:
        data: the bytes of the file.
        name: of its format, for the message.

    Raises:
        EncodingUnknown: it is neither.
    """
    held = np.frombuffer(data, np.uint8)
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    bgr = cv2.imdecode(held, flags) if held.size else None
    if bgr is None:
        raise EncodingUnknown(
            f"The compressed image ('{name[:40]}') cannot be read; let the driver publish JPEG, "
            "PNG or the picture as it is."
        )
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)
