"""The antipodal baseline where there is no depth: the object is what differs from the table."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..data.grasp_picture import GraspPicture
from ..data.pixels import colour_of
from ..language.answer import Answer
from .antipodal import OBJECT_LEVEL, antipodal_grasp
from .label_prior import LabelPrior

_BORDER_SHARE = 0.06  # of the shorter side: the ring that is taken for the table
_SMALLEST_DIFFERENCE = 8.0  # in 8-bit Lab: less is noise and shadow


class AntipodalColour:
    """Takes the table's colour away and looks for opposed edges of what is left."""

    name = "antipodal_colour"

    def __init__(self, prior: LabelPrior) -> None:
        """Take the range of openings."""
        self._prior = prior

    def predict(self, picture: GraspPicture, command: str) -> Answer:
        """Return the best pair of edges, whatever the command; no grasp where there is none."""
        side_px = max(picture.width_px, picture.height_px)
        rectangle = antipodal_grasp(
            relief_of_colour(colour_of(picture)),
            self._prior.narrow_opening * side_px,
            self._prior.wide_opening * side_px,
        )
        return Answer("These edges of the colour are opposed.", rectangle, 1.0)


def relief_of_colour(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how much each pixel differs from the table, 0.5 where an object begins; (H, W).

    The table's colour changes linearly over the picture, as fitted to its border; what differs
    is told from what does not by Otsu's threshold.

    Args:
        rgb: shape (H, W, 3), uint8.
    """
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float32)
    difference = np.linalg.norm(lab - _table_colour(lab), axis=-1)
    scaled = difference.clip(0, 255).astype(np.uint8)
    threshold, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    begins = max(float(threshold), _SMALLEST_DIFFERENCE)
    return np.interp(difference, (0, begins, 2 * begins), (0, OBJECT_LEVEL, 1)).astype(np.float32)


def _table_colour(lab: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the table's colour at every pixel, fitted to the border without its outliers."""
    height_px, width_px = lab.shape[:2]
    border_px = max(2, round(_BORDER_SHARE * min(height_px, width_px)))
    is_border = np.ones((height_px, width_px), bool)
    is_border[border_px:-border_px, border_px:-border_px] = False
    rows, columns = np.mgrid[0:height_px, 0:width_px].astype(np.float32)
    terms = np.stack([np.ones_like(rows), columns / width_px, rows / height_px], axis=-1)
    colours, seen = lab[is_border], terms[is_border]
    distance = np.linalg.norm(colours - np.median(colours, axis=0), axis=-1)
    usual = distance <= np.median(distance) * 2 + 1
    coefficients, *_ = np.linalg.lstsq(seen[usual], colours[usual], rcond=None)
    return np.asarray(terms @ coefficients, dtype=np.float32)
