"""What the light does to colours, taken back in part: gains of the channels from a picture alone.

Shades of grey (Finlayson & Trezzi, Color Imaging Conference 2004): the mean of the picture's
brightness to a high power, which bright surfaces decide, is taken for grey. Tables are often
brown, and no light is; so it is followed in part, and to a bound.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_POWER = 12.0
_STRENGTH, _MOST_GAIN = 0.3, 1.2
"""On drawn tables of grey, brown and green twice as much gains more, on recorded pictures, which
their cameras have balanced already, nothing gains."""

_DARKEST, _BRIGHTEST = 8, 250  # of any channel: what lies beyond tells no colour
_STEP_PX = 4
_FEWEST_PIXELS = 100
_POWERS = np.arange(256, dtype=np.float64) ** _POWER


def balance_gains(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what each channel is to be multiplied with, shape (3,).

    Args:
        rgb: the whole picture, uint8, shape (H, W, 3).
    """
    channels = np.ascontiguousarray(np.moveaxis(rgb[::_STEP_PX, ::_STEP_PX], -1, 0)).reshape(3, -1)
    tells = (channels.max(axis=0) < _BRIGHTEST) & (channels.min(axis=0) > _DARKEST)
    if np.count_nonzero(tells) < _FEWEST_PIXELS:
        return np.ones(3, np.float32)
    light = _POWERS[channels[:, tells]].mean(axis=1) ** (1 / _POWER)
    gains = (light.mean() / light) ** _STRENGTH
    return np.asarray(np.clip(gains, 1 / _MOST_GAIN, _MOST_GAIN), np.float32)


def balanced(rgb: NDArray[np.uint8], gains: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return pixels in balanced light, uint8.

    Args:
        rgb: uint8, shape (..., 3).
        gains: from `balance_gains` of the picture that they are of.
    """
    return np.asarray(np.clip(rgb * gains, 0, 255), np.uint8)
