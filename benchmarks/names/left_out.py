"""Word eyes as the one that ships, but fitted without a third of the nouns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rt_grasp_ros.learn.words.fit import fit_word_map, image_classes
from rt_grasp_ros.learn.words.harvest import NamedFeatures
from rt_grasp_ros.learn.words.left_out import is_any_called, thirds
from rt_grasp_ros.learn.words.recipe import image_class_names, spread_crops, vocabulary_of
from rt_grasp_ros.model.word_eye.image_encoder import ImageEncoder
from rt_grasp_ros.model.word_eye.word_eye import WordEye
from rt_grasp_ros.sim.meshes.mesh_entry import MeshEntry


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """A word eye and the nouns that it was not fitted on.

    Attributes:
        left_out: the nouns.
        eye: fitted on all that is called by none of them.
    """

    left_out: frozenset[str]
    eye: WordEye


def splits(
    found: NamedFeatures, things: Sequence[MeshEntry], eye: WordEye, seed: int
) -> Iterator[Split]:
    """Yield word eyes, each without another third of the nouns: without what may be called so.

    The map, the words and crops compared with and how usual each class is are fitted anew; the
    calibration and what tells the cell's own things are the given eye's.

    Args:
        found: features of named crops, as the encoder gives them.
        things: whose nouns are left out.
        eye: the word eye that ships.
        seed: of the thirds.
    """
    shipped = eye.word_map
    names = image_class_names()
    classifier = shipped.classes.rows, shipped.classes.bias
    for nouns in thirds((thing.noun for thing in things), seed):
        taught = found.where(np.array([not is_any_called(one, nouns) for one in found.names]))
        known = image_classes(classifier, names, taught.features, eye.texts)
        vocabulary = vocabulary_of(taught, names)
        rooted = shipped.prepared(taught.features)
        others = rooted[spread_crops(taught, np.ones(len(rooted), bool))]
        fitted = fit_word_map(rooted, taught.names, known, eye.texts, vocabulary, others)
        word_map = replace(fitted, calibration=shipped.calibration, familiar=shipped.familiar)
        yield Split(nouns, WordEye(eye.images, eye.texts, word_map))


class RememberingEncoder:
    """An image encoder that looks at no crop of a picture twice, whichever word eye asks."""

    def __init__(self, encoder: ImageEncoder) -> None:
        """Take the encoder."""
        self._encoder = encoder
        self._known: dict[bytes, NDArray[np.float32]] = {}

    @property
    def side_px(self) -> int:
        """See `ImageEncoder`."""
        return self._encoder.side_px

    def features(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """See `ImageEncoder`."""
        keys = [crop.tobytes() for crop in crops]
        new = {key: crop for key, crop in zip(keys, crops, strict=True) if key not in self._known}
        if new:
            found = self._encoder.features(list(new.values()))
            self._known.update(zip(new, found, strict=True))
        return np.stack([self._known[key] for key in keys])

    def forget(self) -> None:
        """Forget the crops, whose picture is done with."""
        self._known.clear()
