"""Colours that a part alone is said to have: "the bottle with the red cap" is no red bottle."""

from __future__ import annotations

import re

from .request_words import load_request_words

_WORDS = load_request_words()

_COLOUR = "|".join(sorted(_WORDS.colours, key=len, reverse=True))
_SHADES = "|".join(_WORDS.shades)
_PART = "|".join(sorted((*_WORDS.parts, *_WORDS.decorations), key=len, reverse=True))
_HAVING = re.compile(
    r"\b(?:with|having|has|have|and|in)(?: got)?(?: (?:the|a|an|its|two|some|only))*"
    rf"(?P<looks>(?: [a-z-]+){{1,4}}?) (?:(?:{_PART})\b|on (?:it|top))"
)
_IS_PARTED = re.compile(
    rf"\b(?P<colour>{_COLOUR})[- ](?:handled|capped|lidded|topped|rimmed|tipped|headed|bladed"
    r"|label+ed|bottomed|shafted) "
)


def part_colours_of(phrase: str) -> tuple[tuple[str, ...], str]:
    """Return the colours that a part is said to have, and the phrase without them.

    Args:
        phrase: what names a thing, without the verb: "the bottle with the red cap".

    Returns:
        Each colour once, under the name that it is measured by.
    """
    told = []
    if parted := _IS_PARTED.search(phrase):
        told.append(parted["colour"])
        phrase = phrase[: parted.start()] + phrase[parted.end() :]
    for having in reversed(list(_HAVING.finditer(phrase))):
        looks = re.sub(rf"\b(?:{_SHADES}) (?=(?:{_COLOUR})\b)", "", having["looks"].strip())
        said = re.findall(rf"\b(?:{_COLOUR})\b", looks)
        if said:
            told += said
            start, end = having.span("looks")
            left = re.sub(rf"\b(?:{_COLOUR}|{_SHADES}|and)\b", " ", having["looks"])
            phrase = f"{phrase[:start]} {left} {phrase[end:]}"
    return tuple(dict.fromkeys(_WORDS.colours[word] for word in told)), " ".join(phrase.split())
