"""A family of models that point: the question, the picture, and how to read where they point."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ...grasp.errors import AnswerGarbled
from ...grasp.pointed import Pointed
from ...language.target import Target
from ...language.thinking import split_thinking
from .convention import Convention
from .said_places import SaidPlace, says_none, words_of
from .shown_picture import ShownPicture

ReadPlaces = Callable[[str], list[SaidPlace]]
WritePlaces = Callable[[Sequence[SaidPlace]], str]

_SET_BY = 127
_BOX = 4


@dataclass(frozen=True, slots=True, eq=False)
class Pointing:
    """What a model points at.

    Attributes:
        words: its sentences beside the places; empty where it says none.
        places: in the camera's picture, in its order; none where it says that there is none.
    """

    words: str
    places: tuple[Pointed, ...]


@dataclass(frozen=True, slots=True)
class PointingFamily:
    """How models that were trained alike to point are asked, and what their numbers mean.

    Attributes:
        asked: the user's turn; `{target}` is what to point at.
        convention: what the numbers mean.
        read_places: finds the places in what the model wrote.
        write_places: writes places as the model does.
        none: what the model writes where there is none.
        boxes: whether it is asked for boxes, and not points.
        multiple_px: which the sides of the picture are multiples of.
        max_new_tokens: length at which an answer is cut off.
    """

    asked: str
    convention: Convention
    read_places: ReadPlaces
    write_places: WritePlaces
    none: str = "There are none."
    boxes: bool = False
    multiple_px: int = 32
    max_new_tokens: int = 768

    def shown(self, image_width_px: int, image_height_px: int) -> ShownPicture:
        """Return how pictures of a size are shown to the model."""
        return ShownPicture.of(image_width_px, image_height_px, self.multiple_px)

    def picture(self, image_rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the picture to send, shape (h, w, 3), of a camera's picture (H, W, 3)."""
        return self.shown(image_rgb.shape[1], image_rgb.shape[0]).draw(image_rgb)

    def question(self, target: Target) -> str:
        """Return what the user's turn says beside the picture."""
        return self.asked.replace("{target}", target.phrase)

    def read(self, text: str, image_width_px: int, image_height_px: int) -> Pointing:
        """Read where the model points.

        Args:
            text: the whole answer.
            image_width_px: width of the camera's picture, which the places will belong to.
            image_height_px: height of that picture.

        Raises:
            AnswerGarbled: there are neither places nor a refusal in it, or places beyond the
                picture: numbers of another unit than the family's.
        """
        thinking, said = split_thinking(text)
        shown = self.shown(image_width_px, image_height_px)
        found = self.read_places(said)
        if not found and not says_none(said):
            raise AnswerGarbled(text)
        places = []
        for one in found:
            pointed = self._pointed(one, shown, image_width_px, image_height_px)
            if pointed is None:
                raise AnswerGarbled(text)
            places.append(pointed)
        words = " ".join(part for part in (thinking.strip(), words_of(said)) if part)
        return Pointing(words, tuple(places))

    def retell(self, places: Sequence[Pointed], image_width_px: int, image_height_px: int) -> str:
        """Write places of the camera's picture as the model would: what `read` reads so."""
        if not places:
            return self.none
        shown = self.shown(image_width_px, image_height_px)
        said = []
        for place in places:
            corners = [(place.x_px, place.y_px)]
            if self.boxes and place.box_px is not None:
                corners = [place.box_px[:2], place.box_px[2:]]
            numbers: list[float] = []
            for x_px, y_px in corners:
                sent = shown.from_image(x_px, y_px)
                numbers += self.convention.to_numbers(*sent, shown.size_px)
            said.append(SaidPlace(tuple(numbers), place.label))
        return self.write_places(said)

    def _pointed(
        self, said: SaidPlace, shown: ShownPicture, image_width_px: int, image_height_px: int
    ) -> Pointed | None:
        """Return a place in the camera's picture; None where it is beyond the picture sent."""
        corners = (
            [said.numbers[:2], said.numbers[2:]] if len(said.numbers) == _BOX else [said.numbers]
        )
        at_px = []
        for first, second in corners:
            if not self.convention.holds((first, second), shown.size_px):
                return None
            x_px, y_px = shown.to_image(*self.convention.to_px((first, second), shown.size_px))
            at_px.append(
                (
                    min(max(x_px, 0.0), image_width_px - 1e-3),
                    min(max(y_px, 0.0), image_height_px - 1e-3),
                )
            )
        (left, top), (right, bottom) = np.min(at_px, axis=0), np.max(at_px, axis=0)
        box_px = (float(left), float(top), float(right), float(bottom))
        is_box = right - left >= 1 and bottom - top >= 1
        return Pointed(
            x_px=float(left + right) / 2,
            y_px=float(top + bottom) / 2,
            label=said.label,
            box_px=box_px if is_box else None,
            mask=_mask(said.mask_base64, box_px, (image_height_px, image_width_px))
            if is_box and said.mask_base64
            else None,
        )


def _mask(
    data: str, box_px: tuple[float, float, float, float], shape: tuple[int, int]
) -> NDArray[np.bool_] | None:
    """Return a box's PNG as a mask of the whole picture; None where it is none."""
    try:
        raw = np.frombuffer(base64.b64decode(data), np.uint8)
        small = cv2.imdecode(raw, cv2.IMREAD_GRAYSCALE) if len(raw) else None
    except (binascii.Error, cv2.error):
        small = None
    if small is None:
        return None
    left, top, right, bottom = (round(edge) for edge in box_px)
    mask = np.zeros(shape, bool)
    if right > left and bottom > top:
        resized = cv2.resize(small, (right - left, bottom - top))
        mask[top:bottom, left:right] = resized > _SET_BY
    return mask
