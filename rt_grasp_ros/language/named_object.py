"""Whether an answer in the words of `vocabulary.yaml` is about what was asked for."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache

from .vocabulary import load_vocabulary

_MISSPELT = 0.8
"""Letters in common from which on a noun is a misspelt one; pineapple and apple have 0.71."""


def names_another(noun: str, reasoning: str) -> bool:
    """Whether a reasoning names an object that is not called by a noun.

    What tells the shape of a thing calls it nothing, and whatever lacks a name of the vocabulary
    in its reasoning may be meant.

    Args:
        noun: that was asked for, without colour, size and place; empty where nothing was called.
        reasoning: of an answer.
    """
    named = _OBJECT.search(reasoning) if noun else None
    if named is None or _is_shape(noun):
        return False
    return not any(_is_called(noun, name) for name in _names_of()[named[0]])


def _is_shape(noun: str) -> bool:
    return not _shapes().isdisjoint(noun.split())


def _is_called(noun: str, name: str) -> bool:
    """Whether the head of a noun is a name: that of "toy hammer" and "can of beans"."""
    heads = (noun, *noun.split(" of "))
    return any(
        head == name
        or head.endswith(f" {name}")
        or SequenceMatcher(None, head, name).ratio() >= _MISSPELT
        for head in heads
    )


@cache
def _names_of() -> dict[str, tuple[str, ...]]:
    """Return all names of each object by the one that answers give it."""
    return {words.names[0]: words.names for words in load_vocabulary().objects.values()}


@cache
def _shapes() -> frozenset[str]:
    vocabulary = load_vocabulary()
    looks = [one.looks for one in vocabulary.objects.values()]
    looks += [one.looks for one in vocabulary.nameless.values()]
    return frozenset(word for each in looks for look in each for word in look.split())


_OBJECT = re.compile(rf"\b(?:{'|'.join(sorted(_names_of(), key=len, reverse=True))})\b")
