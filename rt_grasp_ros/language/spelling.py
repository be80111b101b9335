"""Slips of the pen put right, in words that tell what is meant; what may be another word is left.

A name may be any noun, so that only words of `spelling.yaml` and nouns of the vocabulary are put
right, and only by slips that make no other English word of them: what is not put right is asked
again, what is mistaken for something else is grasped.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import yaml

from .vocabulary import load_vocabulary

_SHORTEST, _SHORTEST_NOUN = 4, 5
"""Letters of what is put right where two are swapped."""

_DOUBLED = 6
"""Letters of what is put right where one is doubled."""

_MISSING, _MISSING_NOUN = 7, 8
"""Letters of what is put right where one is missing."""

_NO_NAME = r"(?<!\bthe )(?<!\ba )(?<!\bmy )(?<!\byour )(?<!\bthat )"
_ASKED = (
    r"(?:please|kindly|see|find|know|have|like|want|need|take|grab|grasp|get|pick|give|pass|hand"
    r"|bring|fetch|lift)"
)
_IN_PLACE = (
    (r"\b(?:cn|cna)(?= (?:you|u)\b)", "can"),
    (r"\b(?:nxt|nex)(?= to\b)", "next"),
    (
        _NO_NAME + rf"\b(can|could|will|would|do|thank) u(?= {_ASKED}\b|[ ,.!?]*$)",
        r"\1 you",
    ),
    (r"(?:(?<=^)|(?<=\bif )|(?<=\bas )|(?<=\bwhat ))u(?= (?:can|will|must|may)\b)", "you"),
    (_NO_NAME + r"\bu(?= (?:could|would|should|see|find|know|want|need|like)\b)", "you"),
)
"""What is put right where nothing else can stand: a name may be "u bolt" or "nxt brick"."""


def spelt(text: str) -> str:
    """Return a text in small letters with the slips in it put right."""
    for pattern, plain in _IN_PLACE:
        text = re.sub(pattern, plain, text)
    return re.sub(
        r"(?<![a-z'-])[a-z]+(?![a-z'-])", lambda word: _slips().get(word[0], word[0]), text
    )


@cache
def _slips() -> dict[str, str]:
    """Return what is meant by each slip that means one word alone."""
    text = resources.files(__package__).joinpath("spelling.yaml").read_text(encoding="utf-8")
    raw = yaml.safe_load(text)
    said = load_vocabulary()
    names = [name for thing in said.objects.values() for name in thing.names]
    nouns = {word for name in (*names, *said.absent_nouns) for word in name.split()}
    words = set(raw["words"])
    meant: dict[str, set[str]] = {}
    for word in words | nouns:
        slips = _swapped(word, _SHORTEST if word in words else _SHORTEST_NOUN) | _undoubled(word)
        if len(word) >= _DOUBLED:
            slips |= _doubled(word)
        if len(word) >= (_MISSING if word in words else _MISSING_NOUN):
            slips |= _missing(word)
        for slip in slips - words - nouns - set(raw["right"]):
            meant.setdefault(slip, set()).add(word)
    told = {slip: of.pop() for slip, of in meant.items() if len(of) == 1 and len(slip) > 3}
    return told | {slip: plain for plain, slips in raw["plain"].items() for slip in slips}


def _swapped(word: str, shortest: int) -> set[str]:
    ways = range(1, len(word) - 1) if len(word) >= shortest else ()
    return {f"{word[:k]}{word[k + 1]}{word[k]}{word[k + 2 :]}" for k in ways} - {word}


def _undoubled(word: str) -> set[str]:
    doubles = [k for k in range(1, len(word)) if word[k] == word[k - 1]]
    return {f"{word[:k]}{word[k + 1 :]}" for k in doubles}


def _missing(word: str) -> set[str]:
    return {f"{word[:k]}{word[k + 1 :]}" for k in range(1, len(word))}


def _doubled(word: str) -> set[str]:
    return {f"{word[:k]}{word[k]}{word[k:]}" for k in range(len(word))}
