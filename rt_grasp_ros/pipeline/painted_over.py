"""Things painted over in a picture, so that a model sees the others alone."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ..proposals.segments import Segment

MARGIN_PX = 6


def painted_over(
    rgb: NDArray[np.uint8],
    gone: Sequence[Segment],
    segments: Sequence[Segment],
    kept: NDArray[np.bool_],
) -> NDArray[np.uint8]:
    """Return a picture in which each of some things takes the colour that is around it.

    Args:
        rgb: shape (H, W, 3).
        gone: what is painted over.
        segments: all things, whose colours are not taken.
        kept: what is left as it is, shape (H, W).
    """
    shown = rgb.copy()
    kernel = np.ones((2 * MARGIN_PX + 1,) * 2, np.uint8)
    things = np.any([one.mask for one in segments], axis=0)
    for one in gone:
        covered = cv2.dilate(one.mask.astype(np.uint8), kernel) > 0
        ring = (cv2.dilate(covered.astype(np.uint8), kernel) > 0) & ~covered & ~things
        if ring.any():
            shown[covered & ~kept] = np.median(rgb[ring], axis=0).astype(np.uint8)
    return shown
