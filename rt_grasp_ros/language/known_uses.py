"""Which objects of `vocabulary.yaml` serve a purpose."""

from __future__ import annotations

import re
from functools import cache

from .vocabulary import load_vocabulary

_EMPTY = re.compile(r"a|an|the|my|your|some|any|this|that|it|to|in|with|from|out|of|as|for|and")
_DOUBLED = re.compile(r"([bdgmnprt])\1$")


def objects_for(purpose: str) -> tuple[str, ...]:
    """Return the names of the objects that are good for something, in the vocabulary's order.

    All that matters of a use has to be said: to hit a nail is not to hit a ball, and "to write a
    letter" is to write.

    Args:
        purpose: as `Request.purpose`, such as `see in the dark` or `hitting nails`.
    """
    said = _stems(purpose)
    return tuple(
        words.names[0]
        for words in load_vocabulary().objects.values()
        if any(_stems(use) <= said for use in words.uses)
    )


@cache
def _stems(words: str) -> frozenset[str]:
    return frozenset(
        _stem(word) for word in re.findall(r"[a-z]+", words.lower()) if not _EMPTY.fullmatch(word)
    )


def _stem(word: str) -> str:
    if word.endswith("ing") and len(word) > len("using"):
        word = _DOUBLED.sub(r"\1", word.removesuffix("ing"))
    elif not word.endswith("ss"):
        word = word.removesuffix("s")
    return word.rstrip("e")
