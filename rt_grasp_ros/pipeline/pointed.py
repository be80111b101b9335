"""The grasp at what a model points at: found by depth, said in the model's words and ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import NoSupportPlane, OnlyExcluded
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Grasp, Gripper
from ..grasp.pointed import Pointed
from ..language.answer import Answer
from ..language.grounding import describe_closing, describe_place
from ..language.request import Request
from ..proposals.antipodal_search import AntipodalSearch
from ..proposals.proposal import Proposals
from ..proposals.thing_under import ThingUnder
from .cut_out import cut_out
from .grasps_there import grasps_on
from .looking import FindTable, Looked
from .pointed_regions import PointedRegions, Region
from .understanding import LookFor

AskWords = Callable[[str, int, bool], Looked]
"""Asks the model about the whole frame: as `LookFor` does, but for the frame."""

_MARGIN_M = 0.13  # beside a region: what the hand could meet
_PART_NEAR_M = 0.015  # how much farther from the place a grasp is worth 1/e
_THING_NEAR_M = 2.0  # a thing is taken at its middle, wherever on it a point is
_THING_FREE_M = 0.03  # so far from it all of a thing's grasps count alike: points are not exact
_LATER = 0.6  # what a further place is worth beside the one before it
_SECOND = 0.5
_PER_PLACE = 6
_TOUCHED = 0.1  # of what the jaws close on, from which on a grasp is of what is excluded


class PointedPlaces:
    """Turns places into grasps for one command; asks for the same words once.

    A model that names grasps itself is passed through: its answers have no places.
    """

    def __init__(
        self,
        frame: RgbdFrame,
        ask: AskWords,
        gripper: Gripper,
        find_table: FindTable,
        spares: int = 0,
        search: Proposals | None = None,
        thing_under: Callable[[], ThingUnder | None] = lambda: None,
    ) -> None:
        """Take what a command is about.

        Args:
            frame: colour, depth and intrinsics.
            ask: asks the model about it.
            gripper: its measures.
            find_table: finds the planes that things stand on.
            spares: how many more grasps are of use than are wanted.
            search: finds where the gripper could close; by depth alone where left out.
            thing_under: returns what tells what a point means, see `PointedRegions`.
        """
        self._thing_under = thing_under
        self._frame, self._ask, self._spares = frame, ask, spares
        self._gripper, self._find_table = gripper, find_table
        self._search = search or AntipodalSearch(gripper)
        self._regions: PointedRegions | None = None
        self._said: dict[str, Looked] = {}
        self._on_thing: list[tuple[Grasp, Region]] = []
        self._areas: dict[str, NDArray[np.bool_]] = {}

    def look_for(
        self,
        frame: RgbdFrame,
        words: str,
        count: int,
        at_things_alone: bool = False,
        *,
        other_frame: LookFor,
    ) -> Looked:
        """Ask for words; a model that points gets a grasp for every place it points at.

        Such a model is asked about the whole frame alone: where it points tells what it means of
        the things that others are shown one by one.

        Args:
            frame: the whole one, or one in which things are hidden.
            words: a command.
            count: how many grasps are wanted.
            at_things_alone: see `look`.
            other_frame: asks a model that names grasps itself about a frame in which things are
                hidden.
        """
        if words in self._said:
            return self._said[words]
        if frame is not self._frame:
            return other_frame(frame, words, count, at_things_alone)
        looked = self._ask(words, count, at_things_alone)
        if all(answer.places is None for answer in looked.answers):
            return looked
        answers = [found for one in looked.answers for found in self._grasps(one, words, count)]
        self._said[words] = replace(looked, answers=answers)
        return self._said[words]

    def off_excluded(self, looked: Looked, request: Request) -> Looked:
        """Return the answers whose jaws keep off all of what a request excludes.

        Geometry knows the whole of what was pointed at, so that no other end of it is taken.

        Args:
            looked: answers that keep away from where the excluded thing would be taken.
            request: what was asked for.

        Raises:
            OnlyExcluded: none keeps off.
        """
        answers = looked.answers
        for excluded in request.excluded:
            words = f"grasp the {excluded.words}"
            if excluded.is_part:
                words = f"grasp the {request.noun or 'object'} by its {excluded.words}"
            area = self._areas.get(words)
            if area is None or not any(answer.grasp for answer in answers):
                continue
            answers = [answer for answer in answers if not _touches(answer, area)]
            if not answers:
                raise OnlyExcluded(excluded.words)
        return replace(looked, answers=answers)

    def are_of_one_thing(self, first: Grasp, second: Grasp) -> bool:
        """Whether two grasps are of the same thing or part; so are all that were found otherwise.

        Args:
            first: of an answer.
            second: of another one.
        """
        regions = [
            next((region for one, region in self._on_thing if one is grasp), None)
            for grasp in (first, second)
        ]
        return regions[0] is regions[1]

    def _grasps(self, answer: Answer, words: str, count: int) -> Iterator[Answer]:
        """Yield the answers with grasps for one with places, best first; itself where none is."""
        try:
            regions = self._all_regions()
        except NoSupportPlane:
            regions = None
        if not answer.places or regions is None:
            yield answer
            return
        is_part = answer.target is not None and bool(answer.target.part)
        per_place = max(1, min(_PER_PLACE, count if len(answer.places) == 1 else 2))
        found: list[tuple[float, Answer]] = []
        taken = np.zeros(self._frame.depth_m.shape, bool)
        for index, place in enumerate(answer.places):
            there = regions.at(place, is_part)
            for region in there:
                if taken[region.mask].mean() > 1 / 2:
                    continue  # several points on one thing
                taken |= region.mask
                worth = _LATER**index * (_SECOND if region.is_second else 1.0)
                spares = self._spares if index == 0 and not region.is_second else 0
                for grasp in self._on(region, place, is_part, per_place + spares):
                    scored = replace(grasp, score=grasp.score * worth * answer.score)
                    said = _reasoning(answer, place, scored, len(answer.places), len(there))
                    found.append((scored.score, _with(answer, scored, said)))
                    self._on_thing.append((scored, region))
        self._areas[words] = taken
        found.sort(key=lambda entry: (not _is_free(entry[1]), -entry[0]))
        yield from (one for _, one in found)
        if not found:
            yield answer

    def _all_regions(self) -> PointedRegions:
        if self._regions is None:
            self._regions = PointedRegions(self._frame, self._find_table(), self._thing_under())
        return self._regions

    def _on(self, region: Region, place: Pointed, is_part: bool, count: int) -> Sequence[Grasp]:
        """Return the best grasps on a region, those near the place before others."""
        depth_m = self._frame.depth_m[region.mask]
        depth_m = depth_m[np.isfinite(depth_m)]
        if len(depth_m) == 0:
            return []
        focal_px = max(self._frame.intrinsics.fx_px, self._frame.intrinsics.fy_px)
        metre_px = focal_px / float(np.median(depth_m))
        part = cut_out(self._frame, region.mask, round(_MARGIN_M * metre_px))
        near_m, free_m = (_PART_NEAR_M, 0.0) if is_part else (_THING_NEAR_M, _THING_FREE_M)

        def worth(grasp: Grasp) -> float:
            away_px = np.hypot(
                grasp.rectangle.x_px + part.left_px - place.x_px,
                grasp.rectangle.y_px + part.top_px - place.y_px,
            )
            away_m = max(0.0, float(away_px) / metre_px - free_m)
            return float(grasp.score * np.exp(-away_m / near_m))

        grasps = grasps_on(
            part.frame,
            part.mask(region.mask),
            region.plane,
            self._search,
            self._gripper,
            count,
            worth,
        )
        return [part.to_whole(grasp) for grasp in grasps]


def _with(answer: Answer, grasp: Grasp, reasoning: str) -> Answer:
    return replace(
        answer, reasoning=reasoning, rectangle=grasp.rectangle, score=grasp.score, grasp=grasp
    )


def _reasoning(answer: Answer, place: Pointed, grasp: Grasp, places: int, things: int) -> str:
    """Return the model's own words, then ours about the grasp."""
    phrase = answer.target.phrase if answer.target else "thing"
    named = place.label if place.label and place.label != phrase else ""
    parts = [answer.reasoning]
    if named and named not in answer.reasoning:
        parts.append(f"The model calls it '{named}'.")
    if places > 1:
        parts.append(f"It points at {places} places.")
    if things > 1:
        parts.append("Depth shows two things in its box; both are offered.")
    width = ""
    if grasp.object_width_m is not None:
        width = f", which is {grasp.object_width_m * 1000:.0f} mm wide between the fingers"
    parts.append(
        f"I take the {phrase} {describe_place(grasp.rectangle)}{width}, and close "
        f"{describe_closing(grasp.rectangle)}."
    )
    return " ".join(part for part in parts if part)


def _is_free(answer: Answer) -> bool:
    return answer.grasp is not None and answer.grasp.is_executable


def _touches(answer: Answer, area: NDArray[np.bool_]) -> bool:
    """Whether what the jaws of an answer's grasp close on is of an area, in part or whole."""
    rectangle, grasp = answer.rectangle, answer.grasp
    if rectangle is None:
        return False
    if grasp is not None and grasp.object_width_m is not None:
        held = min(1.0, grasp.object_width_m / grasp.opening_m)
        rectangle = replace(rectangle, opening_px=held * rectangle.opening_px)
    closed_on = np.zeros(area.shape, np.uint8)
    cv2.fillPoly(closed_on, [np.round(rectangle.corners()).astype(np.int32)], 1)
    return bool(area[closed_on > 0].mean() > _TOUCHED)
