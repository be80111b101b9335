"""Image messages to arrays and back."""

from __future__ import annotations

import array

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from ...grasp.colour import decode_colour, decode_compressed_colour, unpadded_rows
from ...grasp.compressed_depth import decompress_depth
from ...grasp.depth import decode_depth
from ...grasp.errors import EncodingUnknown, NoImage

_DEPTH_TYPES = {"16UC1": np.uint16, "mono16": np.uint16, "32FC1": np.float32}


def rgb_from_image(message: Image | CompressedImage) -> NDArray[np.uint8]:
    """Return the picture as RGB, shape (H, W, 3), dtype uint8; see `decode_colour`.

    Rows may be padded (`step`), 16-bit pixels of either byte order, pictures compressed.

    Raises:
        NoImage: the message holds no pixels.
        EncodingUnknown: the encoding is not one of a colour, grey, Bayer or YUV picture.
        SizeMismatch: fewer bytes than width, height and step say.
    """
    if isinstance(message, CompressedImage):
        return decode_compressed_colour(message.data, message.format)
    return decode_colour(
        message.data,
        message.encoding,
        message.width,
        message.height,
        message.step,
        bool(message.is_bigendian),
    )


def depth_m_from_image(
    message: Image | CompressedImage, unit_m: float | None = None
) -> NDArray[np.float32]:
    """Return the depth in metres, shape (H, W), NaN where invalid; see `decode_depth`.

    Args:
        message: of the camera, compressed or not.
        unit_m: metres of one unit, where the camera uses another than the encoding's.

    Raises:
        NoImage: the message holds no pixels.
        EncodingUnknown: neither 16UC1 nor 32FC1, nor one of them compressed without loss.
        SizeMismatch: fewer bytes than width, height and step say.
        NoDepth: no pixel is valid.
    """
    if isinstance(message, CompressedImage):
        return decode_depth(*decompress_depth(message.data, message.format), unit_m)
    if message.width == 0 or message.height == 0:
        raise NoImage("The image message holds no pixels; check the camera driver.")
    if message.encoding not in _DEPTH_TYPES:
        raise EncodingUnknown(
            f"The depth image has the encoding '{message.encoding[:40]}', which is not read; let "
            "the camera publish 16UC1 (millimetres) or 32FC1 (metres)."
        )
    dtype = np.dtype(_DEPTH_TYPES[message.encoding])
    stored = dtype.newbyteorder(">" if message.is_bigendian else "<")
    row_bytes = message.width * dtype.itemsize
    what = f"{message.width}x{message.height} {message.encoding}"
    rows = unpadded_rows(message.data, what, row_bytes, message.height, message.step).view(stored)
    return decode_depth(rows.astype(dtype, copy=False), message.encoding, unit_m)


def image_from_array(
    pixels: NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32], header: Header
) -> Image:
    """Return an image message.

    Args:
        pixels: uint8 of shape (H, W, 3) becomes rgb8; uint16 of shape (H, W) becomes 16UC1,
            float32 of shape (H, W) becomes 32FC1.
        header: stamp and frame of the picture.
    """
    encoding = {"uint8": "rgb8", "uint16": "16UC1", "float32": "32FC1"}[pixels.dtype.name]
    data = pixels.astype(pixels.dtype.newbyteorder("<"), copy=False).tobytes()
    return Image(
        header=header,
        height=pixels.shape[0],
        width=pixels.shape[1],
        encoding=encoding,
        is_bigendian=0,
        step=len(data) // pixels.shape[0],
        # Only an array.array is taken without a check of every single byte.
        data=array.array("B", data),
    )
