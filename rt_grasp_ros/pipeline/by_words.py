"""The chain on any table: depth cuts out the things, words choose one, geometry takes it.

The embedded model knows the table that it was trained on. Elsewhere the segments of what stands on
the plane are the things, `Relevance` tells how well each is named, colours, sides, sizes and
neighbours are measured, and `Proposals` say where the gripper can close. The answer is told as the
model tells its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..grasp.colour_names import POSSIBLE_SHARE, colour_fit, part_colour_fit
from ..grasp.errors import FewerThings, NoSupportPlane, OnlyExcluded, WhichOne
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Gripper
from ..grasp.support import Support
from ..grasp.trained_view import TrainedView
from ..language.request import Request
from ..proposals.antipodal_search import AntipodalSearch
from ..proposals.measures import colours as colours_of
from ..proposals.proposal import Proposals
from ..proposals.relevance import PURPOSE, Relevance
from ..proposals.segments import Segment, find_segments, overlap
from ..proposals.shape_words import is_shape_word, shape_logits
from ..proposals.wholeness import PRIOR, wholeness
from .cut_pictures import Cut, CutPictures
from .grasps_there import grasps_on
from .looking import FindTable, Looked
from .neighbours import SAME_SHARE, lie_best, lies_by, neighbours_of, neighbours_told
from .outermost import but_outermost, likely_named, may_be_but, may_count, outermost
from .parts import part_region
from .places import Places
from .selected import selected
from .telling import told_absent, told_grasp, told_ungraspable

MOST_THINGS = 24
_LEAST_WHOLE = 0.05
_FAMILIAR = 0.4
"""Most tables of the cell show 0.41 and more, meshes on its table that the word eye was fitted on
up to 0.39, drawn tables up to 0.1; of tables of others half show more (`docs/evaluation.md`)."""

_SURELY_FAMILIAR = 0.6
"""Of things cut in one way alone: where they look so much like training's, no more is cut."""

_ANYTHING = 2.0
"""How well a thing fits that is not called anything, in logits."""

_AMONG = 1.5
"""In logits: a thing that fits so much worse than the best is none of those that are named so."""

_USUAL_COLOUR_FIT, _LEAST_COLOUR_FIT = 0.2, 0.02
_USUAL_PART_FIT, _LEAST_PART_FIT = 0.5, 0.1
"""The same of a colour that a part alone is said to have."""

_SURELY_NAMED, _MAY_BE_NAMED = 2.0, 0.3
"""In logits, where a colour is said, too: no name outweighs a colour that is not there by more than
the first; one that fits worse by the second passes where the colour is there."""

_SOME_COLOUR = 0.9
"""In logits, where a colour alone is said: what has a twelfth of it may be meant."""

_EXCLUDED = -1.5
"""In logits: what fits an excluded word so well, and no worse than the wanted one, is left."""

_THERE = -3.0
"""In logits: a thing that fits a neighbour's name so well is taken to be that neighbour."""

_SURELY_WHOLE = 0.3
"""Of what is not called anything: what is less likely a whole thing is none of those meant."""


def _likely_things(frame: RgbdFrame, support: Support) -> Cut:
    """Return the segments that may be whole things, the likeliest first, and how likely each is."""
    segments = find_segments(frame, support)
    likely = wholeness(frame, segments)
    kept = [k for k in np.argsort(-likely)[:MOST_THINGS] if likely[k] >= _LEAST_WHOLE]
    return [segments[k] for k in kept], likely[kept]


_CUT_PICTURES = CutPictures(_likely_things)


@dataclass(frozen=True, eq=False)
class NamedTable:
    """A table whose things are told by words.

    Attributes:
        frame: colour, depth and intrinsics.
        segments: what may be a thing, as several cuts show it: a thing and its pieces overlap.
        whole: how likely each is one thing, as a prior in logits, shape (S,).
        relevance: knows names.
    """

    frame: RgbdFrame
    segments: list[Segment]
    whole: NDArray[np.float64]
    relevance: Relevance

    @classmethod
    def of(cls, frame: RgbdFrame, support: Support, relevance: Relevance) -> NamedTable:
        """Cut out what stands on the planes, the likeliest to be a whole thing first."""
        segments, likely = _CUT_PICTURES.of(frame, support)
        return cls(frame, segments, PRIOR * np.log(likely), relevance)

    @cached_property
    def colours(self) -> list[dict[str, float]]:
        """Which share of each segment has which named colour, in balanced light."""
        return colours_of(self.frame, self.segments)

    @cached_property
    def is_same(self) -> NDArray[np.bool_]:
        """Whether two segments show the same thing, or one a piece of the other's, shape (S, S)."""
        return np.array(
            [[overlap(one, each) >= SAME_SHARE for each in self.segments] for one in self.segments]
        )

    @cached_property
    def places(self) -> Places:
        """Where the segments are on the table."""
        return Places.of(self.frame, self.segments)

    @property
    def likely(self) -> NDArray[np.float64]:
        """How likely each segment is one whole thing, 0..1, shape (S,)."""
        return np.asarray(np.exp(self.whole / PRIOR))

    @property
    def is_familiar(self) -> bool:
        """Whether most of what likely is a whole thing looks like what the model was trained on."""
        familiar = self.relevance.familiar(self.frame, self.segments)
        weights = self.likely
        return bool(len(weights)) and float(familiar @ weights) > _FAMILIAR * float(weights.sum())


def table_by_words(
    frame: RgbdFrame,
    trained: TrainedView | None,
    find_table: FindTable,
    relevance: Callable[[], Relevance | None],
) -> NamedTable | None:
    """Return the table where its things are to be told by words; None where by the model.

    The model is asked where it was trained on any picture, and where the things look like those of
    training. Where the camera sees the table as in training, a glance tells that mostly, and an
    empty table is the model's.

    Args:
        frame: colour, depth and intrinsics.
        trained: how the model was trained to see a table.
        find_table: finds the planes that things stand on.
        relevance: returns what knows names, if anything does.
    """
    if trained is None:
        return None
    try:
        support = find_table()
    except NoSupportPlane:
        return None
    names = relevance()
    if names is None:
        return None
    is_view = trained.is_that_of(frame.intrinsics, support.plane)
    if is_view and _looks_familiar(frame, support, names):
        return None
    table = NamedTable.of(frame, support, names)
    return None if table.is_familiar or (is_view and not table.segments) else table


def _looks_familiar(frame: RgbdFrame, support: Support, relevance: Relevance) -> bool:
    """Whether what stands on the first plane surely looks like what the model was trained on."""
    things = find_segments(frame, Support((support.plane,)), fold_limits=(None,))
    familiar = relevance.familiar(frame, things)
    return len(things) > 0 and float(familiar.mean()) > _SURELY_FAMILIAR


def answer_by_words(
    request: Request,
    table: NamedTable,
    gripper: Gripper,
    count: int,
    search: Proposals | None = None,
    *,
    least: float = 0.0,
) -> Looked:
    """Return grasps of the thing that a request means; one answer without where it is absent.

    Args:
        request: for a grasp, see `understood`.
        table: that it is about.
        gripper: its measures.
        count: so many candidates at most.
        search: finds where the gripper could close; by depth alone where left out.
        least: how well the thing has to fit, in logits.

    Raises:
        WhichOne: two fit equally well.
        OnlyExcluded: nothing is left beside what is excluded, or an excluded part's place is not
            known.
        NoFingerClearance: the fingers fit nowhere on what is meant.
    """
    parts = [one.words for one in request.excluded if one.is_part]
    if parts:
        raise OnlyExcluded(parts[0])
    fitting = fitting_of(request, table) if table.segments else None
    if fitting is None or fitting.best < least:
        return Looked([told_absent(request)], doubt="")
    meant = told_apart(request, table, fitting)
    search = search or AntipodalSearch(gripper)
    part = part_region(table.frame, meant, request.noun, request.part)
    why_whole = f"its shape does not tell where its {request.part} is" if request.part else ""
    if part is not None:
        why_whole = f"the fingers fit nowhere on its {request.part}"
        grasps = grasps_on(table.frame, part, meant.plane, search, gripper, count)
        if grasps and grasps[0].is_executable:
            return Looked([told_grasp(request, one, request.part) for one in grasps], doubt="")
    grasps = grasps_on(table.frame, meant.mask, meant.plane, search, gripper, count)
    if not grasps:
        raise told_ungraspable(request)
    return Looked([told_grasp(request, one, why_whole=why_whole) for one in grasps], doubt="")


@dataclass(frozen=True, slots=True, eq=False)
class Fitting:
    """How well the segments of a table fit a request.

    Attributes:
        fit: how likely each is what is meant, as logits, shape (S,).
        is_meant: how likely all that is said holds for each, as logits, shape (S,).
        order: the greatest is the thing's; minus infinity where it is excluded.
        near: how well each fits the neighbours that are said, as logits, one a column; None where
            none is.
    """

    fit: NDArray[np.float64]
    is_meant: NDArray[np.float64]
    order: NDArray[np.float64]
    near: NDArray[np.float64] | None

    @property
    def best(self) -> float:
        """How likely all that is said holds for the thing that fits best, in logits."""
        return float(self.is_meant[self._likeliest])

    @property
    def best_fit(self) -> float:
        """How likely the thing that fits best is what is meant, in logits."""
        return float(self.fit[self._likeliest])

    @property
    def _likeliest(self) -> int:
        return int(np.argmax(self.order))


def fitting_of(request: Request, table: NamedTable) -> Fitting:
    """Return how well segments fit a request.

    Args:
        request: for a grasp, see `understood`.
        table: that it is about; it has segments.

    Raises:
        OnlyExcluded: nothing is left beside what is excluded.
    """
    excluded = [one.words for one in request.excluded]
    is_shape = is_shape_word(request.noun)
    wanted = request.noun or (f"{PURPOSE}{request.purpose}" if request.purpose else "")
    wanted = "" if is_shape else wanted
    phrases = [wanted] if wanted else []
    others = neighbours_of(request.near)
    phrases += [*excluded, *(one.noun for one in others)]
    logits = logits_of(table.relevance.fits(table.frame, table.segments, phrases))
    named = logits[:, 0] if wanted else np.full(len(table.segments), _ANYTHING)
    if is_shape:
        named = shape_logits(request.noun, table.frame, table.segments)
    coloured = _colour_logits(request.colours, table)
    parted = _part_colour_logits(request.part_colours, table)
    fit = named + coloured + parted
    is_meant = _both(named if request.is_called else None, coloured) if request.colours else named
    if request.part_colours and not request.is_called:
        is_meant = np.minimum(is_meant, parted + _SOME_COLOUR)
    order = fit + table.whole
    for index, words in enumerate(excluded, len(phrases) - len(excluded) - len(others)):
        order[_is_excluded(table, logits[:, index], named)] = -np.inf
        if not np.isfinite(order).any():
            raise OnlyExcluded(words)
    if request.excluded_colours:
        order[_has_colour(table, request.excluded_colours)] = -np.inf
        if not np.isfinite(order).any():
            raise OnlyExcluded(f"{request.excluded_colours[0]} ones")
    if not others:
        return Fitting(fit, is_meant, order, None)
    near = [
        logits[:, column - len(others)] + _colour_logits(one.colours, table)
        for column, one in enumerate(others)
    ]
    return Fitting(fit, is_meant, order, np.column_stack(near))


def logits_of(fits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities as logits of at most 13.8, of the same shape."""
    clipped = np.clip(fits, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _colour_logits(colours: Sequence[str], table: NamedTable) -> NDArray[np.float64]:
    """Return what the said colours add: how much more a thing has of them than things usually."""
    if not colours:
        return np.zeros(len(table.segments))
    told = []
    for shares in table.colours:
        fits = [max(colour_fit(shares, name), _LEAST_COLOUR_FIT) for name in colours]
        told.append(float(np.log(np.array(fits) / _USUAL_COLOUR_FIT).sum()))
    return np.array(told)


def _part_colour_logits(colours: Sequence[str], table: NamedTable) -> NDArray[np.float64]:
    """Return what it adds that a part is said to have colours; a part is small, or not in view."""
    if not colours:
        return np.zeros(len(table.segments))
    fits = [[part_colour_fit(shares, name) for name in colours] for shares in table.colours]
    told = np.log(np.maximum(np.array(fits), _LEAST_PART_FIT) / _USUAL_PART_FIT)
    return np.asarray(told.sum(axis=1))


def _both(named: NDArray[np.float64] | None, coloured: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how likely a name (None where none is said) and the said colours hold, as logits.

    What fits best has most of both. But a blue mug is no red one, however surely it is a mug.
    """
    if named is None:
        return coloured + _SOME_COLOUR
    return np.minimum(named, _SURELY_NAMED) + coloured + _MAY_BE_NAMED


def _has_colour(table: NamedTable, colours: Sequence[str]) -> NDArray[np.bool_]:
    """Return which segments have as much of a colour that they may be called so."""
    return np.array(
        [any(one.get(c, 0.0) >= POSSIBLE_SHARE for c in colours) for one in table.colours]
    )


def _is_excluded(
    table: NamedTable, excluded: NDArray[np.float64], wanted: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which segments may be what a request excludes, or touch what fits that best.

    Args:
        table: that it is about.
        excluded: how well each segment fits what is excluded, as logits.
        wanted: how well each fits what is wanted, as logits.
    """
    best = table.segments[int(np.argmax(excluded + table.whole))]
    is_there = np.array([overlap(best, segment) > 0.0 for segment in table.segments])
    return is_there | ((excluded >= wanted) & (excluded >= _EXCLUDED))


def told_apart(request: Request, table: NamedTable, fitting: Fitting) -> Segment:
    """Return the thing that is meant among those that fit, however badly it does.

    Args:
        request: for a grasp, see `understood`.
        table: that it is about.
        fitting: of both, see `fitting_of`.

    Raises:
        WhichOne: two fit equally well.
        FewerThings: there are not as many as are counted.
        OnlyExcluded: nothing is left beside what is excluded.
    """
    is_named = np.isfinite(fitting.order) & (fitting.fit >= min(fitting.best_fit - _AMONG, 0.0))
    if not request.is_called:
        is_named &= table.likely >= min(_SURELY_WHOLE, float(table.likely[is_named].max()))
    meant: list[Segment] = []
    for k in np.argsort(-fitting.order):
        segment = table.segments[k]
        if is_named[k] and all(overlap(other, segment) < SAME_SHARE for other in meant):
            meant.append(segment)
    lies = None
    near = fitting.near
    if request.near is not None and near is not None and (near.max(axis=0) >= _THERE).all():
        told = neighbours_told(
            request.near, table.segments, table.frame, near, table.likely, table.is_same
        )
        lies = lies_by(request.near.relation, table.segments, told, table.places)
    if may_count(request):
        if request.rank > len(meant):
            raise FewerThings(len(meant), request.rank, request.noun or "thing")
        likely = _likely_meant(request, table, fitting, lies)
        outer = outermost(request, table.segments, table.frame, likely, table.is_same)
        if len(outer) != 1:
            raise WhichOne(len(outer) or len(meant), request.noun or "thing")
        return table.segments[outer[0]]
    if may_be_but(request):
        likely = np.where(is_named, _likely_meant(request, table, fitting, lies), 0.0)
        first = request.excluded_ones[0]
        others = but_outermost(first, table.segments, table.frame, likely, table.is_same)
        if not others and len(meant) == 1:
            raise OnlyExcluded(request.noun or "thing")
        if len(others) != 1:
            raise WhichOne(len(others) or len(meant), request.noun or "thing")
        return table.segments[others[0]]
    if lies is not None:
        order = fitting.order if request.is_called else np.where(is_named, fitting.order, -np.inf)
        placed = lie_best(table.segments, lies, order + lies)
        meant = [table.segments[k] for k in placed] or meant
    meant = selected(request, meant, lambda segment: segment, table.frame)
    if len(meant) > 1 and (request.near or request.is_ranked or request.size):
        raise WhichOne(len(meant), request.noun or "thing")
    return meant[0]


def _likely_meant(
    request: Request, table: NamedTable, fitting: Fitting, lies: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Return how likely each segment is of those among which one is told, 0..1, shape (S,)."""
    likely = table.likely
    if request.is_called or request.colours or request.part_colours:
        likely = likely_named(fitting.fit, fitting.best_fit, likely)
    if lies is not None and np.isfinite(lies).any():
        likely = likely * np.exp(lies - lies.max())
    return np.where(np.isfinite(fitting.order), likely, 0.0)
