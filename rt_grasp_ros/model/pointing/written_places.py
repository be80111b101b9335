"""How models write places down: the inverse of `said_places.py`, for tests and our own server."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from .said_places import SaidPlace

_BOX = 4


def as_json(point_key: str, box_key: str) -> Callable[[Sequence[SaidPlace]], str]:
    """Return what writes places as JSON in a fence, whole numbers under these keys."""

    def write(places: Sequence[SaidPlace]) -> str:
        rows = [
            {
                box_key if len(place.numbers) == _BOX else point_key: [
                    round(number) for number in place.numbers
                ],
                "label": place.label,
            }
            for place in places
        ]
        return f"```json\n{json.dumps(rows)}\n```"

    return write


def as_percent_tags(places: Sequence[SaidPlace]) -> str:
    """Write places as Molmo does: one `<point>`, or `<points>` with numbered x and y."""
    label = places[0].label
    if len(places) == 1:
        x, y = places[0].numbers
        return f' <point x="{x:.1f}" y="{y:.1f}" alt="{label}">{label}</point>'
    inside = " ".join(
        f'x{index}="{place.numbers[0]:.1f}" y{index}="{place.numbers[1]:.1f}"'
        for index, place in enumerate(places, 1)
    )
    return f' <points {inside} alt="{label}">{label}</points>'


def as_coords_tags(places: Sequence[SaidPlace]) -> str:
    """Write places as Molmo2 does: the picture's number, then index, x and y of each."""
    inside = " ".join(
        f"{index} {place.numbers[0]:.0f} {place.numbers[1]:.0f}"
        for index, place in enumerate(places, 1)
    )
    return f'<points coords="1 {inside}">{places[0].label}</points>'


def as_box_tags(places: Sequence[SaidPlace]) -> str:
    """Write places as LocateAnything does."""
    return "".join(
        f"<ref>{place.label}</ref><box>"
        + "".join(f"<{number:.0f}>" for number in place.numbers)
        + "</box>"
        for place in places
    )


def as_tuples(places: Sequence[SaidPlace]) -> str:
    """Write places as RoboPoint does."""
    inside = ", ".join(
        "(" + ", ".join(f"{number:.3f}" for number in place.numbers) + ")" for place in places
    )
    return f"[{inside}]"
