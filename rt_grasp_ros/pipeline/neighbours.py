"""The thing that lies by another one, or between two, where any of several may be that one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from ..language.parse_request import parse_request
from ..language.request import NearBy, Relation, Request
from ..proposals.segments import Segment, overlap
from ..proposals.wholeness import PRIOR
from .outermost import how_outermost, likely_named, may_count
from .places import Places, may_be_within, place_logits

SAME_SHARE = 0.5
"""What shares so much with another segment shows the same thing, or a piece of it."""

_MOST_NEIGHBOURS = 6
"""Things that each may be the one by which the meant one is said to lie."""

_TIE = 0.2
"""In logits: what lies so little better than another is not told from it, 12 mm of being near."""

_NOT_SO = -8.0
"""In logits: what lies so badly does not lie as it is said to."""


def neighbours_of(near: NearBy | None) -> list[Request]:
    """Return the things that the meant one lies by, each as a request for it."""
    said = [near.words, near.also] if near else []
    asked = [(words, parse_request(f"grasp the {words}")) for words in said if words]
    return [one if one.is_called else replace(one, noun=words) for words, one in asked]


def neighbours_told(
    near: NearBy,
    segments: Sequence[Segment],
    frame: RgbdFrame,
    named: NDArray[np.float64],
    likely: NDArray[np.float64],
    is_same: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return how well segments fit neighbours, by what tells these from their like, too.

    Args:
        near: names the neighbours: "the big box", "the leftmost can".
        segments: of the table.
        frame: that they were cut out of.
        named: how well each segment fits their names, as logits, shape (S, 1) or (S, 2).
        likely: how likely each is one whole thing, 0..1, shape (S,).
        is_same: whether two of them show the same thing, shape (S, S).
    """
    told = named + PRIOR * np.log(likely)[:, None]
    for column, other in enumerate(neighbours_of(near)):
        if may_count(other):
            fits = named[:, column]
            meant = likely_named(fits, float(fits.max()), likely)
            told[:, column] = how_outermost(other, segments, frame, meant, is_same)
    return told


def lies_by(
    relation: Relation,
    segments: Sequence[Segment],
    fits: NDArray[np.float64],
    places: Places,
) -> NDArray[np.float64]:
    """Return how well each segment lies by what fits the other one's name, logits, shape (S,).

    None is chosen first: all that may be the other one count, each as likely as it is named so.
    What can't lie so, since it is the other one or a piece of it, has minus infinity.

    Args:
        relation: how it lies.
        segments: of the table.
        fits: how well each segment fits each of the others, as logits, shape (S, 1) or (S, 2);
            minus infinity where it is none.
        places: where the segments are.
    """
    likeliest = [
        [int(k) for k in np.argsort(-one)[:_MOST_NEIGHBOURS] if np.isfinite(one[k])]
        for one in fits.T
    ]
    lies = np.full(len(segments), -np.inf)
    if not all(likeliest):
        return lies
    shares = fits - np.logaddexp.reduce(fits, axis=0)
    is_same = {k: _is_same(relation, segments, k) for k in set().union(*likeliest)}
    for chosen in product(*likeliest):
        if any(is_same[k][other] for k in chosen for other in chosen if k != other):
            continue
        if len(set(chosen)) < len(chosen):
            continue
        logits = place_logits(relation, places, *chosen)
        logits[np.any([is_same[k] for k in chosen], axis=0)] = -np.inf
        known = sum(shares[k, column] for column, k in enumerate(chosen))
        lies = np.logaddexp(lies, known + logits)
    return lies


def lie_best(
    segments: Sequence[Segment], lies: NDArray[np.float64], told: NDArray[np.float64]
) -> list[int]:
    """Return which segment is meant, as indices: several that can't be told apart, or none.

    Args:
        segments: to choose from.
        lies: from `lies_by`.
        told: how well each fits all that is said of it, as logits.
    """
    if not np.isfinite(told).any():
        return []
    best = int(np.argmax(told))
    if lies[best] < _NOT_SO:
        return []
    meant = [best]
    for k in np.argsort(-told)[1:]:
        is_tie = told[k] > told[best] - _TIE
        if is_tie and all(overlap(segments[k], segments[one]) < SAME_SHARE for one in meant):
            meant.append(int(k))
    return meant


def _is_same(relation: Relation, segments: Sequence[Segment], index: int) -> NDArray[np.bool_]:
    """Return which segments can't lie so by one of them, since they show it or a piece of it."""
    if may_be_within(relation):
        return np.asarray(np.arange(len(segments)) == index)
    return np.array([overlap(segments[index], one) >= SAME_SHARE for one in segments])
