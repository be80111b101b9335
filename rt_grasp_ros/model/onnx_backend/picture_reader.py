"""A picture's tokens by vision tower and projector, as the language model reads them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .decoder import open_session
from .graphs import MAPS, PICTURE_GRAPH, STEADY_GRAPH

_READ = ["embeddings", "is_unnamed", *MAPS]
_WEIGHTS = ("vision_tower.", "multi_modal_projector.")


class PictureReader:
    """Runs a checkpoint's graphs about pictures.

    Where the tower sees things, but none that has a name, as on tables other than the cell's, what
    it predicts is averaged over the picture's mirror images.
    """

    def __init__(
        self, folder: Path, weights: Mapping[str, NDArray[np.float32]], threads: int
    ) -> None:
        """Open the graphs.

        Args:
            folder: the checkpoint's.
            weights: of the checkpoint, by name.
            threads: how many cores a graph may use.
        """
        own = {
            name: weight
            for name, weight in weights.items()
            if name.startswith(_WEIGHTS) and not name.endswith("num_batches_tracked")
        }
        self._picture = open_session(folder / PICTURE_GRAPH, own, threads)
        steady = folder / STEADY_GRAPH
        self._steady = open_session(steady, own, threads) if steady.is_file() else None

    def embeddings(self, pixel_values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a picture's tokens, float32, shape (T, hidden).

        Args:
            pixel_values: shape (1, 3, H, W), float32, -1..1.
        """
        pixels = {"pixel_values": pixel_values}
        if self._steady is None:
            return np.asarray(self._picture.run(["embeddings"], pixels)[0][0])
        embeddings, is_unnamed, *maps = self._picture.run(_READ, pixels)
        if is_unnamed[0]:
            told = dict(zip(MAPS, maps, strict=True))
            (embeddings,) = self._steady.run(["embeddings"], pixels | told)
        return np.asarray(embeddings[0])
