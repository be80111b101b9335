"""Hits and misses drawn: which trials are shown, and how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ..data.pixels import colour_of
from ..grasp.draw import draw_comparison
from .picture_trial import PictureTrial

Item = TypeVar("Item")

SHOWN_OF_EACH = 48
"""At most so many hits and so many misses are shown."""

_SHORTEST_SIDE_PX = 320


def select_trials(trials: Sequence[PictureTrial]) -> list[PictureTrial]:
    """Return misses, then hits, each spread evenly over all of them rather than chosen."""
    misses = [trial for trial in trials if not trial.is_hit]
    hits = [trial for trial in trials if trial.is_hit]
    return [*spread_evenly(misses, SHOWN_OF_EACH), *spread_evenly(hits, SHOWN_OF_EACH)]


def spread_evenly(items: Sequence[Item], count: int) -> list[Item]:
    """Return at most `count` of some items, in order and evenly spaced."""
    if len(items) <= count:
        return list(items)
    return [items[index * len(items) // count] for index in range(count)]


def draw_trial(trial: PictureTrial) -> NDArray[np.uint8]:
    """Return the picture with labels and prediction, small ones enlarged; RGB, uint8."""
    rgb = colour_of(trial.picture)
    scale = max(1, -(-_SHORTEST_SIDE_PX // min(rgb.shape[:2])))
    size_px = (rgb.shape[1] * scale, rgb.shape[0] * scale)
    enlarged = cv2.resize(rgb, size_px, interpolation=cv2.INTER_CUBIC)
    return draw_comparison(
        np.asarray(enlarged, np.uint8),
        [label.resized(*size_px) for label in trial.picture.rectangles],
        None if trial.rectangle is None else trial.rectangle.resized(*size_px),
    )
