"""What people call the colours of pixels, and how sure that is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

COLOURS = (
    "red",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "pink",
    "brown",
    "black",
    "gray",
    "white",
)
"""All names."""

POSSIBLE_SHARE = 0.2
"""A colour that so much of a thing has is not called wrong."""

SURE_COLOURS = ("red", "yellow", "green", "blue", "pink", "black")
"""Those that a thing has where most of its pixels do.

The others are taken for each other: in the shade white is gray and orange is brown, in the light
brown is orange, and pink is purple where it is dark.
"""

_DARK_VALUE, _BLACK_VALUE, _NIGHT_VALUE = 70, 48, 28
_LEAST_CHROMA = 24
"""From which on what is dark has a colour, as a brown mug in the shade, and is not black."""

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
_PALE_ORANGE_SATURATION = 160  # wood, cardboard and leather have less, what is painted has more
_MOST_PIXELS = 4000  # are looked at, evenly spread


def colour_shares(rgb: NDArray[np.uint8]) -> dict[str, float]:
    """Return which share of pixels has which named colour, those that none has left out.

    Args:
        rgb: shape (N, 3), uint8.
    """
    if len(rgb) == 0:
        return {}
    hsv = cv2.cvtColor(thinned(rgb)[None], cv2.COLOR_RGB2HSV)[0].astype(int)
    hue, saturation, value = hsv.T
    limits = [limit for limit, *_ in _HUES]
    of_hue = np.array([[COLOURS.index(name) for name in names] for _, *names in _HUES])
    codes = of_hue[np.searchsorted(limits, hue), (value < _BRIGHT_VALUE).astype(int)]
    is_reddish = (hue <= 6) | (hue > 160)
    is_pale_red = is_reddish & (saturation < _PALE_RED_SATURATION) & (value >= _BRIGHT_VALUE)
    codes[is_pale_red] = COLOURS.index("pink")
    is_pale_orange = (codes == COLOURS.index("orange")) & (saturation < _PALE_ORANGE_SATURATION)
    codes[is_pale_orange] = COLOURS.index("brown")
    codes[saturation < _GRAY_SATURATION] = COLOURS.index("gray")
    codes[(saturation < _WHITE_SATURATION) & (value >= _WHITE_VALUE)] = COLOURS.index("white")
    is_dark = (value < _DARK_VALUE) & (saturation < 2 * _GRAY_SATURATION)
    is_night = (value < _NIGHT_VALUE) | (value * saturation < 255 * _LEAST_CHROMA)
    codes[(value < _BLACK_VALUE) & is_night | is_dark] = COLOURS.index("black")
    counts = np.bincount(codes, minlength=len(COLOURS)) / len(codes)
    return {name: float(share) for name, share in zip(COLOURS, counts, strict=True) if share}


def thinned(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return those of some pixels that `colour_shares` looks at, evenly spread, shape (M, 3).

    Args:
        rgb: shape (N, 3), at least one.
    """
    return np.ascontiguousarray(rgb[:: -(-len(rgb) // _MOST_PIXELS)])


_LIKE = {
    "red": {"pink": 0.4, "brown": 0.2},
    "orange": {"brown": 0.4, "red": 0.3},
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


_PART_SHARE = 0.06
"""Of what is seen of a thing: a cap, a label and a stripe mostly show as much."""


def part_colour_fit(shares: dict[str, float], colour: str) -> float:
    """Return how surely a part of a thing may be called a colour, 0..1: a cap, a handle, stripes.

    Args:
        shares: of the whole thing, from `colour_shares`.
        colour: one of the names.
    """
    weights = {colour: 1.0} | _LIKE.get(colour, {})
    return max(
        weight * min(shares.get(name, 0.0) / _PART_SHARE, 1.0) for name, weight in weights.items()
    )


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
