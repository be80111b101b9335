"""A change of the last grasp in whatever words: "slightly further left", "too wide", "nudge it up".

Every word has to be one of the change or of those around it; a sentence with any other word is none.
"""

from __future__ import annotations

import re

from .refinement import load_follow_ups

_SMALL = frozenset("bit little slightly tad touch hair fraction smidge smidgen tiny wee".split())
_MOVES = {
    "left": "left", "leftwards": "left", "leftward": "left",
    "right": "right", "rightwards": "right", "rightward": "right",
    "up": "up", "upwards": "up", "upward": "up", "higher": "up", "high": "up", "top": "up", "away": "up",
    "down": "down", "downwards": "down", "downward": "down", "lower": "down", "low": "down", "bottom": "down",
    "towards": "down", "toward": "down", "nearer": "down", "closer": "down",
}  # fmt: skip
_OPENINGS = {
    "wider": "wider", "broader": "wider", "looser": "wider", "wide": "wider", "open": "wider", "opened": "wider",
    "narrower": "narrower", "tighter": "narrower", "close": "narrower", "closed": "narrower",
    "narrow": "narrower", "tight": "narrower", "loose": "wider",
}  # fmt: skip
_TURNS = {
    "clockwise": "turn_clockwise", "cw": "turn_clockwise",
    "counter-clockwise": "turn_counter_clockwise", "counterclockwise": "turn_counter_clockwise",
    "anticlockwise": "turn_counter_clockwise", "anti-clockwise": "turn_counter_clockwise",
    "ccw": "turn_counter_clockwise",
}  # fmt: skip
_OPPOSITE = {
    "left": "right", "right": "left", "up": "down", "down": "up", "wider": "narrower", "narrower": "wider",
    "turn_clockwise": "turn_counter_clockwise", "turn_counter_clockwise": "turn_clockwise",
}  # fmt: skip
_ONLY_TOO_MUCH = frozenset(["wide", "narrow", "tight", "loose", "high", "low", "opened", "closed"])
_NEED_MORE = frozenset(["open", "close"])
_MORE = frozenset(["more", "further", "farther", "less", "wider", "narrower", "again"]) | _SMALL
_AROUND = frozenset(
    """a an the it its this that them your my grasp grip gripper fingers hand hands jaws arm move go
    shift slide nudge turn rotate spin twist tilt make come should be is are you i we was
    need needs want would like prefer to on in of by at from for one once again more some further
    farther far over side just please now still try correct and then so picture robot me base
    gently grab hold take again much way lot way could can will may there but no yes ok okay well
    sorry position rather have must less""".split()
)
_NUMBERS = {
    "ninety": 90, "90": 90, "thirty": 30, "30": 30, "fifteen": 15, "15": 15, "ten": 10, "10": 10,
    "20": 20, "twenty": 20, "25": 25, "35": 35, "40": 40, "forty": 40,
}  # fmt: skip
_DEGREES = frozenset(["degrees", "degree", "deg"])
_QUARTER = frozenset(["quarter"])


def change_said(text: str) -> str | None:
    """Return the change that a sentence asks for, in words of training; None where it asks for none.

    Amounts that no taught change has, such as centimetres, make it none.

    Args:
        text: from `written_out`.
    """
    name = _name_of(re.sub(r"\bnot (?:so|as|that)\b", "too", text))
    return None if name is None else load_follow_ups().refinements[name].phrases[0]


def _name_of(text: str) -> str | None:
    words = re.findall(r"[a-z0-9-]+", text)
    known = {
        *_SMALL,
        *_MOVES,
        *_OPENINGS,
        *_TURNS,
        *_AROUND,
        *_NUMBERS,
        *_DEGREES,
        *_QUARTER,
        "too",
    }
    is_of_the_thing = words[:1] == ["lower"] and "it" in words
    if not words or not set(words) <= known or is_of_the_thing:
        return None
    is_small = bool(_SMALL.intersection(words))
    is_too_much = "too" in words
    changes = _changes(words)
    if len(changes) != 1:
        return None
    change = changes.pop()
    degrees = [_NUMBERS[word] for word in words if word in _NUMBERS]
    if change == "quarter_turn":
        return change
    if degrees and (change not in _TURNS.values() or not 8 <= degrees[0] <= 40):
        return None
    if is_too_much != ("less" in words and change in ("wider", "narrower")):
        change = _OPPOSITE[change]
    if degrees:
        is_small = degrees[0] < 22
    if change in ("wider", "narrower"):
        return change
    prefix = "" if change.startswith("turn") else "move_"
    return f"{prefix}{change}{'_bit' if is_small else ''}"


def _changes(words: list[str]) -> set[str]:
    """Return the changes that words name; several where they contradict each other."""
    is_quarter = bool(_QUARTER.intersection(words)) or any(_NUMBERS.get(w) == 90 for w in words)
    if is_quarter:
        named = {*_MOVES, *_OPENINGS}.intersection(words)
        return {"quarter_turn"} if not named else set()
    is_turned = bool({"turn", "rotate", "spin", "twist", "tilt"}.intersection(words))
    changes = {kind[word] for kind in (_MOVES, _OPENINGS, _TURNS) for word in words if word in kind}
    if is_turned and not changes <= set(_TURNS.values()):
        return set()
    if _ONLY_TOO_MUCH.intersection(words) and "too" not in words:
        return set()
    if _NEED_MORE.intersection(words) and not _MORE.intersection(words) and "too" not in words:
        return set()
    return changes
