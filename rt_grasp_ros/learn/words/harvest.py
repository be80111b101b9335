"""Features of named crops, gathered once and kept: the pictures themselves are thrown away."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file

from ...data.named_crops import NamedCrop
from ...model.word_eye.image_encoder import ImageEncoder
from ...whole_file import whole_file

_AT_ONCE = 8


@dataclass(frozen=True, slots=True, eq=False)
class NamedFeatures:
    """What crops look like to the image encoder, and what they show.

    Attributes:
        features: one row a crop, shape (N, F).
        object_ids: which instance each shows.
        names: what each is called, the usual name first.
    """

    features: NDArray[np.float32]
    object_ids: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]

    @classmethod
    def joined(cls, parts: Iterable[NamedFeatures]) -> NamedFeatures:
        """Return several as one."""
        given = list(parts)
        return cls(
            np.concatenate([one.features for one in given]),
            tuple(name for one in given for name in one.object_ids),
            tuple(names for one in given for names in one.names),
        )

    def where(self, mask: NDArray[np.bool_]) -> NamedFeatures:
        """Return those that a mask of shape (N,) takes."""
        index = np.nonzero(mask)[0]
        return NamedFeatures(
            self.features[index],
            tuple(self.object_ids[k] for k in index),
            tuple(self.names[k] for k in index),
        )


def gathered(crops: Iterable[NamedCrop], encoder: ImageEncoder) -> NamedFeatures:
    """Return the features of crops."""
    rows, object_ids, names = [], [], []
    for batch in _batches(crops):
        rows.append(encoder.features([crop.rgb for crop in batch]))
        object_ids += [crop.object_id for crop in batch]
        names += [crop.names for crop in batch]
    features = np.concatenate(rows) if rows else np.zeros((0, 1), np.float32)
    return NamedFeatures(features, tuple(object_ids), tuple(names))


def _batches(crops: Iterable[NamedCrop]) -> Iterator[list[NamedCrop]]:
    batch: list[NamedCrop] = []
    for crop in crops:
        batch.append(crop)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def write_features(found: NamedFeatures, path: Path) -> None:
    """Write features to a file, whole or not at all."""
    said = {
        "object_ids": json.dumps(found.object_ids),
        "names": json.dumps(found.names),
    }
    with whole_file(path) as partial:
        save_file({"features": found.features.astype(np.float16)}, partial, said)


def read_features(path: Path) -> NamedFeatures:
    """Read what `write_features` wrote."""
    with safe_open(path, "numpy") as file:
        said = file.metadata()
        features = file.get_tensor("features").astype(np.float32)
    return NamedFeatures(
        features,
        tuple(json.loads(said["object_ids"])),
        tuple(tuple(names) for names in json.loads(said["names"])),
    )
