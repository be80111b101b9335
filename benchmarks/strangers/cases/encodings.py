"""Colour in the encodings that drivers publish."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.strangers.case import Case, CaseFailed
from rt_grasp_ros.grasp.colour import decode_colour

_RED = (200, 60, 20)
_Y, _U, _V = 98, 89, 193  # of that red by ITU-R BT.601
_PACKED = {
    "yuyv": (_Y, _U, _Y, _V),
    "yuv422_yuy2": (_Y, _U, _Y, _V),
    "uyvy": (_U, _Y, _V, _Y),
    "yuv422": (_U, _Y, _V, _Y),
}


def cases() -> list[Case]:
    """Return the cases of this kind."""
    pictures = {name: np.tile(np.array(four, np.uint8), (4, 4)) for name, four in _PACKED.items()}
    luma = np.full(32, _Y, np.uint8)
    pictures["nv12"] = np.concatenate([luma, np.array([_U, _V] * 8, np.uint8)]).reshape(6, 8)
    pictures["nv21"] = np.concatenate([luma, np.array([_V, _U] * 8, np.uint8)]).reshape(6, 8)
    pattern = np.tile(np.array([[200, 60], [60, 20]], np.uint8), (2, 4))
    pictures["bayer_rggb8"] = pattern
    pictures["bayer_rggb16"] = pattern.astype("<u2") * 257
    pictures["8UC3"] = np.full((4, 8, 3), _RED[::-1], np.uint8)
    return [
        Case("encodings", name, "copper-rs#1217", "red is red", partial(_try, name, stored))
        for name, stored in pictures.items()
    ]


def _try(name: str, stored: np.ndarray) -> str:
    step = stored.nbytes // len(stored)
    pixel = decode_colour(stored.tobytes(), name, 8, 4, step)[1, 3]
    if np.abs(pixel.astype(int) - _RED).max() > 3:
        raise CaseFailed(str(pixel.tolist()))
    return str(pixel.tolist())
