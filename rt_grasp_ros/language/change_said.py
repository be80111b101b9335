"""A change of the last grasp, in whatever words: "slightly further left", "too wide", "2 cm up".

Every word of a clause has to be one of the change or of those around it, so that nothing is
overheard. A complaint ("too far left", "not so wide") asks for the opposite.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import yaml

from .change import Change
from .refinement import NORMAL_OPENING_FACTOR, NORMAL_STEP, NORMAL_TURN_RAD, load_follow_ups

_OPPOSITE = {
    "left": "right",
    "right": "left",
    "up": "down",
    "down": "up",
    "wider": "narrower",
    "narrower": "wider",
    "clockwise": "counter_clockwise",
    "counter_clockwise": "clockwise",
}
_AXES = tuple({direction, opposite} for direction, opposite in list(_OPPOSITE.items())[::2])
_DEGREES = r"(?: ?(?:degrees?|degs?\b|\N{DEGREE SIGN}))"
_NOT_SO = re.compile(
    r"\bnot (?:(?:be|go|move|make it|open|open it|take it|hold it|grasp it|quite) )?(?:so|as|that)"
    r"(?= (?:far|much|wide|high|low|left|right|close|closed|narrow|tight|loose|open|opened|up"
    r"|upwards|down|downwards|clockwise|counterclockwise|near)\b)"
)
_NOT_ENOUGH = re.compile(r"\bnot (?P<how>(?:[a-z]+ ){0,3}?)enough\b")
_NOT_ALONE = re.compile(r"not (?:to the |to )?(?P<direction>[a-z]+)")
_NO_CHANGE = re.compile(
    r"\btoo (?:little|few)\b|\b(?:lower|raise|close|open) (?:the )?(?:arm|hand|it|gripper)?$"
    r"|\bclose to\b"
    r"|\b(?:left|right|upper|lower|higher|wider|narrower)(?:-?(?:most|hand))?"
    r" (?:ones?|thing|object)\b"
)
_OF_AN_OPENING = frozenset(["opening", "grip", "grasp", "gap", "room", "fingers", "jaws", "space"])
_LONGEST_M = 0.2
_LARGE = 2.0


@dataclass(slots=True)
class _Said:
    """What the clauses of a sentence say of a change.

    Attributes:
        directions: that the grasp is to change in.
        refused: directions that are only said not to be meant.
        factor: of the normal step.
        way_m: how far, of what has no length of its own; None where that is not said.
        ways_m: how far in each direction that has a length.
        turn_deg: how far; None where no angle is said.
    """

    directions: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    factor: float = 1.0
    way_m: float | None = None
    ways_m: dict[str, float] = field(default_factory=dict)
    turn_deg: float | None = None


def change_said(clauses: list[str]) -> Change | None:
    """Return the change that clauses ask for together; None where they ask for anything else.

    Args:
        clauses: from `follow_up_clauses`.
    """
    known = [_taught(clause) for clause in clauses]
    if len(clauses) == 1 and known[0] is not None:
        return known[0]
    said = _Said()
    for clause in clauses:
        if not _read(clause, said):
            return None
    if not (said.directions or said.turn_deg) or _contradict(said):
        return None
    return _change(said)


@cache
def load_change_words() -> dict[str, Any]:
    """Read the words of a change that ship with the package."""
    text = resources.files(__package__).joinpath("change_words.yaml").read_text(encoding="utf-8")
    words: dict[str, Any] = yaml.safe_load(text)
    return words


def _taught(clause: str) -> Change | None:
    """Return the change of a sentence that training or the evaluation says, too."""
    refinement = load_follow_ups().refinement_said(clause)
    return None if refinement is None else Change.of(refinement)


def _read(clause: str, said: _Said) -> bool:
    """Note what a clause says; return whether all of it is understood."""
    words = load_change_words()
    not_meant = _NOT_ALONE.fullmatch(clause)
    if not_meant and (direction := _direction_of(not_meant["direction"])):
        said.refused.append(direction)
        return True
    text = clause
    for pattern, written in words["written"]:
        text = re.sub(pattern, written, text)
    text, is_not_so = _NOT_SO.subn("", text)
    text, is_not_enough = _NOT_ENOUGH.subn(r"\g<how> enough", text)
    unmeasured = _with_measures(text, said)
    if unmeasured is None:
        return False
    tokens = re.findall(r"[a-z0-9-]+", unmeasured)
    is_too_much = "too" in tokens or bool(is_not_so)
    if _NO_CHANGE.search(unmeasured):
        return False
    if (is_not_enough and is_too_much) or ("enough" in tokens and not is_not_enough):
        return False
    directions = _directions(tokens, is_too_much or bool(is_not_enough), said)
    if directions is None:
        return False
    if is_too_much != ("less" in tokens):
        directions = [_OPPOSITE[one] for one in directions]
    said.directions += directions
    if said.way_m is not None and len(set(directions)) == 1:
        said.ways_m[directions[0]] = said.way_m
        said.way_m = None
    if set(words["small"]) & set(tokens):
        said.factor = 0.5
    elif set(words["large"]) & set(tokens) and not (is_too_much or is_not_enough):
        said.factor = _LARGE
    is_amount = said.way_m is not None or bool({"bit", "little"} & set(tokens))
    return bool(directions or said.turn_deg) or is_amount


def _with_measures(text: str, said: _Said) -> str | None:
    """Return a clause without its lengths and angles; None where one can't be meant."""
    words = load_change_words()
    number = r"(?:\d+(?:\.\d+)?|" + "|".join(sorted(words["numbers"], key=len, reverse=True)) + ")"
    units = "|".join(sorted(words["units_m"], key=len, reverse=True))
    length = re.compile(
        rf"\b(?P<half>half )?(?P<number>{number})(?P<more> and a half)? ?(?P<unit>{units})\b"
    )
    for found in length.finditer(text):
        value = _number(found["number"]) + (0.5 if found["more"] else 0.0)
        way_m = value * (0.5 if found["half"] else 1.0) * words["units_m"][found["unit"]]
        if said.way_m is not None or not 0 < way_m <= _LONGEST_M:
            return None
        said.way_m = way_m
    text = length.sub(" ", text)
    is_turn = re.search(rf"\b(?:{'|'.join(words['turning'])})\b", text)
    angle = re.compile(
        rf"\b(?P<number>{number})(?P<unit>{_DEGREES}{'?' if is_turn else ''})(?![a-z])"
    )
    for found in angle.finditer(text):
        if not found["unit"] and found["number"] in ("a", "an", "one", "half"):
            continue
        if said.turn_deg is not None:
            return None
        said.turn_deg = _number(found["number"])
        text = text.replace(found[0], " turn ", 1)
    return text


def _number(said: str) -> float:
    known: dict[str, float] = load_change_words()["numbers"]
    return float(known[said]) if said in known else float(said)


def _direction_of(word: str) -> str | None:
    words = load_change_words()
    return next((one for one in _OPPOSITE if word in words[one]), None)


def _directions(tokens: list[str], is_judged: bool, said: _Said) -> list[str] | None:
    """Return the directions that words name; None where one of the words is not known."""
    words = load_change_words()
    small, large, around = words["small"], words["large"], words["around"]
    is_opening = bool(_OF_AN_OPENING & set(tokens))
    has_amount = bool(
        is_judged
        or said.way_m
        or {*words["amounts"], *small, *words["wider"], *words["narrower"], "wide"} & set(tokens)
    )
    is_turned = bool(set(words["turning"]) & set(tokens))
    directions: list[str] = []
    for token in tokens:
        direction = _direction_of(token)
        if direction is None and token in words["too"]:
            if not (is_judged or {"less", "more"} & set(tokens) or "open" in tokens):
                return None
            direction = words["too"][token]
        if direction is None and token in words["with_amount"]:
            is_size = token in ("bigger", "larger", "smaller")
            if not (is_opening if is_size else has_amount):
                return None
            direction = words["with_amount"][token]
        if direction is None:
            plain = (*small, *large, *around, *words["amounts"], *words["turning"])
            if token not in (*plain, "enough"):
                return None
        elif is_turned and direction in ("left", "right"):
            directions.append("counter_clockwise" if direction == "left" else "clockwise")
        else:
            directions.append(direction)
    openings = [one for one in directions if one in ("wider", "narrower")]
    if len(set(openings)) == 2:
        return _one_opening(tokens, directions)
    if is_turned and not directions and not said.turn_deg:
        return None
    return list(dict.fromkeys(directions))


def _one_opening(tokens: list[str], directions: list[str]) -> list[str] | None:
    """Return the directions where two openings are named: a narrower opening is narrower."""
    if "open" not in tokens:
        return None
    return [one for one in dict.fromkeys(directions) if one != "wider"]


def _contradict(said: _Said) -> bool:
    """Whether a change goes both ways, or two lengths or a direction are wanting."""
    directions = set(said.directions)
    if any(axis <= directions for axis in _AXES) or directions & set(said.refused):
        return True
    turns = directions & {"clockwise", "counter_clockwise"}
    if said.turn_deg is not None and not turns and said.turn_deg % 90:
        return True
    if said.turn_deg is not None and directions - turns:
        return True
    if said.way_m is not None and (said.ways_m or len(directions) != 1):
        return True
    return bool(turns & set(said.ways_m)) or (said.way_m is not None and bool(turns))


def _change(said: _Said) -> Change:
    ways_m = dict(said.ways_m)
    if said.way_m is not None:
        ways_m[said.directions[0]] = said.way_m
    turn = _sign(said, "counter_clockwise", "clockwise")
    turn_rad = turn * NORMAL_TURN_RAD * said.factor
    if said.turn_deg is not None:
        turn_rad = (turn or 1) * math.radians(said.turn_deg)
    step = NORMAL_STEP * said.factor
    stepped = _Said([one for one in said.directions if one not in ways_m])
    return Change(
        right=_sign(stepped, "right", "left") * step,
        up=_sign(stepped, "up", "down") * step,
        turn_rad=turn_rad,
        opening_factor=NORMAL_OPENING_FACTOR ** _sign(stepped, "wider", "narrower"),
        right_m=ways_m.get("right", 0.0) - ways_m.get("left", 0.0),
        up_m=ways_m.get("up", 0.0) - ways_m.get("down", 0.0),
        wider_m=ways_m.get("wider", 0.0) - ways_m.get("narrower", 0.0),
    )


def _sign(said: _Said, positive: str, negative: str) -> int:
    return (positive in said.directions) - (negative in said.directions)
