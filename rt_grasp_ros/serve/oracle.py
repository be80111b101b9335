"""A model that knows the truth and answers in a family's own words, with the mistakes it is told.

It recognises a picture by its looks, so it is asked over the same socket as any model, and knows
nothing beyond what a request holds.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import RequestInvalid
from ..grasp.pointed import Pointed
from ..language.target import Target
from ..model.family import find_family
from ..model.pointing.marker_picture import MARKERS, SIZE_PX, marker_picture
from ..model.pointing.pointing_family import PointingFamily
from ..pipeline.look_after_lift import held_question
from ..pipeline.second_look import CHECK_SHARE, check_question
from .chat_service import Asked
from .mistakes import Mistake, MistakeKind
from .truth import PictureTruth, TrueThing

_THUMBNAIL_PX = (48, 36)
_MOST_APART = 12.0  # mean difference of thumbnails, of 255
_BARE = 2.0  # of 255: a picture of one colour, as nodes warm up with, shows nothing
_BLANK = "\x00"
_DRAWN = 60  # of 255: so much does what is drawn differ from the picture below it
_BESIDE_PX = 6


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    truth: PictureTruth
    thumbnail: NDArray[np.float32]


class Oracle:
    """Answers requests about pictures whose truth it knows.

    Attributes:
        convention: what the numbers mean that it writes.
    """

    def __init__(
        self, family_name: str, truths: Iterable[PictureTruth], mistake: Mistake | None = None
    ) -> None:
        """Take what is true.

        Args:
            family_name: whose words it uses.
            truths: pictures and what is in them.
            mistake: what it does wrong; nothing where it is left out.

        Raises:
            ModelNotLoaded: there is no such family.
            RequestInvalid: the family names grasps and does not point.
        """
        self._family = pointing_family(family_name)
        self._mistake = mistake or Mistake()
        self.convention = self._family.convention
        if self._mistake.kind is MistakeKind.UNITS:
            self.convention = pointing_family(self._mistake.family).convention
        self._known = [self._recognisable(truth) for truth in (marker_truth(), *truths)]
        self._last: PictureTruth | None = None

    def reply(self, asked: Asked) -> str:
        """Answer a request, see `chat_service.Reply`.

        Raises:
            RequestInvalid: the picture is none that is known.
        """
        checked = _between(asked.question, check_question(Target(_BLANK)))
        if checked is not None:
            return self._check(checked, asked.picture_rgb)
        if _between(asked.question, held_question(Target(_BLANK))) is not None:
            return "I can't tell: I know pictures from before anything moved."
        phrase = _between(asked.question, self._family.question(Target(_BLANK)))
        if phrase is None:
            raise RequestInvalid(
                "This is not how the family is asked that the oracle speaks as; choose the same "
                "family on both sides."
            )
        truth = self._recognised(asked.picture_rgb)
        if truth is None:
            return self._family.none
        self._last = truth
        height_px, width_px = truth.picture_rgb.shape[:2]
        places = self._places(truth, phrase.lower())
        speaker = replace(self._family, convention=self.convention)
        return speaker.retell(places, width_px, height_px)

    def _recognisable(self, truth: PictureTruth) -> _Known:
        return _Known(truth, _thumbnail(self._family.picture(truth.picture_rgb)))

    def _recognised(self, sent_rgb: NDArray[np.uint8]) -> PictureTruth | None:
        """Return the truth of a picture; None for an unknown one that shows nothing."""
        thumbnail = _thumbnail(sent_rgb)
        apart = [float(np.abs(known.thumbnail - thumbnail).mean()) for known in self._known]
        best = int(np.argmin(apart))
        if apart[best] > _MOST_APART:
            if sent_rgb.std() < _BARE:
                return None
            raise RequestInvalid(
                "The oracle knows no picture like this one; start it with the scenes, the seed and "
                "the data that it is asked about."
            )
        return self._known[best].truth

    def _places(self, truth: PictureTruth, phrase: str) -> list[Pointed]:
        meant = [thing for thing in truth.things if phrase in thing.phrases]
        kind, is_marker = (
            self._mistake.kind,
            truth.picture_rgb.shape[1::-1] == SIZE_PX
            and any(marker.name == phrase for marker in MARKERS),
        )
        if not is_marker:
            if kind is MistakeKind.ABSENT:
                meant = []
            elif kind is MistakeKind.NEIGHBOUR and meant:
                meant = _next_to(meant[0], truth.things)
            elif kind is MistakeKind.INVENTS and not meant:
                meant = [thing for thing in truth.things if not thing.is_part][:1]
        places = [_place_of(thing, phrase) for thing in meant]
        height_px, width_px = truth.picture_rgb.shape[:2]
        return (
            []
            if not places
            else [self._mistaken(place, (width_px, height_px), is_marker) for place in places]
        )

    def _mistaken(self, place: Pointed, size_px: tuple[int, int], is_marker: bool) -> Pointed:
        """Return a place with the mistake in it; markers are met, but for the units."""
        if is_marker:
            return place
        box_px = place.box_px
        if self._mistake.kind is MistakeKind.NOISE:
            seed = zlib.crc32(f"{place.label} {place.x_px:.1f} {place.y_px:.1f}".encode())
            angle_rad = np.random.default_rng(seed).uniform(0, 2 * np.pi)
            off_px = self._mistake.amount / 100 * max(size_px)
            right_px, down_px = off_px * np.cos(angle_rad), off_px * np.sin(angle_rad)
            x_px, y_px = place.x_px + right_px, place.y_px + down_px
            if box_px is not None:
                left, top, right, bottom = box_px
                box_px = left + right_px, top + down_px, right + right_px, bottom + down_px
            return _within(replace(place, x_px=x_px, y_px=y_px, box_px=box_px), size_px)
        if self._mistake.kind is MistakeKind.BOXES and box_px is not None:
            left, top, right, bottom = box_px
            x_px, y_px = (left + right) / 2, (top + bottom) / 2
            half_x_px = self._mistake.amount * (right - left) / 2
            half_y_px = self._mistake.amount * (bottom - top) / 2
            box_px = x_px - half_x_px, y_px - half_y_px, x_px + half_x_px, y_px + half_y_px
            return _within(replace(place, box_px=box_px), size_px)
        return place

    def _check(self, phrase: str, crop_rgb: NDArray[np.uint8]) -> str:
        """Say honestly whether what is drawn into a crop of the last picture is at a thing."""
        truth = self._last
        if truth is None:
            raise RequestInvalid("The oracle was shown no whole picture before this part of one.")
        meant = [thing for thing in truth.things if phrase.lower() in thing.phrases]
        column, row = _drawn_at(truth.picture_rgb, crop_rgb)
        kernel = np.ones((2 * _BESIDE_PX + 1,) * 2, np.uint8)
        for thing in meant:
            if cv2.dilate(thing.mask.astype(np.uint8), kernel)[row, column]:
                return f"Yes, the fingers are at the {phrase}."
        there = [
            sorted(thing.phrases)[0]
            for thing in truth.things
            if thing.mask[row, column] and not thing.is_part
        ]
        return f"No, that is the {there[0]}." if there else "No, there is nothing like it there."


def pointing_family(name: str) -> PointingFamily:
    """Return a family that points.

    Raises:
        ModelNotLoaded: there is no such family.
        RequestInvalid: it names grasps.
    """
    family = find_family(name)
    if not isinstance(family, PointingFamily):
        raise RequestInvalid(
            f"The family '{name}' names grasps; give one that points, such as qwen3_vl."
        )
    return family


def marker_truth() -> PictureTruth:
    """Return the truth of the picture that servers are measured with."""
    rows, columns = np.mgrid[: SIZE_PX[1], : SIZE_PX[0]] + 0.5
    return PictureTruth(
        marker_picture(),
        tuple(
            TrueThing.of(
                {marker.name},
                np.hypot(columns - marker.x_px, rows - marker.y_px) < marker.radius_px,
            )
            for marker in MARKERS
        ),
    )


def _between(text: str, template: str) -> str | None:
    """Return what stands in a template's blank; None where a text is not of it."""
    before, _, after = template.partition(_BLANK)
    is_of_it = text.startswith(before) and text.endswith(after)
    return text[len(before) : len(text) - len(after)] if is_of_it else None


def _thumbnail(picture_rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(
        cv2.resize(picture_rgb, _THUMBNAIL_PX, interpolation=cv2.INTER_AREA), np.float32
    )


def _place_of(thing: TrueThing, label: str) -> Pointed:
    """Return the box of a thing, and the point that is farthest inside of it."""
    mask = np.pad(thing.mask, 1)
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    row, column = np.unravel_index(int(np.argmax(inside)), inside.shape)
    rows, columns = np.nonzero(thing.mask)
    box_px = (
        float(columns.min()),
        float(rows.min()),
        float(columns.max() + 1),
        float(rows.max() + 1),
    )
    return Pointed(float(column) + 0.5, float(row) + 0.5, label, box_px)


def _next_to(thing: TrueThing, things: tuple[TrueThing, ...]) -> list[TrueThing]:
    """Return the nearest other thing; none where there is none."""
    own = thing.mask
    at = np.argwhere(own).mean(axis=0)
    others = [
        (float(np.linalg.norm(np.argwhere(mask).mean(axis=0) - at)), other)
        for other in things
        if not other.is_part and not ((mask := other.mask) & own).any() and mask.any()
    ]
    return [min(others, key=lambda entry: entry[0])[1]] if others else []


def _within(place: Pointed, size_px: tuple[int, int]) -> Pointed:
    """Return a place that is cut off at the picture's edges."""
    width_px, height_px = size_px
    box_px = place.box_px
    if box_px is not None:
        left, top, right, bottom = box_px
        box_px = (
            min(max(left, 0.0), width_px - 2.0),
            min(max(top, 0.0), height_px - 2.0),
            max(min(right, float(width_px)), 2.0),
            max(min(bottom, float(height_px)), 2.0),
        )
    return replace(
        place,
        x_px=min(max(place.x_px, 0.0), width_px - 1.0),
        y_px=min(max(place.y_px, 0.0), height_px - 1.0),
        box_px=box_px,
    )


def _drawn_at(picture_rgb: NDArray[np.uint8], crop_rgb: NDArray[np.uint8]) -> tuple[int, int]:
    """Return column and row of a picture that the middle of what is drawn into a crop is at."""
    side_px = round(CHECK_SHARE * min(picture_rgb.shape[:2]))
    crop = cv2.resize(crop_rgb, (side_px, side_px), interpolation=cv2.INTER_AREA)
    match = cv2.matchTemplate(picture_rgb, crop, cv2.TM_SQDIFF)
    _, _, (left, top), _ = cv2.minMaxLoc(match)
    below = picture_rgb[top : top + side_px, left : left + side_px].astype(int)
    is_drawn = np.abs(below - crop.astype(int)).max(axis=-1) > _DRAWN
    rows, columns = np.nonzero(is_drawn)
    if len(rows) == 0:
        return left + side_px // 2, top + side_px // 2
    return (
        left + int((columns.min() + columns.max()) / 2),
        top + int((rows.min() + rows.max()) / 2),
    )
