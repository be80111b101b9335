"""Depth as `compressed_depth_image_transport` publishes it: PNG or RVL behind a small header."""

from __future__ import annotations

import struct
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .errors import EncodingUnknown

_HEADER = struct.Struct("<iff")
_RVL_SIZE = struct.Struct("<ii")
_MOST_PIXELS = 1 << 26
_PNG = b"\x89PNG"


def decompress_depth(data: Any, name: str) -> tuple[NDArray[Any], str]:
    """Return the depth image and its encoding, for `decode_depth`.

    16UC1 is stored as it is; of 32FC1 the inverse is, as `a / depth + b` with a and b in the header
    (`depth_image_transport`'s codec).

    Args:
        data: of a `CompressedImage`.
        name: its `format`, such as `16UC1; compressedDepth png`.

    Returns:
        uint16 or float32 of shape (H, W), and `16UC1` or `32FC1`.

    Raises:
        EncodingUnknown: it is no depth in PNG or RVL.
    """
    held = bytes(data)
    encoding = name.partition(";")[0].strip() or "16UC1"
    begin = held.find(_PNG, 0, _HEADER.size + len(_PNG))
    if begin == _HEADER.size or (begin >= 0 and encoding != "32FC1"):
        counts = cv2.imdecode(np.frombuffer(held[begin:], np.uint8), cv2.IMREAD_UNCHANGED)
    elif "rvl" in name.lower():
        counts = _decode_rvl(held[_HEADER.size :])
    else:
        counts = None
    if counts is None or counts.ndim != 2 or counts.dtype != np.uint16:
        raise EncodingUnknown(
            f"The compressed depth ('{name[:60]}') is no PNG or RVL of 16 bits; let the driver "
            "publish compressedDepth in one of them, or depth as it is."
        )
    if encoding != "32FC1":
        return counts, encoding
    _, a, b = _HEADER.unpack_from(held)
    with np.errstate(divide="ignore", invalid="ignore"):
        depth = np.where(counts > 0, a / (counts.astype(np.float32) - b), np.nan)
    return depth.astype(np.float32), encoding


def _decode_rvl(stream: bytes) -> NDArray[np.uint16] | None:
    """Return what RVL (Wilson, "Fast Lossless Depth Image Compression", 2017) holds, or None.

    Numbers are written in groups of three bits, the lowest first, each in a nibble whose highest
    bit says that more follow; by turns the length of a run of zeros, the length of a run of pixels,
    and the differences from pixel to pixel within it.
    """
    if len(stream) < _RVL_SIZE.size:
        return None
    width_px, height_px = _RVL_SIZE.unpack_from(stream)
    if width_px <= 0 or height_px <= 0 or width_px * height_px > _MOST_PIXELS:
        return None
    body = stream[_RVL_SIZE.size : len(stream) - len(stream) % 4]
    words = np.frombuffer(body, "<u4")
    nibbles = (words[:, None] >> np.arange(28, -1, -4, dtype=np.uint32) & 15).ravel()
    numbers = _variable_lengths(nibbles)
    counts = np.zeros(width_px * height_px, np.int64)
    pixel, at, last = 0, 0, 0
    while pixel < counts.size:
        if at + 2 > numbers.size:
            return None
        zeros, length = int(numbers[at]), int(numbers[at + 1])
        at, pixel = at + 2, pixel + zeros
        if pixel + length > counts.size or at + length > numbers.size:
            return None
        if length == 0:
            if zeros == 0:
                return None
            continue
        steps = numbers[at : at + length]
        values = last + np.cumsum((steps >> 1) ^ -(steps & 1))
        counts[pixel : pixel + length] = values
        at, pixel, last = at + length, pixel + length, int(values[-1])
    return counts.astype(np.uint16).reshape(height_px, width_px)


def _variable_lengths(nibbles: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the whole numbers that nibbles hold."""
    ends = np.nonzero(nibbles < 8)[0]
    if ends.size == 0:
        return np.zeros(0, np.int64)
    starts = np.concatenate([[0], ends[:-1] + 1])
    used = nibbles[: ends[-1] + 1].astype(np.int64) & 7
    place = np.arange(used.size) - np.repeat(starts, ends - starts + 1)
    return np.asarray(np.add.reduceat(used << np.minimum(3 * place, 60), starts), dtype=np.int64)
