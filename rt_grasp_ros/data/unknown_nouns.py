"""Nouns that the model is not to know.

A noun that was never taught is spelled in pieces, which a model that has seen only known nouns
takes for the nearest of them. So most of those it is taught to be new are made up.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from ..language.vocabulary import load_vocabulary
from .choice import pick
from .rewording import new_word

MADE_UP_SHARE = 0.65
BLENDED_SHARE = 0.6
"""Of the made-up nouns: begin as one known noun and end as another, and are neither."""

_SHORTEST_PIECE = 2


def draw_unknown_noun(rng: np.random.Generator) -> str:
    """Draw a thing that is never on the table, or a made-up noun."""
    if rng.random() >= MADE_UP_SHARE:
        return pick(load_vocabulary().absent_nouns, rng)
    if rng.random() < BLENDED_SHARE:
        return _blend(rng)
    return new_word(rng, fewest_syllables=2)


def _blend(rng: np.random.Generator) -> str:
    nouns = _nouns()
    while True:
        first, last = pick(nouns, rng), pick(nouns, rng)
        begins = first[: rng.integers(_SHORTEST_PIECE, len(first))]
        noun = begins + last[-rng.integers(_SHORTEST_PIECE, len(last)) :]
        if noun not in nouns:
            return noun


@cache
def _nouns() -> tuple[str, ...]:
    """All words of all nouns in the vocabulary that are long enough to be cut."""
    vocabulary = load_vocabulary()
    names = [name for words in vocabulary.objects.values() for name in words.names]
    words = {word for name in (*names, *vocabulary.absent_nouns) for word in name.split()}
    return tuple(sorted(word for word in words if len(word) > _SHORTEST_PIECE))
