"""Commands of the cell's evaluation: what they mean, how they name it, how they are phrased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ..data.dialogues import MIN_VISIBLE_FRACTION
from ..language.unseen_commands import UnseenObject, load_unseen_commands
from ..language.vocabulary import ObjectWords, load_vocabulary
from ..sim.labels import PartLabel


class Asking(StrEnum):
    """What a command names of the object it means."""

    NAME = "name"
    PART = "part"
    COLOUR = "colour"
    SHAPE = "shape"
    PURPOSE = "purpose"


class Phrasing(StrEnum):
    """Where the words of a command come from."""

    PLAIN = "plain"
    """One template and each object's first name."""
    TRAINED = "trained"
    """Any template and any name that training draws."""
    UNSEEN = "unseen"
    """Templates that training never draws; the names are those of training."""


@dataclass(frozen=True, slots=True)
class Command:
    """What is asked of the cell.

    Attributes:
        text: the sentence.
        label: the truth about the part it means.
        asking: what it names.
    """

    text: str
    label: PartLabel
    asking: Asking

    @property
    def names_part(self) -> bool:
        """Whether the sentence says the part."""
        return self.asking is Asking.PART


_PLAIN = {
    Asking.NAME: "grasp the {o}",
    Asking.PART: "grasp the {o} by its {p}",
    Asking.COLOUR: "grasp the {c} object",
    Asking.SHAPE: "grasp the {s} object",
    Asking.PURPOSE: "grasp the thing {u}",
}


def visible_labels(labels: Sequence[PartLabel]) -> list[PartLabel]:
    """Return the labels of what can be meant: seen well enough, with the grasp in the picture."""
    return [
        label
        for label in labels
        if label.visible_fraction >= MIN_VISIBLE_FRACTION and label.rectangle.is_inside_image
    ]


def draw_command(
    labels: Sequence[PartLabel],
    asking: Asking,
    phrasing: Phrasing,
    rng: np.random.Generator,
    objects: Sequence[str] = (),
) -> Command | None:
    """Draw a command that means one visible part and nothing else in the scene.

    With equal generators, two phrasings mean the same part and call it by the same name, except
    that a plain one takes first names.

    Args:
        labels: of all parts in the scene.
        asking: what it names.
        phrasing: where its words come from.
        rng: draws.
        objects: only these are meant; any where empty.

    Returns:
        The command, or None where nothing can be meant in this way.
    """
    choices = [
        (label, words)
        for label in visible_labels(labels)
        if (asking is Asking.PART or label.is_default)
        and (not objects or label.object_name in objects)
        and (words := _names_of_it_alone(label, labels, asking))
    ]
    if not choices:
        return None
    label, words = choices[int(rng.integers(len(choices)))]
    fields = {_FIELD[asking]: _pick(words, phrasing, rng)}
    if asking is Asking.PART:
        fields["o"] = _pick(object_names(label), phrasing, rng)
    template = _pick(_templates(asking, phrasing), phrasing, rng)
    return Command(template.format(**fields), label, asking)


_FIELD = {
    Asking.NAME: "o",
    Asking.PART: "p",
    Asking.COLOUR: "c",
    Asking.SHAPE: "s",
    Asking.PURPOSE: "u",
}


def object_names(label: PartLabel) -> tuple[str, ...]:
    """Return how a thing in the cell is called, the usual name first."""
    return label.called or _words(label.object_name).names


def draw_absent_command(object_name: str, asking: Asking, rng: np.random.Generator) -> str:
    """Draw a command in training's words for an object that training shows, by name or part."""
    words = load_vocabulary().objects[object_name]
    parts = [name for part in words.parts.values() for name in part.names]
    return _pick(_templates(asking, Phrasing.TRAINED), Phrasing.TRAINED, rng).format(
        o=_pick(words.names, Phrasing.TRAINED, rng), p=_pick(parts, Phrasing.TRAINED, rng)
    )


def part_names(object_name: str, part_name: str) -> tuple[str, ...]:
    """Return how a part of an object is called; none where training never shows it."""
    words = load_vocabulary().objects.get(object_name)
    if words is None or part_name not in words.parts:
        return ()
    return words.parts[part_name].names


def _words(object_name: str) -> ObjectWords | UnseenObject:
    seen, unseen = load_vocabulary().objects, load_unseen_commands().objects
    return seen[object_name] if object_name in seen else unseen[object_name]


def _names_of_it_alone(
    label: PartLabel, labels: Sequence[PartLabel], asking: Asking
) -> tuple[str, ...]:
    """Return the words that say what is meant and fit nothing else in the scene."""
    if asking is Asking.NAME:
        return object_names(label)
    if asking is Asking.PART:
        return part_names(label.object_name, label.part_name)
    others = {one.object_index: one for one in labels if one.object_index != label.object_index}
    taken = {word for other in others.values() for word in _descriptions(other, asking)}
    return tuple(word for word in _descriptions(label, asking) if word not in taken)


def _descriptions(label: PartLabel, asking: Asking) -> tuple[str, ...]:
    if asking is Asking.COLOUR:
        is_named = label.colour_name in load_vocabulary().colours
        return (label.colour_name,) if is_named else ()
    if label.called:
        return label.uses if asking is Asking.PURPOSE else ()
    words = _words(label.object_name)
    return words.looks if asking is Asking.SHAPE else words.uses


def _templates(asking: Asking, phrasing: Phrasing) -> tuple[str, ...]:
    if phrasing is Phrasing.PLAIN:
        return (_PLAIN[asking],)
    if phrasing is Phrasing.UNSEEN:
        return load_unseen_commands().templates[asking]
    vocabulary = load_vocabulary()
    return {
        Asking.NAME: vocabulary.whole_commands,
        Asking.PART: vocabulary.part_commands,
        Asking.COLOUR: vocabulary.colour_commands,
        Asking.SHAPE: vocabulary.shape_commands,
        Asking.PURPOSE: vocabulary.purpose_commands,
    }[asking]


def _pick(choices: Sequence[str], phrasing: Phrasing, rng: np.random.Generator) -> str:
    """Draw one, the first where the phrasing is plain; the generator is used once either way."""
    drawn = rng.random()
    return choices[0 if phrasing is Phrasing.PLAIN else int(drawn * len(choices))]
