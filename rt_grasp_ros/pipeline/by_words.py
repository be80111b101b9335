"""The chain on any table: depth cuts out the things, words choose one, geometry takes it.

`named_table.py` has the things, `fitting.py` tells how well each fits; here one is told apart, and
`Proposals` say where the gripper can close on it. The answer is told as the model tells its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import FewerThings, OnlyExcluded, WhichOne
from ..grasp.grasp import Gripper
from ..language.request import Request
from ..proposals.antipodal_search import AntipodalSearch
from ..proposals.proposal import Proposals
from ..proposals.segments import Segment, overlap
from .fitting import Fitting, fitting_of
from .grasps_there import grasps_on
from .looking import Looked
from .named_table import NamedTable
from .neighbours import SAME_SHARE, lie_best, lies_by, neighbours_told
from .outermost import but_outermost, likely_named, may_be_but, may_count, outermost
from .parts import part_region
from .selected import selected
from .telling import told_absent, told_grasp, told_ungraspable

_AMONG = 1.5
"""In logits: a thing that fits so much worse than the best is none of those that are named so."""

_THERE = -3.0
"""In logits: a thing that fits a neighbour's name so well is taken to be that neighbour."""

_SURELY_WHOLE = 0.3
"""Of what is not called anything: what is less likely a whole thing is none of those meant."""


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
