"""The same command in other words, drawn by chance."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ..language.wordings import load_wordings
from .choice import pick

AS_IT_IS_SHARE = 0.4
VERB_SHARE = 0.5
REQUEST_SHARE = 0.4
OPENING_SHARE = 0.15
CLOSING_SHARE = 0.35
NEW_WORD_SHARE = 0.15
"""How many of the words put in are made up: what they mean must not matter."""

_CONSONANTS = tuple("bcdfghjklmnprstvw")
_VOWELS = (*"aeiou", "ea", "oo")
_ARTICLE = re.compile(r"\ba (?=[aeiou])")


def reword(command: str, rng: np.random.Generator) -> str:
    """Put other words around what a command names, or leave it as it is.

    Args:
        command: in lower case.
        rng: chance.
    """
    command = with_article(command)
    if rng.random() < AS_IT_IS_SHARE:
        return command
    words = load_wordings()
    verb = words.leading_verb(command)
    if verb and rng.random() < VERB_SHARE:
        command = _one_of(words.verbs, rng) + command.removeprefix(verb)
    if verb and rng.random() < REQUEST_SHARE:
        command = f"{pick(words.requests, rng)} {command}"
    elif rng.random() < OPENING_SHARE:
        command = f"{_one_of(words.openings, rng)} {command}"
    if rng.random() < CLOSING_SHARE:
        command = f"{command} {_one_of(words.closings, rng)}"
    return command


def new_word(rng: np.random.Generator, fewest_syllables: int = 1) -> str:
    """Make up a word of up to three syllables."""
    syllables = rng.integers(fewest_syllables, 4)
    spoken = "".join(pick(_CONSONANTS, rng) + pick(_VOWELS, rng) for _ in range(syllables))
    return spoken + pick(("", *_CONSONANTS), rng)


def _one_of(words: Sequence[str], rng: np.random.Generator) -> str:
    return new_word(rng) if rng.random() < NEW_WORD_SHARE else pick(words, rng)


def with_article(text: str) -> str:
    """Return a text that says "an apple" where it said "a apple"."""
    return _ARTICLE.sub("an ", text)
