"""Hits and misses on one picture: tiles framed in green and red."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from .picture_trial import PictureTrial
from .shown_trials import draw_trial

_COLUMNS = 8
_TILE_PX = 200
_FRAME_PX = 4
_HIT_RGB, _MISS_RGB = (40, 170, 60), (210, 40, 40)
_BACKGROUND = 245


def contact_sheet(trials: Sequence[PictureTrial]) -> NDArray[np.uint8]:
    """Return tiles of 200 pixels, eight a row, in the order given; RGB, uint8.

    Args:
        trials: at least one.
    """
    tiles = [_tile(trial) for trial in trials]
    blank = np.full((_TILE_PX, _TILE_PX, 3), _BACKGROUND, np.uint8)
    tiles += [blank] * (-len(tiles) % _COLUMNS)
    rows = [np.hstack(tiles[start : start + _COLUMNS]) for start in range(0, len(tiles), _COLUMNS)]
    return np.vstack(rows)


def _tile(trial: PictureTrial) -> NDArray[np.uint8]:
    """Fit a drawn trial into a square with a frame that says whether it is a hit."""
    drawn = draw_trial(trial)
    inner_px = _TILE_PX - 4 * _FRAME_PX
    scale = inner_px / max(drawn.shape[:2])
    size = (round(drawn.shape[1] * scale), round(drawn.shape[0] * scale))
    small = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)
    tile = np.full((_TILE_PX, _TILE_PX, 3), _BACKGROUND, np.uint8)
    inset_px = _FRAME_PX
    tile[inset_px:-inset_px, inset_px:-inset_px] = _HIT_RGB if trial.is_hit else _MISS_RGB
    inset_px *= 2
    tile[inset_px : _TILE_PX - inset_px, inset_px : _TILE_PX - inset_px] = _BACKGROUND
    top, left = ((_TILE_PX - length) // 2 for length in small.shape[:2])
    tile[top : top + small.shape[0], left : left + small.shape[1]] = small
    return tile
