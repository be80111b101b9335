"""How a segment looks beside what is around it: a patch of table looks like the table."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from .segments import Segment

_COLUMNS = 640  # looked at in about so many
_BLUR_PX = 3
_INNER_PX, _NEAR_PX, _AROUND_PX = 5, 5, 13  # sides of what masks are shrunk and grown by
_MARGIN_PX = 8
_FEWEST_PX, _MOST_PX = 10, 1000  # are looked at, evenly spread
_UNLIKE = 18.0  # in Lab: plainly another colour
_LEAST_SPREAD = 2.0


def contrasts(frame: RgbdFrame, segments: Sequence[Segment]) -> NDArray[np.float64]:
    """Return how the colours of segments differ from those around them, shape (S, 4).

    Logarithm of how far apart the median colours are, in Lab; which share of a segment is plainly
    unlike what is around it; logarithm of how far its own colours spread; logarithm of the distance
    over the spread of what is around.

    Args:
        frame: that the segments are of.
        segments: any.
    """
    step = max(1, frame.rgb.shape[1] // _COLUMNS)
    shown = np.ascontiguousarray(frame.rgb[::step, ::step])
    blurred = cv2.blur(shown, (_BLUR_PX, _BLUR_PX))
    lab = np.asarray(cv2.cvtColor(blurred, cv2.COLOR_RGB2LAB), np.uint8)
    return np.array([_contrast(lab, one, step) for one in segments]).reshape(-1, 4)


def _contrast(
    lab: NDArray[np.uint8], segment: Segment, step: int
) -> tuple[float, float, float, float]:
    left, top, width, height = (edge // step for edge in segment.box_px)
    place = (
        slice(max(0, top - _MARGIN_PX), top + height + _MARGIN_PX),
        slice(max(0, left - _MARGIN_PX), left + width + _MARGIN_PX),
    )
    mask = segment.mask[::step, ::step][place].astype(np.uint8)
    colours = lab[place]
    shrunk = cv2.erode(mask, np.ones((_INNER_PX, _INNER_PX), np.uint8)) > 0
    is_around = (_grown(mask, _AROUND_PX) > 0) & (_grown(mask, _NEAR_PX) == 0)
    inner = _some(colours[shrunk if np.count_nonzero(shrunk) >= _FEWEST_PX else mask > 0])
    around = _some(colours[is_around])
    if len(around) < _FEWEST_PX:
        around = inner
    if len(inner) == 0:
        return 0.0, 0.0, 0.0, 0.0
    own, other = np.median(inner, axis=0), np.median(around, axis=0)
    apart = float(np.linalg.norm(own - other))
    spread = float(np.abs(inner - own).mean()) + _LEAST_SPREAD
    spread_around = float(np.abs(around - other).mean()) + _LEAST_SPREAD
    unlike = float((np.linalg.norm(inner - other, axis=1) > _UNLIKE).mean())
    return (
        float(np.log1p(apart)),
        unlike,
        float(np.log1p(spread)),
        float(np.log1p(apart / spread_around)),
    )


def _some(lab: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return some of the pixels (N, 3)."""
    return lab[:: max(1, len(lab) // _MOST_PX)].astype(np.float32)


def _grown(mask: NDArray[np.uint8], side_px: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.dilate(mask, np.ones((side_px, side_px), np.uint8)), np.uint8)
