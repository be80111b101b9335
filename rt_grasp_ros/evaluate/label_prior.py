"""What the labels of a data set have in common: all that a baseline may know of it beforehand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..data.grasp_picture import GraspPicture
from ..grasp.errors import DataInvalid
from ..grasp.rectangle import wrap_half_turn

_OPENING_PERCENTILES = (5, 50, 95)
_TOLERANCE_DEG = 29  # less than the 30 degrees of the rectangle metric


@dataclass(frozen=True, slots=True)
class LabelPrior:
    """Usual numbers of a label; openings over the longer side of the picture.

    Attributes:
        theta_rad: the jaw line that most labels are within 30 degrees of.
        narrow_opening: 5th percentile.
        median_opening: 50th percentile.
        wide_opening: 95th percentile.
    """

    theta_rad: float
    narrow_opening: float
    median_opening: float
    wide_opening: float

    @classmethod
    def of(cls, pictures: Sequence[GraspPicture]) -> LabelPrior:
        """Count all labels of some pictures.

        Raises:
            DataInvalid: there are none.
        """
        labels = [label for picture in pictures for label in picture.rectangles]
        if not labels:
            raise DataInvalid("The pictures carry no labelled grasps; give a set that does.")
        openings = [
            label.opening_px / max(label.image_width_px, label.image_height_px) for label in labels
        ]
        narrow, median, wide = np.percentile(openings, _OPENING_PERCENTILES).tolist()
        theta_deg = _commonest_direction_deg([math.degrees(label.theta_rad) for label in labels])
        return cls(wrap_half_turn(math.radians(theta_deg)), narrow, median, wide)


def _commonest_direction_deg(directions_deg: Sequence[float]) -> int:
    """Return the whole number of degrees, modulo 180, with most directions within 30 degrees."""
    counts = np.bincount(np.round(directions_deg).astype(int) % 180, minlength=180)
    within = sum(np.roll(counts, shift) for shift in range(-_TOLERANCE_DEG, _TOLERANCE_DEG + 1))
    return int(np.argmax(within))
