"""How well things fit what a request says: by name, colour, exclusion and neighbour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..grasp.colour_names import POSSIBLE_SHARE, colour_fit, part_colour_fit
from ..grasp.errors import OnlyExcluded
from ..language.request import Request
from ..proposals.relevance import PURPOSE
from ..proposals.segments import overlap
from ..proposals.shape_words import is_shape_word, shape_logits
from .named_table import NamedTable
from .neighbours import neighbours_of

_ANYTHING = 2.0
"""How well a thing fits that is not called anything, in logits."""

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
