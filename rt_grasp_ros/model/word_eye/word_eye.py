"""Names for things: features of tight crops, mapped to where a sentence model puts their names.

The map is linear: ridge regression from pretrained image features to sentence embeddings, as in
"Linearly Mapping from Image to Text Space" (Merullo et al., ICLR 2023) and DeViSE (Frome et al.,
NeurIPS 2013), fitted on what `learn/words` draws; what the encoder's own classes say is told
beside it. It knows what its pictures and words are near to, and is no open-vocabulary model.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from ...grasp.colour_names import COLOURS, colour_fit
from ...grasp.errors import CheckpointInvalid
from ...grasp.frame import RgbdFrame
from ...grasp.tight_crop import tight_crop
from ...proposals.measures import colours, sides_m
from ...proposals.relevance import PURPOSE
from ...proposals.segments import Segment
from .household import Household
from .image_classes import ImageClasses
from .image_encoder import ImageEncoder, OnnxImageEncoder
from .text_encoder import OnnxTextEncoder, TextEncoder, packaged_graph

CONFIG = "config.json"
WEIGHTS = "word_map.safetensors"
TENSORS = (
    "map",
    "feature_mean",
    "meaning_mean",
    "vocabulary",
    "other_crops",
    "calibration",
    "familiar",
)
"""Of a `WordMap` in that file, beside `household_nouns` and `household_purposes`."""

CLASS_TENSORS = ("rows", "bias", "meanings", "usual")
"""Of `ImageClasses` there, each after `class_`."""

SAME_WORD = 0.6
"""Cosine from which on a word of the vocabulary is no other word than the one asked for."""

EVIDENCE = 11
"""How many things are told of a crop and a word, see `WordMap.evidence`."""

_RIVALS, _RELATED = 5, 20
_OFTEN_LIKE = 0.9  # quantile

_MEMORY = 4  # pictures whose crops were looked at last

_Known = dict[tuple[int, int, int, int], NDArray[np.float32]]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What is seen of segments.

    Attributes:
        meanings: where their crops lie among the meanings of words, unit vectors, shape (S, D).
        class_shares: how likely each of the encoder's classes is, shape (S, C).
        sides_m: what each measures, the longest side first, shape (S, 3).
        colour_fits: how much of each may be called each of `COLOURS`, 0..1, shape (S, K).
    """

    meanings: NDArray[np.float32]
    class_shares: NDArray[np.float64]
    sides_m: NDArray[np.float64]
    colour_fits: NDArray[np.float64]


def colour_fits(frame: RgbdFrame, segments: Sequence[Segment]) -> NDArray[np.float64]:
    """Return how much of each segment may be called each of `COLOURS`, 0..1, shape (S, K)."""
    shares = colours(frame, segments)
    return np.array([[colour_fit(one, name) for name in COLOURS] for one in shares])


@dataclass(frozen=True, slots=True, eq=False)
class WordMap:
    """From image features to meanings, and how sure a likeness is.

    Attributes:
        map: shape (F, D).
        feature_mean: subtracted from features, shape (F,).
        meaning_mean: added to what is mapped, shape (D,).
        vocabulary: unit meanings of the words that others are compared with, shape (V, D).
        other_crops: where crops of many things lie among the meanings of words, shape (O, D): how
            near these lie to a word tells how much a likeness to it says.
        calibration: weights of `evidence`, shape (E,).
        familiar: weights over features and one, shape (F + 1,).
        is_rooted: whether features are rooted first, which tames those that pictures rarely have.
        household: what the words of `household.yaml` mean.
        classes: of the image encoder.
    """

    map: NDArray[np.float32]
    feature_mean: NDArray[np.float32]
    meaning_mean: NDArray[np.float32]
    vocabulary: NDArray[np.float32]
    other_crops: NDArray[np.float32]
    calibration: NDArray[np.float32]
    familiar: NDArray[np.float32]
    is_rooted: bool
    household: Household
    classes: ImageClasses

    def meanings(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return where crops lie among the meanings of words, unit vectors of shape (N, D)."""
        mapped = (self.prepared(features) - self.feature_mean) @ self.map + self.meaning_mean
        return np.asarray(mapped / np.linalg.norm(mapped, axis=1, keepdims=True))

    def prepared(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return features as they are mapped, shape (N, F)."""
        return np.sqrt(np.maximum(features, 0.0)) if self.is_rooted else features

    def seen(
        self,
        features: NDArray[np.float32],
        sides_m: NDArray[np.float64],
        colour_fits: NDArray[np.float64],
    ) -> Seen:
        """Return what is seen of segments, by the features of their crops and by their measures.

        Args:
            features: as the image encoder gives them, shape (S, F).
            sides_m: see `Seen`.
            colour_fits: see `Seen`.
        """
        shares = self.classes.shares(features)
        return Seen(self.meanings(features), shares, sides_m, colour_fits)

    def evidence(self, seen: Seen, words: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return what speaks for each segment being what each word names, shape (S, P, `EVIDENCE`).

        One; the cosine; by how much it exceeds those of the five best other words; the logarithm
        of its rank among them; how near the word is to the nearest of the vocabulary; how near
        to the twentieth; how near crops of other things lie to the word on average; from where on
        a tenth of these lie; what the size says, the colours, and the encoder's classes.

        Args:
            seen: of segments.
            words: unit meanings, shape (P, D).
        """
        found = seen.meanings @ words.T
        of_vocabulary = seen.meanings @ self.vocabulary.T
        of_others = self.other_crops @ words.T
        usual, often = of_others.mean(axis=0), np.quantile(of_others, _OFTEN_LIKE, axis=0)
        measured = (
            self.household.size_logits(seen.sides_m, words),
            self.household.colour_logits(seen.colour_fits, words),
            self.classes.logits(seen.class_shares, words),
        )
        columns = []
        for column, word in enumerate(words):
            alike = self.vocabulary @ word
            others = of_vocabulary[:, alike < SAME_WORD]
            cosine = found[:, column]
            best = np.sort(others, axis=1)[:, -_RIVALS:].mean(axis=1)
            rank = np.log1p((others > cosine[:, None]).sum(axis=1))
            related = np.sort(alike)[-_RELATED:]
            of_word = (related[-1], related.mean(), usual[column], often[column])
            told = np.ones(len(cosine))
            columns.append(
                np.column_stack(
                    [
                        *(told, cosine, cosine - best, rank),
                        *(told * each for each in of_word),
                        *(each[:, column] for each in measured),
                    ]
                )
            )
        return np.stack(columns, axis=1).astype(np.float64)


class WordEye:
    """A `Relevance`: looks at each segment in a tight crop, at what it measures, at its colour.

    Attributes:
        name: of what it was loaded from.
        images: looks at crops.
        texts: tells what names mean.
        word_map: what was learnt between the two.
    """

    def __init__(
        self, images: ImageEncoder, texts: TextEncoder, word_map: WordMap, name: str = "word eye"
    ) -> None:
        """Take the encoders and what was learnt between them."""
        self.name = name
        self.images, self.texts, self.word_map = images, texts, word_map
        self._seen: OrderedDict[bytes, _Known] = OrderedDict()

    def fits(
        self, frame: RgbdFrame, segments: Sequence[Segment], phrases: Sequence[str]
    ) -> NDArray[np.float64]:
        """See `Relevance`."""
        if not segments or not phrases:
            return np.zeros((len(segments), len(phrases)))
        features = self._features(frame, segments)
        measured = sides_m(frame, segments), colour_fits(frame, segments)
        seen = self.word_map.seen(features, *measured)
        return _sigmoid(np.column_stack([self._logits(seen, phrase) for phrase in phrases]))

    def _logits(self, seen: Seen, phrase: str) -> NDArray[np.float64]:
        """Return how well crops fit a name, or best fit a name of what serves a purpose, (S,)."""
        purpose = phrase.removeprefix(PURPOSE)
        word = self.texts.embeddings([purpose])
        if purpose == phrase:
            return self._named(seen, word)[:, 0]
        serving, against = self.word_map.household.nouns_for(word[0])
        fits = self._named(seen, self.word_map.household.nouns[serving])
        return np.asarray((fits + against).max(axis=1))

    def _named(self, seen: Seen, words: NDArray[np.float32]) -> NDArray[np.float64]:
        evidence = self.word_map.evidence(seen, words)
        return np.asarray(evidence @ self.word_map.calibration.astype(np.float64))

    def familiar(self, frame: RgbdFrame, segments: Sequence[Segment]) -> NDArray[np.float64]:
        """See `Relevance`."""
        if not segments:
            return np.zeros(0)
        features = self.word_map.prepared(self._features(frame, segments)).astype(np.float64)
        return _sigmoid(features @ self.word_map.familiar[:-1] + self.word_map.familiar[-1])

    def _features(self, frame: RgbdFrame, segments: Sequence[Segment]) -> NDArray[np.float32]:
        """Return the features of segments; those of the last frames are remembered."""
        known = self._known(frame.rgb)
        new = [box for box in dict.fromkeys(one.box_px for one in segments) if box not in known]
        if new:
            crops = [tight_crop(frame.rgb, box, self.images.side_px) for box in new]
            known.update(zip(new, self.images.features(crops), strict=True))
        return np.stack([known[one.box_px] for one in segments])

    def _known(self, rgb: NDArray[np.uint8]) -> _Known:
        """Return what is known of a picture: by its pixels, since cameras reuse their buffers."""
        key = hashlib.blake2b(rgb.tobytes(), digest_size=16).digest()
        known = self._seen.setdefault(key, {})
        while len(self._seen) > _MEMORY:
            self._seen.popitem(last=False)
        return known


def load_word_eye(folder: Path) -> WordEye:
    """Load a word eye: its encoders as `config.json` names them, and its map.

    Args:
        folder: holds `config.json`, `word_map.safetensors`, the image encoder's graph and the
            tokenizer; the sentence model is a file of it, or the package that requirements name.

    Raises:
        CheckpointInvalid: a file is missing or damaged, or does not fit the others.
        ModelNotLoaded: the sentence model's package is missing or of another version.
    """
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        image, text = config["image_encoder"], config["text_encoder"]
        tensors = load_file(folder / WEIGHTS)
        word_map = WordMap(
            **{name: tensors[name].astype(np.float32) for name in TENSORS},
            is_rooted=bool(image["square_root"]),
            household=Household(tensors["household_nouns"], tensors["household_purposes"]),
            classes=ImageClasses(
                **{name: tensors[f"class_{name}"].astype(np.float32) for name in CLASS_TENSORS}
            ),
        )
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise CheckpointInvalid(
            f"The word eye '{folder.name}' can't be read ({type(error).__name__}: {error}); fetch "
            "or train it again."
        ) from error
    if not word_map.household.is_of_list:
        raise CheckpointInvalid(
            f"The word eye '{folder.name}' was made with another list of household words; fetch or "
            "train it again."
        )
    images = OnnxImageEncoder(
        folder / image["file"], int(image["side_px"]), image["mean"], image["std"]
    )
    graph = folder / text["file"] if "file" in text else packaged_graph(text["package_sha256"])
    return WordEye(
        images, OnnxTextEncoder(graph, folder / text["tokenizer"]), word_map, folder.name
    )


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-values)))
