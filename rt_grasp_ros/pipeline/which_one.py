"""Which of several things is meant: by side, size, colour, and what lies beside it, as measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np

from ..grasp.colour_names import POSSIBLE_SHARE, colour_fit, colour_shares, part_colour_fit
from ..grasp.errors import FewerThings, NoSupportPlane, OnlyExcluded, WhichOne
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Gripper
from ..grasp.support import Support
from ..language.answer import Answer
from ..language.request import NearBy, Request
from ..proposals.antipodal_search import AntipodalSearch
from ..proposals.measures import colours as colours_of
from ..proposals.proposal import Proposals
from ..proposals.segments import Segment, common_px, find_segments
from .grasps_there import grasps_on
from .looking import FindTable, Looked
from .neighbours import lie_best, lies_by, neighbours_of
from .painted_over import MARGIN_PX, painted_over
from .places import Places
from .selected import selected
from .telling import told_absent, told_grasp, told_ungraspable
from .things import ranked, taken_thing

AskAbout = Callable[[RgbdFrame, str], Looked]
"""Asks the model about a frame for what a plain command names."""

_MOST_THINGS = 10
_LEAST_FIT = 0.1
_LEAST_FIT_ALONE = 0.35
"""Of what is called by its colour alone; a blue thing fits purple less."""

_SHOWN_SHARE = 0.1
"""Of what is called by its colour alone: so much of the colour itself, not of what light may make
of it, and what has none of it is not meant."""

_SHADES = ("white", "gray", "black")

_LEAST_FIT_CLOSED_ON = 0.2  # half of what the jaws close on is table

_FIT_RATIO = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class _Thing:
    """A thing that may be meant, and how the model would take it."""

    segment: Segment
    answers: list[Answer]


def choose(
    request: Request,
    frame: RgbdFrame,
    looked: Looked,
    ask: AskAbout,
    gripper: Gripper,
    find_table: FindTable,
    search: Proposals | None = None,
) -> Looked:
    """Return the answers about the one of several things that a request means.

    Each thing that stands on the table is shown to the model alone, the others painted over; those
    in which it sees what was asked for are told apart by what was measured of them.

    Args:
        request: which says which one.
        frame: colour and depth.
        looked: what the model answers about all of it.
        ask: asks it about a frame.
        gripper: its measures.
        find_table: finds the planes that things stand on.
        search: finds where the gripper could close; by depth alone where left out.

    Raises:
        WhichOne: two fit equally well, or there are fewer than the number that is asked for.
        OnlyExcluded: nothing is left beside what is excluded.
        NoFingerClearance: the fingers fit nowhere on what is meant.
    """
    try:
        support = find_table()
    except NoSupportPlane:
        return looked
    whole = Support((support.plane,))
    segments = shown = whole_things(find_segments(frame, whole, fold_limits=(None,)))
    if shown and (request.colours or request.part_colours or request.excluded_colours):
        least = _LEAST_FIT if request.is_called else _LEAST_FIT_ALONE
        segments = [one for one in shown if _colour_fit(request, frame, one) >= least]
        if not request.is_called:
            segments = [one for one in segments if _shows(request, frame, one)] or segments
        if not segments and request.excluded_colours:
            raise OnlyExcluded(f"{request.excluded_colours[0]} ones")
        rectangle = looked.answers[0].rectangle
        is_cut_out = taken_thing(rectangle, shown) is not None
        if not segments and not is_cut_out and _has_colour_between_jaws(request, frame, looked):
            return looked
        if not segments:
            return replace(looked, answers=[told_absent(request)])
        is_only = len(segments) == 1 and taken_thing(rectangle, segments) is segments[0]
        if is_only and not (request.near or request.is_ranked):
            return looked
    grasps_of = partial(_proposed, request, frame, gripper, search or AntipodalSearch(gripper))
    things = [
        _Thing(segment, _answers_about(request, frame, segment, shown, ask, grasps_of))
        for segment in segments
    ]
    is_counted = request.tells_which and not request.is_called
    fitting = [thing for thing in things if thing.answers or is_counted]
    if not request.is_called:
        fitting = _without_named(request, frame, fitting, shown, ask)
    if not fitting:
        if request.rank > 1:
            raise FewerThings(0, request.rank, request.noun or "thing")
        if request.excluded_ones:
            raise OnlyExcluded(request.noun or "thing")
        return looked
    meant = _told_apart(request, frame, fitting, shown, ask)
    if not meant.answers:
        raise told_ungraspable(request)
    return replace(looked, answers=meant.answers)


def _without_named(
    request: Request,
    frame: RgbdFrame,
    things: Sequence[_Thing],
    segments: Sequence[Segment],
    ask: AskAbout,
) -> list[_Thing]:
    """Return the things that are not those which a request for anything else names, best first.

    Raises:
        OnlyExcluded: there is no other.
    """
    kept = sorted(things, key=lambda thing: -max([one.score for one in thing.answers], default=0))
    for excluded in request.excluded:
        seen = ask(frame, f"grasp the {excluded.words}").answers[0]
        place = taken_thing(seen.rectangle, segments)
        kept = [thing for thing in kept if thing.segment is not place]
        if not kept:
            raise OnlyExcluded(excluded.words)
    return kept


def whole_things(segments: Sequence[Segment]) -> list[Segment]:
    """Return the largest things, none of which lies within another."""
    kept: list[Segment] = []
    for segment in sorted(segments, key=lambda one: -one.area_px):
        if all(common_px(segment, other) < 0.5 * segment.area_px for other in kept):
            kept.append(segment)
    return kept[:_MOST_THINGS]


def _colour_fit(request: Request, frame: RgbdFrame, segment: Segment) -> float:
    """Return how well a thing's colours fit what is said of them, 0..1."""
    shares = colours_of(frame, [segment])[0]
    if any(shares.get(colour, 0.0) >= POSSIBLE_SHARE for colour in request.excluded_colours):
        return 0.0
    of_parts = [part_colour_fit(shares, colour) for colour in request.part_colours]
    return min([1.0, *(colour_fit(shares, colour) for colour in request.colours), *of_parts])


def _shows(request: Request, frame: RgbdFrame, segment: Segment) -> bool:
    """Whether a thing has the said colours themselves, not what light may make of others.

    Shade makes white things gray wherever they are hollow, so that this says nothing there.
    """
    shares = colours_of(frame, [segment])[0]
    return all(
        colour in _SHADES or shares.get(colour, 0.0) >= _SHOWN_SHARE for colour in request.colours
    )


def _has_colour_between_jaws(request: Request, frame: RgbdFrame, looked: Looked) -> bool:
    """Whether the model's answer closes on the said colours, and those of parts are around it.

    That is for what depth has not cut out.
    """
    rectangle = looked.answers[0].rectangle
    if rectangle is None:
        return False
    closed_on = np.zeros(frame.depth_m.shape, np.uint8)
    cv2.fillPoly(closed_on, [np.round(rectangle.corners()).astype(np.int32)], 1)
    around = cv2.dilate(closed_on, np.ones((2 * int(rectangle.opening_px) + 1,) * 2, np.uint8))
    shares, shares_around = (colour_shares(frame.rgb[there > 0]) for there in (closed_on, around))
    return all(
        colour_fit(shares, colour) >= _LEAST_FIT_CLOSED_ON for colour in request.colours
    ) and all(
        part_colour_fit(shares_around, colour) >= _LEAST_FIT_CLOSED_ON
        for colour in request.part_colours
    )


def _answers_about(
    request: Request,
    frame: RgbdFrame,
    segment: Segment,
    segments: Sequence[Segment],
    ask: AskAbout,
    grasps_of: Callable[[Segment], list[Answer]],
) -> list[Answer]:
    """Return how a thing would be taken if it is what was asked for; none where it is not."""
    if not request.is_called:
        return grasps_of(segment)
    alone = _with_others_hidden(frame, segment, segments)
    near = cv2.dilate(segment.mask.astype(np.uint8), np.ones((2 * MARGIN_PX + 1,) * 2, np.uint8))
    return [
        answer
        for answer in ask(alone, request.plain).answers
        if answer.rectangle is not None
        and answer.rectangle.is_inside_image
        and near[int(answer.rectangle.y_px), int(answer.rectangle.x_px)]
    ]


def _with_others_hidden(
    frame: RgbdFrame, segment: Segment, segments: Sequence[Segment]
) -> RgbdFrame:
    """Return the frame with all things but one painted over, and without depth beside it.

    Each takes the colour that is around it. Where no depth shows a thing, none is looked for; so
    whatever else stands above the plane has none, either.
    """
    kept = cv2.dilate(segment.mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    others = [one for one in segments if one is not segment]
    shown = painted_over(frame.rgb, others, segments, kept)
    height_m = segment.plane.height_m(frame.points_m)
    is_other = (height_m > segment.plane.object_height_m) & ~kept
    depth_m = np.where(is_other, np.float32(np.nan), frame.depth_m)
    return replace(frame, rgb=shown, depth_m=depth_m)


def _proposed(
    request: Request, frame: RgbdFrame, gripper: Gripper, search: Proposals, segment: Segment
) -> list[Answer]:
    """Return grasps by geometry of something that was not called anything."""
    grasps = grasps_on(frame, segment.mask, segment.plane, search, gripper, 4)
    return [told_grasp(request, grasp) for grasp in grasps]


def _told_apart(
    request: Request,
    frame: RgbdFrame,
    things: list[_Thing],
    segments: Sequence[Segment],
    ask: AskAbout,
) -> _Thing:
    """Return the thing that fits best.

    Raises:
        WhichOne: two fit equally well.
    """
    if request.near is not None and len(things) > 1:
        things = _by_near(request.near, frame, things, segments, ask)
    things = selected(request, things, lambda thing: thing.segment, frame)
    if (request.colours or request.part_colours) and len(things) > 1:
        fits = [1.0 / _colour_fit(request, frame, thing.segment) for thing in things]
        things = ranked(things, fits, ratio=_FIT_RATIO)
    if len(things) > 1 and request.tells_which:
        raise WhichOne(len(things), request.noun or "thing")
    return things[0]


def _by_near(
    near: NearBy,
    frame: RgbdFrame,
    things: list[_Thing],
    segments: Sequence[Segment],
    ask: AskAbout,
) -> list[_Thing]:
    """Return the thing that lies by another one, or between two; all where one is not found."""
    others = neighbours_of(near)
    is_one = len(others) == 1 or near.words != near.also
    fits = np.full((len(segments), len(others)), -np.inf)
    for column, other in enumerate(others):
        for one in _named_so(other, frame, segments, ask, is_one=is_one):
            fits[segments.index(one), column] = 0.0
    lies = lies_by(near.relation, segments, fits, Places.of(frame, segments))
    is_thing = [any(one.segment is segment for one in things) for segment in segments]
    placed = lie_best(segments, lies, np.where(is_thing, lies, -np.inf))
    meant = [segments[k] for k in placed]
    return [one for one in things if any(one.segment is each for each in meant)] or things


def _named_so(
    other: Request,
    frame: RgbdFrame,
    segments: Sequence[Segment],
    ask: AskAbout,
    *,
    is_one: bool,
) -> list[Segment]:
    """Return what may be the thing that the meant one lies by, several where that is not known.

    Args:
        other: asks for that thing.
        frame: that the segments were cut out of.
        segments: of the table.
        ask: asks the model.
        is_one: whether there is said to be one of that name; else each is looked at alone, as it
            is where it is told from its like.
    """
    if is_one and not other.tells_which:
        seen = [taken_thing(one.rectangle, segments) for one in ask(frame, other.plain).answers]
        return [one for one in segments if any(one is each for each in seen)]
    like = [
        one for one in segments if not other.colours or _colour_fit(other, frame, one) >= _LEAST_FIT
    ]
    if other.is_called:
        like = [
            one for one in like if _answers_about(other, frame, one, segments, ask, lambda _: [])
        ]
    return selected(other, like, lambda one: one, frame) if like else []
