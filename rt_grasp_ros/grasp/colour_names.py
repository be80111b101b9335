"""What people call the colours of pixels, and how sure that is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

POSSIBLE_SHARE = 0.2
"""A colour that so much of a thing has is not called wrong."""

SURE_COLOURS = ("red", "yellow", "green", "blue", "pink", "black")
"""Those that a thing has where most of its pixels do.

The others are taken for each other: in the shade white is gray and orange is brown, in the light
brown is orange, and pink is purple where it is dark.
"""

_DARK_VALUE, _BLACK_VALUE = 70, 48
_GRAY_SATURATION, _WHITE_SATURATION = 45, 60
_WHITE_VALUE = 190
_HUES = (
    # up to this hue (OpenCV: degrees / 2): name where it is bright, where it is dark
    (4, "red", "red"),
    (9, "red", "brown"),
    (18, "orange", "brown"),
    (23, "orange", "brown"),
    (34, "yellow", "brown"),
    (85, "green", "green"),
    (97, "blue", "green"),
    (128, "blue", "blue"),
    (150, "purple", "purple"),
    (170, "pink", "purple"),
    (180, "red", "red"),
)
_BRIGHT_VALUE = 165
_PALE_RED_SATURATION = 150


def colour_shares(rgb: NDArray[np.uint8]) -> dict[str, float]:
    """Return which share of pixels has which named colour, those that none has left out.

    Args:
        rgb: shape (N, 3), uint8.
    """
    if len(rgb) == 0:
        return {}
    hsv = cv2.cvtColor(np.ascontiguousarray(rgb)[None], cv2.COLOR_RGB2HSV)[0].astype(int)
    hue, saturation, value = hsv.T
    names = np.full(len(hsv), "", dtype="<U8")
    for last, (limit, bright, dark) in reversed(list(enumerate(_HUES))):
        first = _HUES[last - 1][0] if last else -1
        here = (hue > first) & (hue <= limit)
        names[here & (value >= _BRIGHT_VALUE)] = bright
        names[here & (value < _BRIGHT_VALUE)] = dark
    is_reddish = (hue <= 6) | (hue > 160)
    names[is_reddish & (saturation < _PALE_RED_SATURATION) & (value >= _BRIGHT_VALUE)] = "pink"
    is_pale = saturation < _GRAY_SATURATION
    names[is_pale] = "gray"
    names[(saturation < _WHITE_SATURATION) & (value >= _WHITE_VALUE)] = "white"
    names[
        (value < _BLACK_VALUE) | ((value < _DARK_VALUE) & (saturation < 2 * _GRAY_SATURATION))
    ] = "black"
    counted, counts = np.unique(names, return_counts=True)
    return {
        str(name): float(count) / len(names) for name, count in zip(counted, counts, strict=True)
    }


_LIKE = {
    "red": {"pink": 0.4, "brown": 0.2},
    "orange": {"brown": 0.5, "red": 0.3},
    "yellow": {"orange": 0.4, "brown": 0.3},
    "blue": {"purple": 0.2},
    "purple": {"blue": 0.3, "pink": 0.3},
    "pink": {"red": 0.4, "purple": 0.4},
    "brown": {"orange": 0.5},
    "black": {"gray": 0.3},
    "gray": {"white": 0.3, "black": 0.3},
    "white": {"gray": 0.6},
}
"""For what shade and light may make of a colour: how much of it counts."""


def colour_fit(shares: dict[str, float], colour: str) -> float:
    """Return how much of a thing may be called a colour, 0..1, in whatever light it stands.

    Args:
        shares: from `colour_shares`.
        colour: one of the names.
    """
    like = _LIKE.get(colour, {})
    return shares.get(colour, 0.0) + sum(
        share * weight for name, weight in like.items() if (share := shares.get(name, 0.0))
    )
