"""What a crop looks like, as numbers: a pretrained network on onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from ..onnx_graph import open_graph

_BATCH = 4  # twice as many are as quick a crop, and take 35 MB more


class ImageEncoder(Protocol):
    """Turns square crops into features."""

    @property
    def side_px(self) -> int:
        """Of the crops that it takes."""
        ...

    def features(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return one row of features a crop, shape (N, F).

        Args:
            crops: RGB, uint8, each of shape (side_px, side_px, 3).
        """
        ...


def as_input(
    crops: Sequence[NDArray[np.uint8]], mean: Sequence[float], std: Sequence[float]
) -> NDArray[np.float32]:
    """Return crops as the graph takes them, shape (N, 3, S, S).

    Args:
        crops: RGB, uint8, each of shape (S, S, 3).
        mean: subtracted from the channels' values 0..255.
        std: by which what remains is divided.
    """
    values = cv2.dnn.blobFromImages(list(crops), mean=tuple(mean))
    return np.asarray(values / np.asarray(std, np.float32).reshape(1, -1, 1, 1), np.float32)


class OnnxImageEncoder:
    """A graph that takes `(N, 3, S, S)` and returns one row of features a picture."""

    def __init__(
        self,
        path: Path,
        side_px: int,
        mean: Sequence[float],
        std: Sequence[float],
        threads: int = 2,
    ) -> None:
        """Load the graph.

        Args:
            path: the ONNX file.
            side_px: of the crops.
            mean: subtracted from the channels' values 0..255.
            std: by which what remains is divided.
            threads: how many cores it may use.

        Raises:
            CheckpointInvalid: the file is missing or no such graph.
        """
        self.side_px = side_px
        self._mean, self._std = mean, std
        self._session = open_graph(path, threads)
        self._input = self._session.get_inputs()[0].name

    def features(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """See `ImageEncoder`."""
        rows = []
        for start in range(0, len(crops), _BATCH):
            values = as_input(crops[start : start + _BATCH], self._mean, self._std)
            rows.append(self._session.run(None, {self._input: values})[0])
        return np.concatenate(rows)
