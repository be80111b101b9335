"""Random views of recorded pictures, as the tower sees pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.rectangle import GraspRectangle
from .augment import AugmentRange, augment
from .copy_paste import copy_paste
from .grasp_picture import GraspPicture
from .pixels import colour_of

FRAME_SHARE = 0.35
"""Of the views: whole frames are few, but a camera sees whole frames."""

LAID_IN_SHARE = 0.7
"""Of the frames: those in which another crop's thing takes the place of their own."""

CROP_SCALE = 0.7
"""A crop's pixels for one of the camera's: so differ the labels of 42 frames and of their crops."""

NEAR_SHARE = 0.5
"""Of a crop's views: at about its own scale; the others are as small as things in whole frames."""

NEAR_RANGE = AugmentRange(zoom=(0.85, 1.4), shift=0.2)
FAR_RANGE = AugmentRange(zoom=(0.35, 1.0), shift=0.25)
FRAME_RANGE = AugmentRange(zoom=(0.65, 1.3), shift=0.25)
_FRAME_SCALE = 0.5  # before the view is drawn, since warping alone would skip pixels


@dataclass(frozen=True)
class View:
    """A view and its labels.

    Attributes:
        image_rgb: shape (h, w, 3), uint8.
        rectangles: right grasps whose centres are in sight.
        colour: index of the thing's colour, None where its description names none or several.
        instructions: commands by kind, see `GraspPicture`.
    """

    image_rgb: NDArray[np.uint8]
    rectangles: tuple[GraspRectangle, ...]
    colour: int | None
    instructions: Mapping[str, str]


class RecordedViews:
    """Draws views of labelled crops and frames."""

    def __init__(
        self,
        crops: Sequence[GraspPicture],
        frames: Sequence[GraspPicture],
        colours: Sequence[str],
    ):
        """Take the pictures.

        Args:
            crops: close views of one thing.
            frames: whole pictures of a camera.
            colours: names of the colours that the tower tells apart.
        """
        self._crops = [picture for picture in crops if picture.rectangles]
        self._frames = [picture for picture in frames if picture.rectangles]
        self._colours = tuple(colours)

    def draw(self, rng: np.random.Generator, to_px: tuple[int, int]) -> View:
        """Draw one view of size `to_px` (width, height).

        Raises:
            NoImage: a picture is missing or none.
            DataInvalid: a picture is not of the size that its labels are for.
        """
        if self._frames and rng.random() < FRAME_SHARE:
            within = FRAME_RANGE
            image_rgb, rectangles, picture = self._frame(rng)
        else:
            within = NEAR_RANGE if rng.random() < NEAR_SHARE else FAR_RANGE
            picture = _one_of(self._crops, rng)
            image_rgb, rectangles = colour_of(picture), picture.rectangles
        image_rgb, rectangles = augment(image_rgb, rectangles, rng, within, to_px)
        return View(
            image_rgb,
            tuple(rectangle for rectangle in rectangles if rectangle.is_inside_image),
            self._colour_of(picture),
            picture.instructions,
        )

    def _frame(
        self, rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], tuple[GraspRectangle, ...], GraspPicture]:
        """Return a frame at `_FRAME_SCALE`, its labels, and the picture that its thing is from."""
        frame = _one_of(self._frames, rng)
        size = round(frame.width_px * _FRAME_SCALE), round(frame.height_px * _FRAME_SCALE)
        small = cv2.resize(colour_of(frame), size, interpolation=cv2.INTER_AREA)
        image_rgb = np.asarray(small, dtype=np.uint8)
        rectangles = tuple(rectangle.resized(*size) for rectangle in frame.rectangles)
        if self._crops and rng.random() < LAID_IN_SHARE:
            crop = _one_of(self._crops, rng)
            zoom = _FRAME_SCALE / CROP_SCALE
            laid = copy_paste(image_rgb, rectangles, colour_of(crop), crop.rectangles, zoom, rng)
            if laid is not None:
                return *laid, crop
        return image_rgb, rectangles, frame

    def _colour_of(self, picture: GraspPicture) -> int | None:
        words = set(re.findall(r"[a-z]+", picture.instructions.get("color", "").lower()))
        named = [index for index, colour in enumerate(self._colours) if colour in words]
        return named[0] if len(named) == 1 else None


def _one_of(pictures: Sequence[GraspPicture], rng: np.random.Generator) -> GraspPicture:
    return pictures[int(rng.integers(len(pictures)))]
