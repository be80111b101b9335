"""How sure a likeness is: fitted on drawn tables with things and nouns that the map never saw."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file

from ...grasp.tight_crop import tight_crop
from ...model.word_eye.image_encoder import ImageEncoder
from ...model.word_eye.text_encoder import TextEncoder
from ...model.word_eye.word_eye import WordMap
from ...proposals.wholeness import PRIOR, wholeness
from ...whole_file import whole_file
from .drawn_tables import CutTable
from .fit import logistic_regression

MOST_REFUSED = 0.15
"""Of what is there: what is asked of the calibration, whatever that lets through."""

OTHER = 0.55
"""Cosine: a name less like all that is there is one of something absent."""

_MOST_SEGMENTS = 24
_HIT = 0.35
_ABSENT_A_TABLE = 8


@dataclass(frozen=True, slots=True, eq=False)
class LookedAt:
    """A table that the image encoder has looked at.

    Attributes:
        features: of its likeliest segments, rooted or not as the encoder gives them, (S, F).
        whole: how likely each is one thing, 0..1, shape (S,).
        overlap: with each thing, shape (S, T).
        names: of each thing, the usual one first.
    """

    features: NDArray[np.float32]
    whole: NDArray[np.float64]
    overlap: NDArray[np.float64]
    names: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A name asked about a table, and what the best segment tells.

    Attributes:
        told: the evidence, shape (E,).
        is_there: whether a thing of that name is.
        is_hit: whether the best segment shows it.
        name: that was asked for.
    """

    told: NDArray[np.float64]
    is_there: bool
    is_hit: bool
    name: str


def look_at(tables: Iterable[CutTable], encoder: ImageEncoder) -> list[LookedAt]:
    """Return what the encoder sees of the likeliest segments of tables."""
    looked = []
    for table in tables:
        likely = wholeness(table.frame, table.segments)
        index = np.argsort(-likely)[:_MOST_SEGMENTS]
        if len(index) == 0 or not table.things:
            continue
        crops = [
            tight_crop(table.frame.rgb, table.segments[k].box_px, encoder.side_px) for k in index
        ]
        names = tuple((thing.noun, *thing.other_names) for thing in table.things)
        looked.append(LookedAt(encoder.features(crops), likely[index], table.overlap[index], names))
    return looked


def ask(
    looked: Iterable[LookedAt], word_map: WordMap, texts: TextEncoder, seed: int = 0
) -> list[Asked]:
    """Return names of what is on tables and of what is not, each with what the best segment tells.

    Names that fit two things of a table are left out.
    """
    tables = list(looked)
    all_names = sorted({name for table in tables for names in table.names for name in names})
    rng = np.random.default_rng(seed)
    asked = []
    for table in tables:
        meanings = word_map.meanings(table.features)
        there = texts.embeddings([name for names in table.names for name in names])
        drawn = rng.choice(all_names, min(_ABSENT_A_TABLE, len(all_names)), replace=False)
        absent = [n for n in drawn if (there @ texts.embeddings([n])[0]).max() < OTHER]
        present = [
            (name, column)
            for column, names in enumerate(table.names)
            for name in names[:2]
            if sum(name in other for other in table.names) == 1
        ]
        for name, column in [*present, *((str(name), -1) for name in absent)]:
            told = word_map.evidence(meanings, texts.embeddings([name]))[:, 0]
            best = int(np.argmax(told @ word_map.calibration + PRIOR * np.log(table.whole)))
            is_hit = column >= 0 and bool(table.overlap[best, column] > _HIT)
            asked.append(Asked(told[best], column >= 0, is_hit, name))
    return asked


def calibrated(asked: Sequence[Asked]) -> NDArray[np.float32]:
    """Return weights of the evidence, so that `MOST_REFUSED` of what is there falls below zero."""
    told = np.array([one.told for one in asked])
    is_there = np.array([one.is_there for one in asked])
    weights = logistic_regression(told, is_there)
    weights[0] -= np.quantile((told @ weights)[is_there], MOST_REFUSED)
    return weights.astype(np.float32)


def rates(asked: Sequence[Asked], calibration: NDArray[np.floating]) -> dict[str, float]:
    """Return how often the right thing is chosen, what is there refused, what is absent refused.

    Args:
        asked: from `ask`.
        calibration: weights of the evidence.
    """
    sure = np.array([one.told @ calibration for one in asked]) >= 0
    there = np.array([one.is_there for one in asked])
    hits = np.array([one.is_hit for one in asked])
    return {
        "asked": float(there.sum()),
        "right": float(hits[there].mean()),
        "right_and_not_refused": float((hits & sure)[there].mean()),
        "present_refused": float(1 - sure[there].mean()),
        "absent_refused": float(1 - sure[~there].mean()),
    }


def write_looked(looked: Sequence[LookedAt], path: Path) -> None:
    """Write what was looked at to a file, whole or not at all."""
    tensors: dict[str, NDArray[np.floating]] = {}
    for index, table in enumerate(looked):
        tensors[f"{index}.features"] = table.features.astype(np.float16)
        tensors[f"{index}.whole"] = table.whole
        tensors[f"{index}.overlap"] = np.ascontiguousarray(table.overlap)
    names = json.dumps([table.names for table in looked])
    with whole_file(path) as partial:
        save_file(tensors, partial, {"names": names})


def read_looked(path: Path) -> list[LookedAt]:
    """Read what `write_looked` wrote."""
    with safe_open(path, "numpy") as file:
        all_names = json.loads(file.metadata()["names"])
        return [
            LookedAt(
                file.get_tensor(f"{index}.features").astype(np.float32),
                file.get_tensor(f"{index}.whole"),
                file.get_tensor(f"{index}.overlap"),
                tuple(tuple(one) for one in names),
            )
            for index, names in enumerate(all_names)
        ]
