"""What the labels of a data set have in common: all that a baseline may know of it beforehand."""

from __future__ import annotations

import cmath
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..data.grasp_picture import GraspPicture
from ..grasp.errors import DataInvalid

_OPENING_PERCENTILES = (5, 50, 95)


@dataclass(frozen=True, slots=True)
class LabelPrior:
    """Usual numbers of a label; openings over the longer side of the picture.

    Attributes:
        theta_rad: mean direction of the jaw lines.
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

        The mean of directions that are equal modulo half a turn is half that of the doubled
        angles (Mardia and Jupp, Directional Statistics, 2000, section 1.1).

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
        doubled = sum(cmath.rect(1.0, 2 * label.theta_rad) for label in labels)
        return cls(cmath.phase(doubled) / 2, narrow, median, wide)
