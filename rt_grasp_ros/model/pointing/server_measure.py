"""Whether a server points where it is asked to: markers at known places are asked for.

What it answers is compared with every known way of writing places and every known meaning of the
numbers, so that a refusal names what was seen: the wrong family, or a server that scales pictures.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from ...grasp.errors import PointingOff
from ...language.target import Target
from ...language.thinking import split_thinking
from .convention import CONVENTIONS, Convention
from .marker_picture import MARKERS, SIZE_PX, Marker, marker_picture
from .pointing_family import PointingFamily, ReadPlaces
from .said_places import SYNTAXES, SaidPlace, tuple_places

MOST_RESIDUAL = 0.02
"""Of the picture's longer side: how far off a server may point."""

_CLEARLY = 1 / 3  # of the own residual: another convention that fits so much better is the true one
_NOTHING = 0.004
_FEWEST = 4
_BOX = 4
_CHARACTERS_A_TOKEN = 4

Ask = Callable[..., tuple[str, float]]
"""Asks about a picture that is sent as it is: `(picture, question, on_text)` to text and score."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well answers agree with one meaning of their numbers.

    Attributes:
        convention: that meaning.
        residual: median distance from the markers, over the picture's longer side.
        count: how many markers were answered with a place.
    """

    convention: Convention
    residual: float
    count: int


@dataclass(frozen=True, slots=True)
class ServerMeasure:
    """What was measured of a server.

    Attributes:
        fit: of the family's own convention.
        first_word_s: median from the question to the first word.
        tokens_per_s: about; by four characters a token.
    """

    fit: Fit
    first_word_s: float
    tokens_per_s: float

    def __str__(self) -> str:
        """Say it in a sentence."""
        return (
            f"the server answers in {self.fit.convention.name} and points {self.fit.residual:.1%} "
            f"of the picture beside {self.fit.count} of {len(MARKERS)} markers (median); its first "
            f"word comes after {self.first_word_s:.2f} s, then about {self.tokens_per_s:.0f} "
            "tokens a second"
        )


def measure_server(family_name: str, family: PointingFamily, url: str, ask: Ask) -> ServerMeasure:
    """Ask a server for markers, and see that it points at them in the family's convention.

    Args:
        family_name: for the message.
        family: how it is asked, and what its numbers should mean.
        url: of the server, for the message.
        ask: asks it.

    Raises:
        PointingOff: it does not; the message names what fits instead.
    """
    sent = family.picture(marker_picture())
    texts, firsts_s, rates = [], [], []
    for marker in MARKERS:
        began_s = time.monotonic()
        heard_s: list[float] = []
        text, _ = ask(
            sent,
            family.question(Target(marker.name)),
            lambda _, heard_s=heard_s: heard_s.append(time.monotonic()),
        )
        ended_s = time.monotonic()
        first_s = heard_s[0] if heard_s else ended_s
        texts.append(split_thinking(text)[1])
        firsts_s.append(first_s - began_s)
        rates.append(len(text) / _CHARACTERS_A_TOKEN / max(ended_s - first_s, 1e-3))
    own = fit_of(texts, family.read_places, family.convention, family)
    other = best_fit(texts, family)
    if (
        own is None
        or own.count < _FEWEST
        or own.residual > MOST_RESIDUAL
        or (own.residual > _NOTHING and other and other.residual < _CLEARLY * own.residual)
    ):
        raise PointingOff(url, family_name, _seen(own, other, texts, family))
    return ServerMeasure(own, median(firsts_s), median(rates))


def fit_of(
    texts: Sequence[str], read_places: ReadPlaces, convention: Convention, family: PointingFamily
) -> Fit | None:
    """Return how well answers agree with a convention; None where they hold no place.

    Args:
        texts: one a marker, in their order.
        read_places: finds places in them.
        convention: what their numbers are taken to mean.
        family: by which the picture was sent.
    """
    shown = family.shown(*SIZE_PX)
    off = []
    for marker, text in zip(MARKERS, texts, strict=True):
        distances = [
            _distance(marker, shown.to_image(*_middle_px(place, convention, shown.size_px)))
            for place in read_places(text)
        ]
        if distances:
            off.append(min(distances))
    return Fit(convention, median(off), len(off)) if off else None


def best_fit(texts: Sequence[str], family: PointingFamily) -> Fit | None:
    """Return the convention, of all known ones, that answers agree with best."""
    fits = [
        fit
        for read_places in (*SYNTAXES, tuple_places)
        for convention in CONVENTIONS
        if (fit := fit_of(texts, read_places, convention, family)) and fit.count >= _FEWEST
    ]
    return min(fits, key=lambda fit: fit.residual, default=None)


def _seen(own: Fit | None, other: Fit | None, texts: Sequence[str], family: PointingFamily) -> str:
    """Return what was seen instead, as a clause."""
    if other is None:
        sample = next((text for text in texts if text.strip()), "")
        return f"it names no place of the markers in a form that is known ('{sample[:80]}')"
    if other.convention != family.convention and other.residual <= MOST_RESIDUAL:
        return (
            f"its answers fit {other.convention.name} ({other.residual:.1%} beside the markers), "
            f"not {family.convention.name}"
        )
    if own is None or own.count < _FEWEST:
        return (
            f"it writes places otherwise than that family does, as {other.convention.name} "
            f"{other.residual:.1%} of the picture beside the markers"
        )
    return (
        f"it points {own.residual:.1%} of the picture beside the markers, and no known convention "
        f"fits better than {other.residual:.1%} ({other.convention.name})"
    )


def _middle_px(
    place: SaidPlace, convention: Convention, size_px: tuple[int, int]
) -> tuple[float, float]:
    corners = [convention.to_px((place.numbers[0], place.numbers[1]), size_px)]
    if len(place.numbers) == _BOX:
        corners.append(convention.to_px((place.numbers[2], place.numbers[3]), size_px))
    x_px, y_px = np.mean(corners, axis=0)
    return float(x_px), float(y_px)


def _distance(marker: Marker, at_px: tuple[float, float]) -> float:
    """Return how far a place is from a marker, over the picture's longer side."""
    return float(np.hypot(at_px[0] - marker.x_px, at_px[1] - marker.y_px)) / max(SIZE_PX)
