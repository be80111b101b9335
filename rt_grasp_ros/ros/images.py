"""Image messages to arrays and back."""

from __future__ import annotations

import array

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from ..grasp.depth import decode_depth
from ..grasp.errors import EncodingUnknown, NoImage, SizeMismatch

# Not the `8UC3` kind: it does not say which channel is red.
_CHANNELS = {"mono": 1, "rgb": 3, "bgr": 3, "rgba": 4, "bgra": 4}
_BYTES_PER_PIXEL = {
    f"{name}{bits}": channels * bits // 8
    for name, channels in _CHANNELS.items()
    for bits in (8, 16)
}
_BYTES_PER_PIXEL |= {f"bayer_{order}8": 1 for order in ("rggb", "bggr", "gbrg", "grbg")}
_BYTES_PER_PIXEL |= {"yuv422": 2, "yuv422_yuy2": 2}
_BYTES_PER_DEPTH = {"16UC1": 2, "mono16": 2, "32FC1": 4}


def rgb_from_image(message: Image) -> NDArray[np.uint8]:
    """Return the picture as RGB, shape (H, W, 3), dtype uint8.

    Rows may be padded (`step`), 16-bit pixels of either byte order.

    Raises:
        NoImage: the message holds no pixels.
        EncodingUnknown: the encoding is not one of a colour, grey, Bayer or YUV picture.
        SizeMismatch: fewer bytes than width, height and step say.
    """
    packed = _without_padding(message, _BYTES_PER_PIXEL)
    if message.encoding == "rgb8":
        return np.frombuffer(packed.data, np.uint8).reshape(message.height, message.width, 3)
    return np.asarray(_decode_rgb8(packed), dtype=np.uint8)


def depth_m_from_image(message: Image) -> NDArray[np.float32]:
    """Return the depth in metres, shape (H, W), NaN where invalid; see `decode_depth`.

    Raises:
        NoImage: the message holds no pixels.
        EncodingUnknown: neither 16UC1 nor 32FC1.
        SizeMismatch: fewer bytes than width, height and step say.
        NoDepth: no pixel is valid.
    """
    packed = _without_padding(message, _BYTES_PER_DEPTH)
    dtype = np.dtype(np.float32 if message.encoding == "32FC1" else np.uint16)
    stored = dtype.newbyteorder(">" if message.is_bigendian else "<")
    pixels = np.frombuffer(packed.data, stored).reshape(message.height, message.width)
    return decode_depth(pixels.astype(dtype, copy=False), message.encoding)


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


def _without_padding(message: Image, bytes_per_pixel: dict[str, int]) -> Image:
    """Return the message with its rows packed; the same message where they are."""
    if message.width == 0 or message.height == 0:
        raise NoImage("The image message holds no pixels; check the camera driver.")
    if message.encoding not in bytes_per_pixel:
        raise EncodingUnknown(
            f"The image encoding '{message.encoding[:40]}' cannot be read; let the driver publish "
            f"one of {', '.join(bytes_per_pixel)}."
        )
    row_bytes = message.width * bytes_per_pixel[message.encoding]
    if message.step < row_bytes or len(message.data) < message.step * message.height:
        raise SizeMismatch(
            f"The image says {message.width}x{message.height} {message.encoding} with rows of "
            f"{message.step} bytes, but holds {len(message.data)} bytes; check the camera driver."
        )
    if message.step == row_bytes and len(message.data) == row_bytes * message.height:
        return message
    rows = np.frombuffer(message.data, np.uint8)[: message.step * message.height]
    packed = rows.reshape(message.height, message.step)[:, :row_bytes].tobytes()
    return Image(
        header=message.header,
        height=message.height,
        width=message.width,
        encoding=message.encoding,
        is_bigendian=message.is_bigendian,
        step=row_bytes,
        data=array.array("B", packed),
    )


def _decode_rgb8(message: Image) -> NDArray[np.generic]:
    """Let the decoder of this ROS distribution, or the one from PyPI, convert to rgb8."""
    try:
        from cv_bridge import CvBridge
    except (ImportError, AttributeError):  # AttributeError: built for NumPy 1, imported under 2
        from rosbags.image import message_to_cvimage

        return message_to_cvimage(message, "rgb8")
    return CvBridge().imgmsg_to_cv2(message, "rgb8")
