"""What the classes of the pretrained image encoder say for a name.

The encoder was trained to tell a thousand classes of photographs apart. How likely each is in a
crop, and how near its name lies to the one that is asked for, speaks for words and pictures that
the map of the word eye was never shown: as in "Zero-Shot Learning by Convex Combination of
Semantic Embeddings" (Norouzi et al., ICLR 2014), but as a likelihood beside that of other crops.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LIKE_SCALE = 0.05  # of cosines between the names of classes and a word
_BY_CHANCE = 0.02
"""Share of crops of a thing that look like anything: bounds what speaks against a name."""


@dataclass(frozen=True, slots=True, eq=False)
class ImageClasses:
    """The classes.

    Attributes:
        rows: of the classifier over features, shape (C, F).
        bias: shape (C,).
        meanings: unit meanings of their names, shape (C, D).
        usual: how likely each is in crops of any thing, on average, shape (C,).
    """

    rows: NDArray[np.float32]
    bias: NDArray[np.float32]
    meanings: NDArray[np.float32]
    usual: NDArray[np.float32]

    def shares(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return how likely each class is in each crop, shape (N, C).

        Args:
            features: of crops, as the encoder gives them, shape (N, F).
        """
        logits = (features @ self.rows.T + self.bias).astype(np.float64)
        likely = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(likely / likely.sum(axis=1, keepdims=True))

    def logits(
        self, shares: NDArray[np.float64], words: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Return what the classes say for or against names, shape (N, P).

        The logarithm of how much likelier the classes near to a name are in a crop than in others.

        Args:
            shares: from `shares`, shape (N, C).
            words: unit meanings of the names, shape (P, D).
        """
        near = np.exp((self.meanings @ words.T).astype(np.float64) / _LIKE_SCALE)
        beside = (shares @ near) / np.maximum(self.usual.astype(np.float64) @ near, 1e-12)
        return np.asarray(np.log((1 - _BY_CHANCE) * beside + _BY_CHANCE))
