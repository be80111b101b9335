"""What a labelled picture shows: things, their right grasps, and the sentences that mean them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..grasp.rectangle import GraspRectangle

_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to mean a thing.

    Attributes:
        text: what completes "the handle of the ..."; empty where it can't.
        commands: sentences that ask for the thing.
        meanings: what the phrase says of the thing, as words to compare.
    """

    text: str
    commands: tuple[str, ...]
    meanings: frozenset[str]


@dataclass(frozen=True, slots=True)
class Thing:
    """One object in a picture.

    Attributes:
        called: what answers call it.
        is_named: whether that is a name, not just "object".
        object_id: names the object instance, or empty.
        labels: its right grasps in sight, at least one, rounded as in `to_corners`.
        parts: for each label the part that it is on, in words, or empty.
        usual: index of the label that is meant where no part is named; None where any is.
        phrases: how it may be asked for, by kind: `name`, `color`, `shape`, `purpose`, ...
        meanings: by kind, all that is true of it and that a phrase may say.
        templates: for each label the reasoning templates that fit it.
    """

    called: str
    is_named: bool
    object_id: str
    labels: tuple[GraspRectangle, ...]
    parts: tuple[str, ...]
    usual: int | None
    phrases: Mapping[str, Phrase]
    meanings: Mapping[str, frozenset[str]]
    templates: tuple[tuple[str, ...], ...]

    def moved(self, labels: Sequence[GraspRectangle], is_seen: Sequence[bool]) -> Thing | None:
        """Return the thing where another view of it has its labels; None where none is in sight.

        Args:
            labels: as many as `self.labels`, in their order.
            is_seen: for each label whether it is in sight.
        """
        seen = [index for index, is_one in enumerate(is_seen) if is_one]
        if not seen or self.usual not in (None, *seen):
            return None
        return replace(
            self,
            labels=tuple(rounded(labels[index]) for index in seen),
            parts=tuple(self.parts[index] for index in seen),
            usual=None if self.usual is None else seen.index(self.usual),
            templates=tuple(self.templates[index] for index in seen),
        )

    def with_parts(self, parts: Sequence[str]) -> Thing:
        """Return the thing with other names of its labels' parts."""
        return replace(self, parts=tuple(parts))


@dataclass(frozen=True)
class LabelledScene:
    """A picture and the things that it shows.

    Attributes:
        image_rgb: shape (H, W, 3), uint8.
        things: with labels in its pixels.
    """

    image_rgb: NDArray[np.uint8]
    things: tuple[Thing, ...]


def tells_apart(kind: str, thing: Thing, things: Iterable[Thing]) -> bool:
    """Whether a phrase of a thing can't be meant for any other of the things.

    What is not known of another thing may well be true of it.
    """
    said = thing.phrases[kind].meanings
    return all(
        other is thing or (kind in other.meanings and not said & other.meanings[kind])
        for other in things
    )


def commands_for(text: str, carriers: Sequence[str]) -> tuple[str, ...]:
    """Return sentences that ask for what a phrase means.

    Args:
        text: completes "grasp the ...".
        carriers: templates with `{o}` for the text; some of the sentences are plain English.
    """
    carried = [carrier.format(o=text) for carrier in carriers]
    plain = [f"Grasp the {text}."] * (len(carried) // 2)
    return tuple(re.sub(r"\ba (?=[aeiou])", "an ", command) for command in carried + plain)


def to_corners(rectangle: GraspRectangle) -> list[list[float]]:
    """Return the corners in Cornell's order, rounded, for JSON."""
    return np.round(rectangle.corners(), _DECIMALS).tolist()


def rounded(rectangle: GraspRectangle) -> GraspRectangle:
    """Return the rectangle that `to_corners` writes down."""
    return GraspRectangle.from_corners(
        np.array(to_corners(rectangle)), rectangle.image_width_px, rectangle.image_height_px
    )
