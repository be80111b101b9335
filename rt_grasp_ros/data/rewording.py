"""The same command in other words, drawn by chance."""

from __future__ import annotations

import re

import numpy as np

from ..language.wordings import load_wordings

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

    def one_of(choices: tuple[str, ...]) -> str:
        return choices[int(rng.integers(len(choices)))]

    verb = words.leading_verb(command)
    if verb and rng.random() < VERB_SHARE:
        command = one_of(words.verbs) + command.removeprefix(verb)
    if verb and rng.random() < REQUEST_SHARE:
        command = f"{one_of(words.requests)} {command}"
    elif rng.random() < OPENING_SHARE:
        command = f"{one_of(words.openings)} {command}"
    if rng.random() < CLOSING_SHARE:
        command = f"{command} {one_of(words.closings)}"
    return command


def with_article(text: str) -> str:
    """Return a text that says "an apple" where it said "a apple"."""
    return _ARTICLE.sub("an ", text)
