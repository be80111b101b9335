"""What a clause still says beside what it excludes."""

from __future__ import annotations

import re

from .name_words import DETERMINERS, is_in_no_name
from .request import Request
from .request_words import load_request_words

_WORDS = load_request_words()

_INNER_DETERMINER = re.compile(r"\S (?:the|a|an|my|your|its|this|that|these|those) ")
_LOOSE_END = re.compile(
    r"\b(?:under|on|in|at|by|from|of|to|with|for|away|off|must|may|should|shall|will|is|are|be|do"
    r"|does|not|hands|fingers|paws|jaws|claws)$"
)

_WHEREVER = re.compile(
    r"\b(?:(?:by|using|with|at|from) (?:anything|whatever)|(?:by|at|on|from|using|with|in|to)? ?"
    r"(?:any (?:other )?(?:part|place|area|spot|side|end|point|piece|one)"
    r"|(?:a|some|another|any other) (?:part|place|area|spot|side|end|point)"
    r"|anywhere|somewhere|someplace|elsewhere|wherever|otherwise))"
    r"(?: (?:else|on it|of it|that is|you (?:like|want|please|wish|can)|will do|is fine|goes|works"
    r"|is ok|is okay))*\b"
)
_WHILE_TAKING = re.compile(
    r"^(?:when|while|as|whilst)(?: you(?: are)?)? (?=(?:take|taking|grab|grabbing|lift|lifting"
    r"|grasp|grasping|pick|picking|hold|holding|get|getting|grip|gripping|handle|handling)\b)"
)


def left_beside(rest: str) -> str:
    """Return what a clause names beside what it excludes; empty where it names nothing.

    Args:
        rest: of the clause, without what is excluded.
    """
    rest = " ".join(_WHEREVER.sub(" ", _WHILE_TAKING.sub("", rest)).split())
    names_something = any(
        not is_in_no_name(word)
        and word not in _WORDS.leading_in
        and not re.fullmatch(DETERMINERS, word)
        for word in rest.split()
    )
    return rest if names_something else ""


def torn_phrase(request: Request) -> str:
    """Return a phrase that a rule has cut at the wrong place; empty where none is.

    "Under no circumstances lift the mug" is no command to take an "under".

    Args:
        request: of a sentence with a word that may forbid something.
    """
    for one in request.excluded:
        if _INNER_DETERMINER.search(one.words):
            return one.words
    named = request.noun or request.plain
    return named if _LOOSE_END.search(named) else ""
