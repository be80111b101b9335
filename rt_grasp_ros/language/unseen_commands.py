"""Words that training never draws, from `unseen_commands.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True, slots=True)
class UnseenObject:
    """How an object that training never shows is called, how it looks, and its uses."""

    names: tuple[str, ...]
    looks: tuple[str, ...]
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnseenCommands:
    """Everything in `unseen_commands.yaml`; the templates' fields are explained there.

    Attributes:
        objects: by name.
        absent_nouns: things that are never on the table and that training never names.
        templates: by what a command names: name, part, colour, shape or purpose.
        sentences: by what they are to be taken for: `other_part`, `prohibited`, `by_accident`,
            `one_of_two`.
    """

    objects: dict[str, UnseenObject]
    absent_nouns: tuple[str, ...]
    templates: dict[str, tuple[str, ...]]
    sentences: dict[str, tuple[str, ...]]


@cache
def load_unseen_commands() -> UnseenCommands:
    """Read the words that ship with the package."""
    path = resources.files(__package__).joinpath("unseen_commands.yaml")
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    return UnseenCommands(
        objects={
            name: UnseenObject(**{key: tuple(words) for key, words in entry.items()})
            for name, entry in raw["objects"].items()
        },
        absent_nouns=tuple(raw["absent_nouns"]),
        templates={kind: tuple(templates) for kind, templates in raw["commands"].items()},
        sentences={kind: tuple(templates) for kind, templates in raw["sentences"].items()},
    )
