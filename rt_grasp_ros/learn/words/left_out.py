"""Nouns that a map is fitted without, to know what it makes of names that it was not taught."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ...model.word_eye.word_eye import WordMap

THIRDS = 3


def is_called(names: Sequence[str], noun: str) -> bool:
    """Whether what has these names may be called so: a spray bottle may be called a bottle."""
    return any(one == noun or one.endswith(f" {noun}") for one in names)


@dataclass(frozen=True, slots=True, eq=False)
class Without:
    """A map that some nouns were left out of, with all that may be called so.

    Attributes:
        nouns: that were left out.
        word_map: fitted on everything else.
    """

    nouns: frozenset[str]
    word_map: WordMap

    def is_left_out(self, names: Sequence[str]) -> bool:
        """Whether what has these names was left out."""
        return is_any_called(names, self.nouns)


def is_any_called(names: Sequence[str], nouns: Iterable[str]) -> bool:
    """Whether what has these names may be called by one of the nouns."""
    return any(is_called(names, noun) for noun in nouns)


def thirds(nouns: Iterable[str], seed: int) -> list[frozenset[str]]:
    """Return nouns in three parts by chance, each of which is left out once."""
    order = np.random.default_rng(seed).permutation(sorted(set(nouns)))
    return [frozenset(str(noun) for noun in order[third::THIRDS]) for third in range(THIRDS)]
