"""The same command in other words, drawn by chance."""

from __future__ import annotations

import re

import numpy as np

from ..language.wordings import load_wordings
from .choice import pick

AS_IT_IS_SHARE = 0.4
VERB_SHARE = 0.5
REQUEST_SHARE = 0.4
OPENING_SHARE = 0.15
CLOSING_SHARE = 0.35

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
        command = pick(words.verbs, rng) + command.removeprefix(verb)
    if verb and rng.random() < REQUEST_SHARE:
        command = f"{pick(words.requests, rng)} {command}"
    elif rng.random() < OPENING_SHARE:
        command = f"{pick(words.openings, rng)} {command}"
    if rng.random() < CLOSING_SHARE:
        command = f"{command} {pick(words.closings, rng)}"
    return command


def with_article(text: str) -> str:
    """Return a text that says "an apple" where it said "a apple"."""
    return _ARTICLE.sub("an ", text)
