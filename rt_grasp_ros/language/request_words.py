"""The words by which a sentence is taken apart, from `request_words.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True, slots=True)
class RequestWords:
    """Everything in `request_words.yaml`; the lists are explained there."""

    colours: dict[str, str]
    parts: frozenset[str]
    verbs: tuple[str, ...]
    other_actions: frozenset[str]
    follow_up_actions: frozenset[str]
    halts: frozenset[str]
    question_starts: frozenset[str]
    offers: tuple[str, ...]
    fillers: tuple[str, ...]
    lone_fillers: frozenset[str]
    requests: tuple[str, ...]
    states: frozenset[str]
    general_nouns: frozenset[str]
    sides: dict[str, tuple[str, ...]]
    sizes: dict[str, str]
    relations: dict[str, str]
    foreign: dict[str, dict[str, list[str]]]


def _longest_first(phrases: list[str]) -> tuple[str, ...]:
    return tuple(sorted(phrases, key=len, reverse=True))


@cache
def load_request_words() -> RequestWords:
    """Read the words that ship with the package."""
    text = resources.files(__package__).joinpath("request_words.yaml").read_text(encoding="utf-8")
    raw = yaml.safe_load(text)
    sets = ("parts", "other_actions", "follow_up_actions", "halts", "question_starts")
    sets += ("lone_fillers", "states", "general_nouns")
    ordered = ("verbs", "offers", "fillers", "requests")
    return RequestWords(
        **{name: frozenset(raw[name]) for name in sets},
        **{name: _longest_first(raw[name]) for name in ordered},
        sides={name: tuple(patterns) for name, patterns in raw["sides"].items()},
        **{name: raw[name] for name in ("colours", "sizes", "relations", "foreign")},
    )
