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
    shades: frozenset[str]
    parts: frozenset[str]
    vague_parts: frozenset[str]
    decorations: frozenset[str]
    verbs: tuple[str, ...]
    particles: dict[str, frozenset[str]]
    no_typing_errors: frozenset[str]
    other_actions: frozenset[str]
    follow_up_actions: frozenset[str]
    halts: frozenset[str]
    question_starts: frozenset[str]
    offers: tuple[str, ...]
    fillers: tuple[str, ...]
    lone_fillers: frozenset[str]
    requests: tuple[str, ...]
    states: frozenset[str]
    everyday: frozenset[str]
    general_nouns: frozenset[str]
    relations: dict[str, str]
    leading_in: frozenset[str]
    hold_there: tuple[str, ...]
    foreign: dict[str, dict[str, list[str]]]


def _longest_first(phrases: list[str]) -> tuple[str, ...]:
    return tuple(sorted(phrases, key=len, reverse=True))


@cache
def load_request_words() -> RequestWords:
    """Read the words that ship with the package."""
    text = resources.files(__package__).joinpath("request_words.yaml").read_text(encoding="utf-8")
    raw = yaml.safe_load(text)
    return RequestWords(
        colours=raw["colours"],
        shades=frozenset(raw["shades"]),
        parts=frozenset(raw["parts"]),
        vague_parts=frozenset(raw["vague_parts"]),
        decorations=frozenset(raw["decorations"]),
        verbs=_longest_first(raw["verbs"]),
        particles={particle: frozenset(verbs) for particle, verbs in raw["particles"].items()},
        no_typing_errors=frozenset(raw["no_typing_errors"]),
        other_actions=frozenset(raw["other_actions"]),
        follow_up_actions=frozenset(raw["follow_up_actions"]),
        halts=frozenset(raw["halts"]),
        question_starts=frozenset(raw["question_starts"]),
        offers=_longest_first(raw["offers"]),
        fillers=_longest_first(raw["fillers"]),
        lone_fillers=frozenset(raw["lone_fillers"]),
        requests=_longest_first(raw["requests"]),
        states=frozenset(raw["states"]),
        everyday=frozenset(raw["everyday"]),
        general_nouns=frozenset(raw["general_nouns"]),
        relations=raw["relations"],
        leading_in=frozenset(raw["leading_in"]),
        hold_there=tuple(raw["hold_there"]),
        foreign=raw["foreign"],
    )
