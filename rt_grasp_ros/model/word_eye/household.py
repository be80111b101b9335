"""What things of a household usually measure, which colour they have and what they are for.

From `household.yaml`. What a thing measures tells much of what it may be, whatever the light and
the camera: depth knows it in metres. So does its colour where things of that name mostly have one.
Words that the list lacks are read as the nouns that a sentence model puts near them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import yaml
from numpy.typing import NDArray

from ...grasp.colour_names import COLOURS
from .text_encoder import TextEncoder

_SERVING = 6
_PURPOSE_SCALE = 0.08  # of cosines
_LEAST_LIKE = 0.5  # cosine from which on a noun of the list says something of a word
_LIKE_SCALE = 0.05
_SPREADS = (0.4, 0.4, 0.6)
"""Of the logarithm of sides, longest first: things of one name differ, and depth shows one face."""

_FITTING, _LEAST = 1.4, -3.0
"""Logits: what a size that fits says for a name, and how much the worst says against it."""

_ANY_COLOUR, _LEAST_COLOUR = 0.4, 0.1
"""How well colours fit where a name tells none, and at least where it does, 0..1."""


@dataclass(frozen=True, slots=True)
class HouseholdWords:
    """The list.

    Attributes:
        nouns: shape (N,).
        sides_m: of each, the longest first, shape (N, 3).
        purposes: of each, one or more.
        colours: of each, those that most things of that name have; none where they differ.
    """

    nouns: tuple[str, ...]
    sides_m: tuple[tuple[float, ...], ...]
    purposes: tuple[tuple[str, ...], ...]
    colours: tuple[tuple[str, ...], ...]


@cache
def load_household_words() -> HouseholdWords:
    """Read the list that ships with the package."""
    text = resources.files(__package__).joinpath("household.yaml").read_text(encoding="utf-8")
    rows = yaml.safe_load(text)
    return HouseholdWords(
        nouns=tuple(rows),
        sides_m=tuple(tuple(side_cm / 100 for side_cm in row[:3]) for row in rows.values()),
        purposes=tuple(tuple(row[3].split("; ")) for row in rows.values()),
        colours=tuple(tuple(row[4].split(" or ")) if row[4:] else () for row in rows.values()),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Household:
    """The list with what its nouns and purposes mean.

    Attributes:
        nouns: unit meanings of the nouns, shape (N, D).
        purposes: of all purposes, in the order of the nouns, shape (U, D).
    """

    nouns: NDArray[np.float32]
    purposes: NDArray[np.float32]

    @classmethod
    def of(cls, texts: TextEncoder) -> Household:
        """Look up what the words of the list mean."""
        words = load_household_words()
        purposes = [use for uses in words.purposes for use in uses]
        return cls(texts.embeddings(words.nouns), texts.embeddings(purposes))

    @property
    def is_of_list(self) -> bool:
        """Whether there are as many meanings as words."""
        words = load_household_words()
        uses = sum(len(each) for each in words.purposes)
        return (len(self.nouns), len(self.purposes)) == (len(words.nouns), uses)

    def size_logits(
        self, sides_m: NDArray[np.float64], words: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Return what sizes say for or against names, shape (S, P); 0 for unknown names.

        Args:
            sides_m: of things, the longest first, shape (S, 3).
            words: unit meanings of the names, shape (P, D).
        """
        usual_m = np.array(load_household_words().sides_m)
        apart = (np.log(sides_m)[:, None] - np.log(usual_m)) / _SPREADS
        likely = self._mixed(np.exp(-(apart**2).sum(axis=-1) / 2), words)
        told = np.maximum(np.log(np.maximum(likely, 1e-9)) + _FITTING, _LEAST)
        return np.where(np.isnan(likely), 0.0, told)

    def colour_logits(
        self, colour_fits: NDArray[np.float64], words: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Return what colours say for or against names, shape (S, P); 0 for unknown names.

        Args:
            colour_fits: how much of things may be called each of `COLOURS`, 0..1, shape (S, C).
            words: unit meanings of the names, shape (P, D).
        """
        usual = load_household_words().colours
        fits = np.full((len(colour_fits), len(usual)), _ANY_COLOUR)
        for column, colours in enumerate(usual):
            if colours:
                those = colour_fits[:, [COLOURS.index(colour) for colour in colours]]
                fits[:, column] = np.clip(those.sum(axis=1), _LEAST_COLOUR, 1.0)
        likely = self._mixed(fits, words)
        return np.where(np.isnan(likely), 0.0, np.log(likely / _ANY_COLOUR))

    def nouns_for(
        self, purpose: NDArray[np.float32]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the nouns of what serves a purpose best, and what speaks against each, logits.

        Args:
            purpose: its unit meaning, shape (D,).

        Returns:
            Indices into `nouns`, best first, and logits from 0 downwards, both of shape (K,).
        """
        counts = [len(uses) for uses in load_household_words().purposes]
        alike = (self.purposes @ purpose).astype(np.float64)
        of_nouns = np.maximum.reduceat(alike, np.cumsum([0, *counts[:-1]]))
        best = np.argsort(-of_nouns)[:_SERVING]
        return best, (of_nouns[best] - of_nouns[best[0]]) / _PURPOSE_SCALE

    def _mixed(
        self, of_nouns: NDArray[np.float64], words: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Return for words what holds for the nouns near to each; NaN where none is near.

        Args:
            of_nouns: shape (S, N).
            words: shape (P, D).

        Returns:
            Shape (S, P).
        """
        shares = [self._shares(word) for word in words]
        none = np.full(len(of_nouns), np.nan)
        return np.column_stack([none if one is None else of_nouns @ one for one in shares])

    def _shares(self, word: NDArray[np.float32]) -> NDArray[np.float64] | None:
        """Return how much each noun of the list counts for a word; None where none is like it."""
        alike = (self.nouns @ word).astype(np.float64)
        if alike.max() < _LEAST_LIKE:
            return None
        weights = np.where(alike < _LEAST_LIKE, 0.0, np.exp((alike - alike.max()) / _LIKE_SCALE))
        return np.asarray(weights / weights.sum())
