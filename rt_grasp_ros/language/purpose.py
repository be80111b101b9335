"""What a thing that is not called anything is said to be for."""

from __future__ import annotations

import re

from .known_uses import objects_for
from .request import NearBy, Relation
from .request_words import load_request_words

_NOUNS = "|".join(
    sorted(
        (*load_request_words().general_nouns, "what", "device", "utensil"), key=len, reverse=True
    )
)
_COLOURS = "|".join(load_request_words().colours)
_SAID = re.compile(
    rf"^(?:(?:the|a|an|some|that|any|right|proper|correct|best|suitable|{_COLOURS})\s)*(?P<noun>{_NOUNS})"
    r"(?: (?:that|which))?(?: (?:is|are))?"
    r"(?: (?:usually|normally|mostly|mainly|best|commonly))?"
    r"(?: (?:used|good|made|meant|needed|useful|suited|suitable|intended|great|handy))?"
    r" (?:(?:for|in order to|to)"
    r"|(?:that )?(?:i|you|we|one|people|somebody) (?:(?:can|could|may|might|would|will)(?: use)?"
    r"(?: to|for)?|need(?: to| for)?|use (?:to|for)|want to|have to|should))"
    r" (?P<purpose>[a-z][a-z ,'-]*)$"
)
_BODY = (
    r"(?:my|your|our|his|her|the|one's|their)(?: [a-z]+)?"
    r" (?:foot|feet|head|heads|hands?|face|eyes?|ears?|nose|neck|wrist|fingers?|hair|skin"
    r"|lips|legs?|arms?|body|shoulders?|back|bread|toast|food|salad)"
)
"""What a thing is worn on or put on, and does not lie on."""

_WITH_IT = re.compile(
    rf"^(?:(?:the|a|an|some|that|any)\s)*(?:{_NOUNS})(?: (?:that|which))?"
    r" (?:i|you|we|one|people|somebody) (?:normally |usually |always )?"
    r"(?P<purpose>(?!(?:are|am|is|was|were|be|been|can|could|will|would|put|placed|saw|see|had|have"
    r"|left|told|dropped|gave|got|get|took|take|stand|sit|go|came|come|want|need|said|like|do|did)\b)"
    r"[a-z]+(?: [a-z-]+)*? (?:with|from|into)"
    rf"|(?:put|wear|pull) (?:on|over|around) {_BODY})$"
)
"""What is done with it, with no word for being able to: "the thing you brush your teeth with"."""

_NO_USE = re.compile(
    r"^(?:the|my|your)? ?(?:left|right|front|back|rear|me|you|us|have|get|take"
    r"|see(?! (?:in|with|by|at|better|when|under|inside|far|what)\b))\b"
)
_PUTS = re.compile(r"^(?:put|place|set|lay|drop|throw|leave|keep|store|stand|hang|move|bring)\b")
_LEFT_OVER = re.compile(r" (?:with(?: it)?|please|now)$")


def is_of_use(purpose: str, near: NearBy) -> bool:
    """Whether what seems to be another thing is of what a thing is good for, not where it lies.

    "See in the dark", "wear on my foot"; but "put in the bowl" is said of where it is to go.

    Args:
        purpose: of the whole phrase; empty where none is.
        near: what seems to be the other thing.
    """
    if near.relation is Relation.IN:
        return bool(purpose) and not _PUTS.match(purpose)
    is_worn = re.search(rf"\b(?:on|over|around|under|against) {_BODY}$", purpose) is not None
    return near.relation in (Relation.ON, Relation.UNDER, Relation.BESIDE) and is_worn


def purpose_of(phrase: str) -> str:
    """Return what a phrase says that a thing is for, such as `drive nails`; empty where nothing.

    Args:
        phrase: what names the thing, without the verb.
    """
    if (use := phrase.removeprefix("to ")) != phrase and objects_for(use):
        return use
    said = _SAID.match(phrase) or _WITH_IT.match(phrase)
    if said is None or _NO_USE.match(said["purpose"]):
        return ""
    return _LEFT_OVER.sub("", said["purpose"]).strip()
