"""The words of the embedded model, from `vocabulary.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

NAMELESS_PART = "body"
"""The one part of a thing without a name."""


@dataclass(frozen=True, slots=True)
class PartWords:
    """How a part is called, and how taking it completes "I take ..."."""

    names: tuple[str, ...]
    take: str


@dataclass(frozen=True, slots=True)
class ObjectWords:
    """How an object is called, how its shape completes "It is ...", how it looks, its uses."""

    names: tuple[str, ...]
    shape: str
    looks: tuple[str, ...]
    uses: tuple[str, ...]
    parts: dict[str, PartWords]


@dataclass(frozen=True, slots=True)
class NamelessWords:
    """How a thing without a name looks, and how its shape completes "It is ..."."""

    looks: tuple[str, ...]
    shape: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything in `vocabulary.yaml`; the templates' fields are explained there."""

    objects: dict[str, ObjectWords]
    nameless: dict[str, NamelessWords]
    absent_nouns: tuple[str, ...]
    colours: tuple[str, ...]
    whole_commands: tuple[str, ...]
    part_commands: tuple[str, ...]
    colour_commands: tuple[str, ...]
    shape_commands: tuple[str, ...]
    purpose_commands: tuple[str, ...]
    grasp_answers: tuple[str, ...]
    unknown_noun_answers: tuple[str, ...]
    unknown_absent_answers: tuple[str, ...]
    nameless_answers: tuple[str, ...]
    recorded_answers: tuple[str, ...]
    absent_answers: tuple[str, ...]

    @property
    def part_types(self) -> tuple[tuple[str, str], ...]:
        """All (object, part) pairs in the file's order: the classes of the vision tower."""
        return tuple((o, p) for o, words in self.objects.items() for p in words.parts)

    @property
    def nameless_types(self) -> tuple[tuple[str, str], ...]:
        """All (kind, part) pairs of things without a name: to the vision tower one class."""
        return tuple((kind, NAMELESS_PART) for kind in self.nameless)

    @property
    def labelled_types(self) -> tuple[tuple[str, str], ...]:
        """All (object or kind, part) pairs that a simulated picture may have labels of."""
        return (*self.part_types, *self.nameless_types)


@cache
def load_vocabulary() -> Vocabulary:
    """Read the vocabulary that ships with the package."""
    text = resources.files(__package__).joinpath("vocabulary.yaml").read_text(encoding="utf-8")
    raw = yaml.safe_load(text)
    objects = {
        name: ObjectWords(
            names=tuple(words["names"]),
            shape=words["shape"],
            looks=tuple(words["looks"]),
            uses=tuple(words["uses"]),
            parts={
                part: PartWords(tuple(part_words["names"]), part_words["take"])
                for part, part_words in words["parts"].items()
            },
        )
        for name, words in raw["objects"].items()
    }
    return Vocabulary(
        objects=objects,
        nameless={
            kind: NamelessWords(tuple(words["looks"]), words["shape"])
            for kind, words in raw["nameless"].items()
        },
        absent_nouns=tuple(raw["absent_nouns"]),
        colours=tuple(raw["colours"]),
        whole_commands=tuple(raw["commands"]["whole"]),
        part_commands=tuple(raw["commands"]["part"]),
        colour_commands=tuple(raw["commands"]["colour"]),
        shape_commands=tuple(raw["commands"]["shape"]),
        purpose_commands=tuple(raw["commands"]["purpose"]),
        grasp_answers=tuple(raw["answers"]["grasp"]),
        unknown_noun_answers=tuple(raw["answers"]["unknown_noun"]),
        unknown_absent_answers=tuple(raw["answers"]["unknown_absent"]),
        nameless_answers=tuple(raw["answers"]["nameless"]),
        recorded_answers=tuple(raw["answers"]["recorded"]),
        absent_answers=tuple(raw["answers"]["absent"]),
    )
