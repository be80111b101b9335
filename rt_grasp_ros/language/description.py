"""What is said of a thing behind its name: "with the blue lid", "that lies on the left"."""

from __future__ import annotations

import re

from .name_words import is_describing, is_in_no_name, stray_word
from .request_words import load_request_words
from .vocabulary import load_vocabulary

_WORDS = load_request_words()

_PARTS = "|".join(sorted((*_WORDS.parts, *_WORDS.decorations), key=len, reverse=True))
_HAVING = re.compile(
    rf"\b(?:with|has|have|had|of|without|and)(?: (?:the|a|an|no|its|two|one))?"
    rf"(?P<looks>(?: [a-z-]+){{0,2}}?) (?:{_PARTS})(?= and\b| on (?:it|top)\b|$)"
)
_ON_IT = re.compile(rf"\b(with|has|have|{_PARTS}) on (?:it|top)\b")
_OWN = re.compile(r"\b(?:my|your) (?:[a-z-]+ )?[a-z-]+")


def stray_in_description(said: str, *, is_purpose: bool = False) -> str:
    """Return the first word that may say more than how a thing looks and what it is for.

    A part is described with the thing that has it, "with a broken handle"; whoever says something
    else of one may mean how to take it.

    Args:
        said: what stands behind a name; empty where nothing does.
        is_purpose: whether it tells what the thing is good for: "to grip a wire with".
    """
    said = said.strip()
    if not said or said.removeprefix("used ") in known_uses():
        return ""
    words = _ON_IT.sub(r"\1", said).split()
    if is_purpose and len(words) > 2 and words[1] in _DONE_WITH:
        del words[1]
    for word in words:
        is_of_use = is_purpose and word in _OF_USE
        if is_in_no_name(word) and not (is_describing(word) or is_of_use):
            return word
    left = _OWN.sub(" ", re.sub(r"\b[a-z]+[ -]shaped\b", " ", said))
    while having := _HAVING.search(left):
        if stray_word(having["looks"].strip()):
            return having.group()
        left = f"{left[: having.start()]} {left[having.end() :]}"
    if is_purpose:
        left = " ".join(re.findall(r"\b(?:its?|the) [a-z-]+", left))
    return next((word for word in left.split() if word in _WORDS.parts - _PLACES), "")


_OF_USE = frozenset(["protect", "up", "someone", "somebody", "something", "tell"])
"""Words of no name that may be of what a thing is for: "to light up the dark"."""

_DONE_WITH = frozenset(["holding", "taking", "keeping", "keep"])
"""What is done with a thing, "for holding pens", though alone it may say how to take it."""

_PLACES = frozenset(["side", "middle", "centre", "center", "top", "bottom", "front", "end", "edge"])


def known_uses() -> frozenset[str]:
    """Return what things of the vocabulary are good for: "to drive in a nail"."""
    return frozenset(use for thing in load_vocabulary().objects.values() for use in thing.uses)
