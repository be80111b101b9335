"""Whether a request accounts for all that its sentence says, so that nothing is overheard.

A command is understood where every word of it is: as a name, a part, a place, an exclusion, or as
what is known to change nothing. Who names a part or a thing beside that has something to say of it.
"""

from __future__ import annotations

import re
from functools import cache

from .clause_request import has_verb
from .left_beside import torn_phrase
from .name_words import stray_word, without_determiners
from .near_by import known_things
from .request import Intent, Request
from .request_words import load_request_words
from .sentence import Sentence
from .thing_phrase import names
from .vocabulary import load_vocabulary

_WORDS = load_request_words()


_CONTRAST = re.compile(
    r"\b(?:opposite|contrary|far|away|below|above|under|underneath|beneath|beyond|instead|outside)\b"
)
_OWN = re.compile(r"\b(?:my|your) (?:[a-z-]+ )?[a-z-]+")


def accounted(request: Request, text: str, sentence: Sentence) -> Request:
    """Return a request, or that it is unclear where it leaves over something that was said.

    Args:
        request: of the sentence.
        text: the sentence, from `written_out`.
        sentence: its clauses.
    """
    if request.intent is not Intent.GRASP:
        return request
    left = _left_over(request, text, sentence)
    return Request(Intent.UNCLEAR, unclear=left) if left else request


def _left_over(request: Request, text: str, sentence: Sentence) -> str:
    excluded = sentence.excluded
    is_called = any(
        has_verb(one) or without_determiners(one) != one or one.split()[0] in _WORDS.general_nouns
        for one in sentence.named
    )
    if excluded.is_cued and (torn := torn_phrase(request)):
        return torn
    for one in request.excluded:
        if stray := stray_word(one.words, is_alone=True):
            return f"'{stray}' in '{one.words}'"
    is_known = request.noun in names() or request.noun.split(" ")[-1] in known_things()
    if not (is_known or is_called) and (request.near or excluded.is_cued):
        return f"'{request.plain}'"
    if request.part and _CONTRAST.search(text):
        return f"what is to be done with the {request.part}"
    near = f"{request.near.words} {request.near.also}" if request.near else ""
    excepted = " ".join(one.words for one in request.excluded)
    explained = f"{request.noun} {request.part} {near} {' '.join(excluded.lacking)} {excepted}"
    described = request.plain if not excluded.is_cued else ""
    known = set(f"{explained} {described}".split())
    vague = _WORDS.vague_parts if excluded.is_cued else _WORDS.vague_parts | set(_OWN.findall(text))
    said = re.findall(r"[a-z-]+", text if excluded.is_cued else _OWN.sub(" ", text))
    left = [word for word in said if word in _WORDS.parts - known - vague]
    left += [
        named["noun"]
        for named in _known_things().finditer(text)
        if named["noun"] not in f"{explained} {request.purpose}"
    ]
    return f"what is to be done with the {left[0]}" if left else ""


@cache
def _known_things() -> re.Pattern[str]:
    names = {name for thing in load_vocabulary().objects.values() for name in thing.names}
    longest_first = "|".join(sorted(names - _WORDS.parts, key=len, reverse=True))
    return re.compile(
        rf"\b(?!that (?:i|you|we|one|it|they) can\b)(?:the|a|an|my|that|this) (?:[a-z]+ )?"
        rf"(?P<noun>{longest_first})\b"
    )
