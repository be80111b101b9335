"""The baseline that looks at nothing: the middle of the picture."""

from __future__ import annotations

from ..data.grasp_picture import GraspPicture
from ..grasp.rectangle import GraspRectangle
from ..language.answer import Answer
from ..language.codec import JAW_PER_OPENING
from .label_prior import LabelPrior


class ImageCentre:
    """Grasps at the picture's centre, with the commonest angle and the median opening of labels."""

    name = "image_centre"

    def __init__(self, prior: LabelPrior) -> None:
        """Take the usual angle and opening."""
        self._prior = prior

    def predict(self, picture: GraspPicture, command: str) -> Answer:
        """Return the same grasp for every picture of a size."""
        opening_px = self._prior.median_opening * max(picture.width_px, picture.height_px)
        rectangle = GraspRectangle(
            x_px=picture.width_px / 2,
            y_px=picture.height_px / 2,
            theta_rad=self._prior.theta_rad,
            opening_px=opening_px,
            jaw_px=opening_px * JAW_PER_OPENING,
            image_width_px=picture.width_px,
            image_height_px=picture.height_px,
        )
        return Answer("This is the middle of the picture.", rectangle, 1.0)
