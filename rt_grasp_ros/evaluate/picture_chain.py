"""The whole chain on recorded pictures with depth: words, model, geometry."""

from __future__ import annotations

from ..api import Grasper
from ..data.grasp_picture import GraspPicture
from ..data.picture_depth import depth_of, guessed_intrinsics
from ..data.pixels import colour_of
from ..grasp.errors import CameraError
from ..language.answer import Answer


class PictureChain:
    """What a robot would do: depth cuts the table out of the picture, where the model can't."""

    def __init__(self, grasper: Grasper) -> None:
        """Take the chain."""
        self._grasper = grasper

    @property
    def name(self) -> str:
        """The engine's name, and that it is not alone."""
        return f"{self._grasper.engine.name}, whole chain with depth"

    def predict(self, picture: GraspPicture, command: str) -> Answer:
        """Return the best grasp that may be executed; without one the chain has refused.

        Raises:
            DataInvalid: the picture has no depth.
        """
        try:
            depth_m = depth_of(picture)
        except CameraError as error:
            return Answer(error.message, None, 0.0)
        intrinsics = guessed_intrinsics(picture.width_px, picture.height_px)
        found = self._grasper.detect(colour_of(picture), depth_m, intrinsics, command)
        if found.grasp is None:
            return Answer(found.error_message, None, 0.0)
        return Answer(found.reasoning, found.grasp.rectangle, found.grasp.score)
