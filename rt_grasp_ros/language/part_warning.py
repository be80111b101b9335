"""Statements about a part, which warn of touching it: "the rim stays clean".

Whoever says something of a part beside a command says where not to touch, unless it may mean where
to hold: "the handle is best".
"""

from __future__ import annotations

import re

from .request_words import load_request_words

_WORDS = load_request_words()

_STATES = "|".join(sorted(_WORDS.states, key=len, reverse=True))
_THING_IS = re.compile(
    r"^(?P<np>[a-z0-9' -]+?) (?:is|are|looks?|gets?|may be|might be|feels?)"
    rf"(?: (?:very|too|quite|still|so|rather|really|a bit|extremely))? (?:{_STATES})$"
)
_PARTS = "|".join(
    sorted(_WORDS.parts - {"face", "point", "cover", "opening"}, key=len, reverse=True)
)
_PART_IS = re.compile(
    r"^(?:and |because |since |as |for |though |although )*(?P<np>(?:the |its |their |his |her )?"
    rf"(?:[a-z-]+ )?(?:{_PARTS})(?: of (?:the )?[a-z-]+)?)"
    r"(?:'s| (?:is|are|was|were|has|have|had|must|should|may|might|will|would|could|shall"
    r"|stays?|needs?|belongs?|falls?|comes?|came|breaks?|burns?|being|remains?|looks?|feels?|got"
    r"|can(?= (?!on|by|at|with|to|next|near|beside|behind|under|that|which|in|and|from|of)[a-z])"
    r"|gets?|goes|leaks?|slips?|wobbles?|hurts?|bites?|cuts?))\b(?P<said>.*)$"
)
_PART_YOU = re.compile(
    rf"^(?P<np>(?:the |its |their )?(?:[a-z-]+ )?(?:{_PARTS}))"
    r" (?:you|nobody|no one|i|we)\b(?P<said>.*)$"
)
_HOLD_THERE = re.compile(rf"\b(?:{'|'.join(_WORDS.hold_there)})\b")
"""Said of a part, it may mean to hold the thing there, or only how it looks."""


def warned_of(clause: str, *, is_forbidding: bool) -> str:
    """Return the part or thing that a clause warns of; empty where it warns of none.

    Args:
        clause: in lower case, contractions written out.
        is_forbidding: whether it has a word that may forbid something.
    """
    thing = _THING_IS.match(clause)
    if thing:
        return thing["np"]
    part = _PART_IS.match(clause)
    if part and (is_forbidding or not _HOLD_THERE.search(part["said"])):
        return part["np"]
    part = _PART_YOU.match(clause)
    return part["np"] if part and is_forbidding else ""
