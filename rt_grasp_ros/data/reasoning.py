"""Reasoning from the templates in `templates/recorded.yaml` and `templates/simulated.yaml`."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from ..grasp.rectangle import GraspRectangle
from ..language.grounding import Grounding, check_grounding, describe_closing, describe_place
from .situation import Situation, Spot, stated_in

REQUIRED_FIELDS = frozenset({"object", "place", "where", "closing"})
FIELDS = REQUIRED_FIELDS | {"extent", "why"}

_PLURALS = frozenset({"scissors"})

# Whatever a text states, it is wrong of one of them.
_UNLIKE = (
    GraspRectangle(0.5, 0.5, 0.0, 1.0, 1.0, 1, 1),
    GraspRectangle(0.1, 0.1, 1.0, 1.0, 1.0, 1, 1),
)


@dataclass(frozen=True, slots=True)
class Category:
    """How objects of one name are called, and what is said of them."""

    say: str
    templates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReasoningTemplates:
    """Everything in `recorded.yaml`; the templates' fields are explained there."""

    categories: Mapping[str, Category]
    generic: tuple[str, ...]
    absent: tuple[str, ...]
    why: Mapping[Spot, tuple[str, ...]]
    alike: tuple[frozenset[str], ...]
    same_words: tuple[frozenset[str], ...]
    fillers: frozenset[str]

    def category(self, object_name: str) -> Category:
        """Return what is said of an object; unknown names get the generic templates."""
        known = self.categories.get(object_name)
        return known or Category(object_name or "object", self.generic)

    def are_alike(self, one: str, other: str) -> bool:
        """Whether a person may call either object by the other's name."""
        return one == other or any({one, other} <= group for group in self.alike)


@cache
def load_reasoning() -> ReasoningTemplates:
    """Read the templates that ship with the package."""
    raw = _read("recorded.yaml")
    return ReasoningTemplates(
        categories={
            name: Category(entry.get("say", name), tuple(entry["templates"]))
            for name, entry in raw["categories"].items()
        },
        generic=tuple(raw["generic"]),
        absent=tuple(raw["absent"]),
        why={Spot(spot): tuple(clauses) for spot, clauses in raw["why"].items()},
        alike=tuple(frozenset(names) for names in raw["alike"]),
        same_words=tuple(frozenset(words) for words in raw["same_words"]),
        fillers=frozenset(raw["fillers"]),
    )


@cache
def load_part_templates() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Read what is said of each (object, part) of the simulated cell."""
    return {
        (name, part): tuple(templates)
        for name, parts in _read("simulated.yaml").items()
        for part, templates in parts.items()
    }


def write_reasoning(
    template: str, called: str, rectangle: GraspRectangle, situation: Situation, why: str
) -> str:
    """Fill a template.

    Args:
        template: with `FIELDS`.
        called: what the object is called.
        rectangle: what the numbers of the answer say.
        situation: where on the object the grasp lies.
        why: a clause that fits `situation.spot`.
    """
    text = template.format(
        object=called,
        place=describe_place(rectangle),
        extent=situation.extent,
        where=situation.where,
        why=why,
        closing=describe_closing(rectangle),
    )
    return text[0].upper() + text[1:]


def template_problems(template: str) -> list[str]:
    """Return what is wrong with a template, one sentence each; none where it may be used.

    A template must parse, have the required fields and no others, end as a sentence, and state
    nothing about the picture that does not come from a field.
    """
    try:
        fields = [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]
    except ValueError as error:
        return [f"its braces do not parse ({error})"]
    problems = [f"{{{name}}} is no field" for name in fields if name not in FIELDS]
    problems += [f"{{{name}}} is missing" for name in sorted(REQUIRED_FIELDS - set(fields))]
    problems += [
        f"{{{name}}} stands twice" for name in sorted(set(fields)) if fields.count(name) > 1
    ]
    bare = " ".join(text for text, *_ in string.Formatter().parse(template)).lower()
    if not states_nothing(bare):
        problems.append("it states a place or direction itself")
    if any(character.isdigit() for character in bare):
        problems.append("it holds a number")
    if not template.endswith("."):
        problems.append("it does not end with a full stop")
    return problems


def states_nothing(text: str) -> bool:
    """Whether a text says nothing of where a grasp lies or how it closes."""
    grounding = {check_grounding(text, rectangle) for rectangle in _UNLIKE}
    return not stated_in(text) and Grounding.CONTRADICTS not in grounding


def with_articles(names: Sequence[str]) -> str:
    """List things: `a cup, an onion and a pair of scissors`."""
    things = [
        name if name in _PLURALS else f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
        for name in names
    ]
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}"


def _read(name: str) -> dict[str, Any]:
    text = resources.files(__package__).joinpath("templates", name).read_text(encoding="utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    return raw
