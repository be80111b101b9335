"""Labelled pictures on disk: one `.npz` (no pickle) a shard, ready for training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..grasp.rectangle import GraspRectangle
from ..language.vocabulary import Vocabulary
from ..whole_file import whole_file
from .labels import LabelledPart

MAX_PARTS = 24
NO_COLOUR = 255


@dataclass(frozen=True)
class LabelledPictures:
    """N letterboxed pictures with their labels.

    Attributes:
        images: (N, h, w, 3) uint8.
        cell_parts: (N, h/8, w/8) uint8: which row of the tables a cell shows, plus one; 0 none.
        types: (N, MAX_PARTS) uint8: index into `Vocabulary.labelled_types`, plus one; 0 an
            empty row.
        colours: (N, MAX_PARTS) uint8: index into `Vocabulary.colours`, or `NO_COLOUR`.
        numbers: (N, MAX_PARTS, 4) float32: x, y, opening over the longer side, theta_rad.
        visible: (N, MAX_PARTS) float32: visible fraction of the part.
        default: (N, MAX_PARTS) bool: the part meant by the object's name alone.
    """

    images: NDArray[np.uint8]
    cell_parts: NDArray[np.uint8]
    types: NDArray[np.uint8]
    colours: NDArray[np.uint8]
    numbers: NDArray[np.float32]
    visible: NDArray[np.float32]
    default: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.images)

    def save(self, path: Path) -> None:
        """Write a shard whole or not at all."""
        with whole_file(path) as partial, partial.open("wb") as file:
            np.savez_compressed(file, **vars(self))

    @classmethod
    def load(cls, paths: Sequence[Path]) -> LabelledPictures:
        """Read shards into one.

        Raises:
            FileNotFoundError: there are none.
        """
        if not paths:
            raise FileNotFoundError("no shards found; run `rt-grasp data build --source sim` first")
        shards = []
        for path in paths:
            with np.load(path, allow_pickle=False) as shard:
                shards.append({key: shard[key] for key in shard.files})
        return cls(**{key: np.concatenate([s[key] for s in shards]) for key in shards[0]})

    def parts(self, index: int, vocabulary: Vocabulary) -> list[LabelledPart]:
        """Return the labels of one picture as values."""
        height, width = self.images.shape[1:3]
        side = max(height, width)
        pairs = vocabulary.labelled_types
        found = []
        for row in np.flatnonzero(self.types[index]):
            object_name, part_name = pairs[self.types[index, row] - 1]
            colour = self.colours[index, row]
            x, y, opening, theta_rad = self.numbers[index, row].tolist()
            found.append(
                LabelledPart(
                    object_name=object_name,
                    part_name=part_name,
                    colour_name="" if colour == NO_COLOUR else vocabulary.colours[colour],
                    part_id=int(row) + 1,
                    rectangle=GraspRectangle(
                        x * side, y * side, theta_rad, opening * side, 1.0, width, height
                    ),
                    visible_fraction=float(self.visible[index, row]),
                    is_default=bool(self.default[index, row]),
                )
            )
        return found


def cell_parts(part_ids: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """Return which part each cell shows: the most frequent one that covers 1/8 of it, else 0.

    Args:
        part_ids: part of every pixel, shape (H, W); H, W need not be multiples of the cells.
        rows: cells down.
        columns: cells across.
    """
    height, width = part_ids.shape
    row_of = np.arange(height) * rows // height
    column_of = np.arange(width) * columns // width
    cell_of = row_of[:, None] * columns + column_of[None, :]
    counts = np.zeros((rows * columns, MAX_PARTS + 1), dtype=np.int64)
    np.add.at(counts, (cell_of.ravel(), part_ids.ravel()), 1)
    total = counts.sum(axis=1)
    best = counts[:, 1:].argmax(axis=1) + 1
    covered = counts[np.arange(len(best)), best] * 8 >= total
    return np.where(covered, best, 0).astype(np.uint8).reshape(rows, columns)
