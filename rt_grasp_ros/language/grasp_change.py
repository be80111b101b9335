"""A change of the last grasp in whatever words: "slightly further left", "too wide", "nudge it up".

Every word has to be one of the change or of those around it; a sentence with any other word names
no change.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any

import yaml

from .refinement import load_follow_ups

_OPPOSITE = {
    "left": "right",
    "right": "left",
    "up": "down",
    "down": "up",
    "wider": "narrower",
    "narrower": "wider",
    "turn_clockwise": "turn_counter_clockwise",
    "turn_counter_clockwise": "turn_clockwise",
}
_QUARTER_DEG = 90
_LEAST_DEG, _SMALL_DEG, _MOST_DEG = 8, 22, 40


@cache
def _words() -> dict[str, Any]:
    """Return `grasp_change.yaml`, the kinds of change by word."""
    text = resources.files(__package__).joinpath("grasp_change.yaml").read_text(encoding="utf-8")
    raw = yaml.safe_load(text)
    for kind in ("moves", "openings", "turns"):
        raw[kind] = {word: change for change, words in raw[kind].items() for word in words}
    return {name: said if isinstance(said, dict) else frozenset(said) for name, said in raw.items()}


def change_said(text: str) -> str | None:
    """Return the change that a sentence asks for, in words of training; None where none.

    Amounts that no taught change has, such as centimetres, make it none.

    Args:
        text: from `written_out`.
    """
    name = _name_of(re.sub(r"\bnot (?:so|as|that)\b", "too", text))
    return None if name is None else load_follow_ups().refinements[name].phrases[0]


def _name_of(text: str) -> str | None:
    """Return the key of the refinement in `refinements.yaml`."""
    words = re.findall(r"[a-z0-9-]+", text)
    known = frozenset(["too"]).union(*_words().values())
    is_of_the_thing = words[:1] == ["lower"] and "it" in words
    if not words or not known.issuperset(words) or is_of_the_thing:
        return None
    changes = _changes(words)
    if len(changes) != 1:
        return None
    (change,) = changes
    degrees = [_words()["degrees"][word] for word in words if word in _words()["degrees"]]
    if change == "quarter_turn":
        return change
    is_turn = change.startswith("turn")
    if degrees and not (is_turn and _LEAST_DEG <= degrees[0] <= _MOST_DEG):
        return None
    is_less_open = "less" in words and change in ("wider", "narrower")
    if ("too" in words) != is_less_open:
        change = _OPPOSITE[change]
    if change in ("wider", "narrower"):
        return change
    is_small = degrees[0] < _SMALL_DEG if degrees else not _words()["small"].isdisjoint(words)
    return f"{'' if is_turn else 'move_'}{change}{'_bit' if is_small else ''}"


def _changes(words: list[str]) -> set[str]:
    """Return the changes that words name; none where they contradict each other."""
    known = _words()
    moves, openings, turns = known["moves"], known["openings"], known["turns"]
    is_quarter = any(known["degrees"].get(word) == _QUARTER_DEG for word in words)
    if is_quarter or not known["quarter"].isdisjoint(words):
        return set() if {*moves, *openings}.intersection(words) else {"quarter_turn"}
    changes = {kind[word] for kind in (moves, openings, turns) for word in words if word in kind}
    if not known["turning"].isdisjoint(words) and not changes <= set(turns.values()):
        return set()
    if "too" in words:
        return changes
    if not known["only_too_much"].isdisjoint(words):
        return set()
    is_amount_missing = known["more"].isdisjoint(words) and known["small"].isdisjoint(words)
    return set() if is_amount_missing and not known["need_more"].isdisjoint(words) else changes
