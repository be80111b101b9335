"""The outermost of several things, or the second, where it is not sure which of them count.

The second bottle from the left is a bottle, with one bottle farther left: how likely a thing is
that one follows from how likely each is what is asked for. So what may be a bottle and lies farther
out counts as much as it may be one, and no bound says what is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from ..language.request import ExcludedOne, Intent, Request, Side, Size
from ..proposals.segments import Segment
from .things import TIE_PX, along, measure

_EVEN, _HALF, _STEEP = 1.0, 0.5, 2.0
"""What fits a name worse than the best by the first, in logits, or by that share of how well the
best fits, is as likely one of those named so as not; and how fast that changes."""

_LARGER = 1.06
"""How many times as large something is to be told larger; beside how likely it counts at all."""

_SURE = 0.98
"""However likely a thing is what is asked for, it may be something else."""

_HARDLY = 1e-4
_AS_LIKELY = 0.7
"""In logits: what is so little less likely is asked about where it can't be told farther out."""

_OTHERS_AS_LIKELY = 0.2
"""The same of all but the outermost, of which whichever is taken is not the one that is left."""


def may_count(request: Request) -> bool:
    """Whether a request means the one that is first, or so many-th, in one measure."""
    of_side = request.side not in (None, Side.MIDDLE, Side.EDGE)
    of_size = request.size not in (None, Size.MEDIUM)
    is_one_measure = (of_side and request.size is None) or (of_size and request.side is None)
    return is_one_measure and not (request.row or request.among or request.excluded_ones)


def may_be_but(request: Request) -> bool:
    """Whether a request means any of a name but the first in one measure: "not the left one"."""
    is_told_else = request.is_ranked and replace(request, excluded_ones=()).is_ranked
    if len(request.excluded_ones) != 1 or is_told_else or request.size is not None:
        return False
    excluded = request.excluded_ones[0]
    return may_count(Request(Intent.GRASP, side=excluded.side, size=excluded.size))


def likely_named(
    fits: NDArray[np.float64], best: float, likely: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how likely each segment is one of those that are named so, 0..1, shape (S,).

    Args:
        fits: how well each fits, as logits, shape (S,).
        best: how well the best does.
        likely: how likely each is one whole thing, 0..1, shape (S,).
    """
    even = min(best - _EVEN, _HALF * best)
    return np.asarray(likely / (1 + np.exp(-_STEEP * (fits - even))))


def outermost(
    request: Request,
    segments: Sequence[Segment],
    frame: RgbdFrame,
    likely: NDArray[np.float64],
    is_same: NDArray[np.bool_],
) -> list[int]:
    """Return which segment is meant, as indices, the likeliest first; several that may as well be.

    None where no segment is of what is counted.

    Args:
        request: see `may_count`.
        segments: of the table, things and pieces of them.
        frame: that they were cut out of.
        likely: how likely each is of what is counted, 0..1, shape (S,); what has none is never it.
        is_same: whether two of them show the same thing, shape (S, S).
    """
    order, apart = _measured(request, segments, frame)
    told = _told(request.rank, order, apart, likely, is_same)
    best = int(np.argmax(told))
    if not np.isfinite(told[best]):
        return []
    near = (np.abs(order[best] - order) < apart) & (told > told[best] - _AS_LIKELY)
    return sorted((int(k) for k in np.flatnonzero(near)), key=lambda k: -told[k])


def how_outermost(
    request: Request,
    segments: Sequence[Segment],
    frame: RgbdFrame,
    likely: NDArray[np.float64],
    is_same: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return how likely each segment is the one that is meant, as logarithms, shape (S,).

    Args: as of `outermost`.
    """
    return _told(request.rank, *_measured(request, segments, frame), likely, is_same)


def but_outermost(
    excluded: ExcludedOne,
    segments: Sequence[Segment],
    frame: RgbdFrame,
    likely: NDArray[np.float64],
    is_same: NDArray[np.bool_],
) -> list[int]:
    """Return which segment is meant where the first in a measure is not, several where any may be.

    Something that counts has to come before it; none where nothing does before anything.

    Args:
        excluded: says the measure: "not the left one"; see `may_be_but`.
        segments: as of `outermost`, and so what follows.
        frame: that they were cut out of.
        likely: how likely each is of what is counted.
        is_same: whether two of them show the same thing.
    """
    first = Request(Intent.GRASP, side=excluded.side, size=excluded.size)
    outer = how_outermost(first, segments, frame, likely, is_same)
    counts = np.isfinite(outer)
    chances = np.log(np.clip(likely[counts], _HARDLY, _SURE))
    is_after_one = -np.expm1(np.minimum(outer[counts] - chances, 0.0))
    told = np.full(len(likely), -np.inf)
    told[counts] = np.where(
        is_after_one > _HARDLY, chances + np.log(np.maximum(is_after_one, _HARDLY)), -np.inf
    )
    if not np.isfinite(told).any():
        return []
    near = told > told.max() - _OTHERS_AS_LIKELY
    return sorted((int(k) for k in np.flatnonzero(near)), key=lambda k: -told[k])


def _told(
    rank: int,
    order: NDArray[np.float64],
    apart: float,
    likely: NDArray[np.float64],
    is_same: NDArray[np.bool_],
) -> NDArray[np.float64]:
    counts = _shown_once(likely, is_same) & (likely > 0)
    chances = np.clip(likely, _HARDLY, _SURE)
    told = np.full(len(order), -np.inf)
    for k in np.flatnonzero(counts):
        before = chances[counts & (order[k] - order >= apart)]
        told[k] = np.log(chances[k]) + np.log(_exactly(rank - 1, before))
    return told


def _measured(
    request: Request, segments: Sequence[Segment], frame: RgbdFrame
) -> tuple[NDArray[np.float64], float]:
    """Return where each segment comes in the order that is said, and what tells two apart."""
    if request.size is not None:
        return np.log(measure(segments, request.size, frame)), float(np.log(_LARGER))
    return np.array(along(segments, request.side or Side.LEFT)), TIE_PX


def _shown_once(likely: NDArray[np.float64], is_same: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which segments count: of those that show the same thing the likeliest."""
    counts = np.zeros(len(likely), bool)
    for k in np.argsort(-likely):
        counts[k] = not (is_same[k] & counts).any()
    return counts


def _exactly(number: int, chances: NDArray[np.float64]) -> float:
    """Return how likely just so many of independent things hold (Poisson's binomial)."""
    of_number = np.zeros(number + 1)
    of_number[0] = 1.0
    for chance in chances:
        one_more = np.concatenate([[0.0], of_number[:-1]])
        of_number = of_number * (1 - chance) + one_more * chance
    return float(max(of_number[number], np.finfo(float).tiny))
