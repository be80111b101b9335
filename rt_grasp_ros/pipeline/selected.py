"""The one of several things that a request means by side, rank, row and size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from ..grasp.errors import FewerThings, OnlyExcluded, WhichOne
from ..grasp.frame import RgbdFrame
from ..language.request import Among, ExcludedOne, Request, Side
from ..proposals.segments import Segment
from .things import TIE_PX, TIE_RATIO, along, in_row, inside_px, measure, ranked

T = TypeVar("T")

_HALVES = (Side.LEFT, Side.RIGHT, Side.FRONT, Side.BACK)


def selected(
    request: Request,
    things: Sequence[T],
    segment_of: Callable[[T], Segment],
    frame: RgbdFrame,
) -> list[T]:
    """Return the things that a request means, several where they can't be told apart.

    Args:
        request: says which one.
        things: that are called as it says; at least one.
        segment_of: returns the segment of a thing.
        frame: that they were cut out of.

    Raises:
        FewerThings: there are fewer than the number that is asked for.
        OnlyExcluded: none is left beside what is excluded.
        WhichOne: it can't be told which one is excluded, which row is the middle one, or which
            of them lie on the side where the meant one is one of several.
    """
    kept = list(things)

    def segments() -> list[Segment]:
        return [segment_of(thing) for thing in kept]

    for excluded in request.excluded_ones:
        gone = _excluded(excluded, segments(), frame)
        if len(gone) != 1:
            raise WhichOne(len(gone), request.noun or "thing")
        kept = [thing for thing in kept if segment_of(thing) is not gone[0]]
        if not kept:
            raise OnlyExcluded(request.noun or "thing")
    if request.row is not None:
        of_row = [kept[k] for k in in_row(segments(), request.row)]
        if not of_row:
            raise WhichOne(len(kept), request.noun or "thing")
        kept = of_row
    if request.among is not None:
        kept = [kept[k] for k in _among(request.among, segments(), request)]
    if request.size is not None and request.side in _HALVES and request.rank == 1:
        return _of_size_on_side(request, kept, segments(), frame)
    if request.size is not None:
        number = request.rank if request.side is None else 1
        _require(number, kept, request)
        kept = ranked(kept, measure(segments(), request.size, frame), number, ratio=TIE_RATIO)
    if request.side is not None:
        _require(request.rank, kept, request)
        kept = ranked(kept, _order(segments(), request.side, frame), request.rank, apart=TIE_PX)
    return kept


def _require(number: int, things: Sequence[T], request: Request) -> None:
    """Refuse a number that there is no thing for.

    Raises:
        FewerThings: there is none.
    """
    if number > len(things):
        raise FewerThings(len(things), number, request.noun or "thing")


def _among(among: Among, segments: Sequence[Segment], request: Request) -> list[int]:
    """Return which segments lie on a side, as indices.

    Raises:
        FewerThings: there are fewer than are said to lie there.
        WhichOne: it can't be told which of them do.
    """
    order = along(segments, among.side)
    by_order = sorted(range(len(order)), key=lambda k: order[k])
    if among.count > len(order):
        raise FewerThings(len(order), among.count, request.noun or "thing")
    count = among.count or len(_on_half(segments, among.side))
    there, beyond = by_order[:count], by_order[count:]
    is_clear = not beyond or order[beyond[0]] - order[there[-1]] >= TIE_PX if there else False
    if len(there) < 2 or not is_clear:
        raise WhichOne(len(order), request.noun or "thing")
    return there


def _on_half(segments: Sequence[Segment], side: Side) -> list[int]:
    """Return which segments lie on a side of the middle between the outermost, as indices."""
    order = along(segments, side)
    return [k for k, one in enumerate(order) if one <= (min(order) + max(order)) / 2]


def _of_size_on_side(
    request: Request, things: list[T], segments: Sequence[Segment], frame: RgbdFrame
) -> list[T]:
    """Return the thing of a size on a side: "the big mug on the left".

    Where several lie there, it is the one of that size among them; where one does, that has to be
    the one of that size among all.

    Raises:
        WhichOne: the only one on that side is not of that size.
    """
    if request.size is None or request.side is None:
        return things
    there = _on_half(segments, request.side)
    is_one = len(there) == 1
    chosen_from = range(len(things)) if is_one else there
    sizes = measure([segments[k] for k in chosen_from], request.size, frame)
    meant = ranked(list(chosen_from), sizes, ratio=TIE_RATIO)
    if is_one and there[0] not in meant:
        raise WhichOne(len(things), request.noun or "thing")
    order = _order([segments[k] for k in meant], request.side, frame)
    return [things[k] for k in ranked(meant, order, apart=TIE_PX)]


def _excluded(
    excluded: ExcludedOne, segments: Sequence[Segment], frame: RgbdFrame
) -> list[Segment]:
    """Return what is excluded, several where they can't be told apart."""
    if excluded.size is not None:
        return ranked(segments, measure(segments, excluded.size, frame), ratio=TIE_RATIO)
    if excluded.side is not None:
        return ranked(segments, _order(segments, excluded.side, frame), apart=TIE_PX)
    return []


def _order(segments: Sequence[Segment], side: Side, frame: RgbdFrame) -> list[float]:
    """Return how far each segment is from being the one on a side, in pixels."""
    if side is Side.EDGE:
        return inside_px(segments, frame)
    return along(segments, side)
