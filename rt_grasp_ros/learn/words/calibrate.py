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
from ...model.word_eye.household import load_household_words
from ...model.word_eye.image_encoder import ImageEncoder
from ...model.word_eye.text_encoder import TextEncoder
from ...model.word_eye.word_eye import colour_fits
from ...proposals.measures import sides_m
from ...proposals.wholeness import PRIOR, wholeness
from ...whole_file import whole_file
from .drawn_tables import CutTable
from .fit import CHOOSING, logistic_regression
from .left_out import Without

MOST_REFUSED = 0.12
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
        sides_m: what each measures, the longest side first, shape (S, 3).
        colour_fits: how much of each may be called each named colour, 0..1, shape (S, K).
        names: of each thing, the usual one first.
    """

    features: NDArray[np.float32]
    whole: NDArray[np.float64]
    overlap: NDArray[np.float64]
    sides_m: NDArray[np.float64]
    colour_fits: NDArray[np.float64]
    names: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A name asked about a table, and what the best segment tells.

    Attributes:
        told: the evidence, shape (E,).
        is_there: whether a thing of that name is.
        is_hit: whether the best segment shows it.
        is_left_out: whether the map was fitted without what is called so.
    """

    told: NDArray[np.float64]
    is_there: bool
    is_hit: bool
    is_left_out: bool


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
        segments = [table.segments[k] for k in index]
        looked.append(
            LookedAt(
                encoder.features(crops),
                likely[index],
                table.overlap[index],
                sides_m(table.frame, segments),
                colour_fits(table.frame, segments),
                names,
            )
        )
    return looked


def ask(
    looked: Iterable[LookedAt], without: Without, texts: TextEncoder, seed: int = 0
) -> list[Asked]:
    """Return names of what is on tables and of what is not, each with what the best segment tells.

    What is not there are other things of these tables, and things of `household.yaml`. Names that
    fit two things of a table are left out.
    """
    tables, word_map = list(looked), without.word_map
    all_names = sorted(
        {name for table in tables for names in table.names for name in names}
        | set(load_household_words().nouns)
    )
    rng = np.random.default_rng(seed)
    asked = []
    for table in tables:
        seen = word_map.seen(table.features, table.sides_m, table.colour_fits)
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
            told = word_map.evidence(seen, texts.embeddings([name]))[:, 0]
            best = int(np.argmax(told @ word_map.calibration + PRIOR * np.log(table.whole)))
            is_hit = column >= 0 and bool(table.overlap[best, column] > _HIT)
            names = table.names[column] if column >= 0 else (name,)
            asked.append(Asked(told[best], column >= 0, is_hit, without.is_left_out(names)))
    return asked


def calibrated(
    looked: Sequence[LookedAt], some: Sequence[Without], texts: TextEncoder
) -> NDArray[np.float32]:
    """Return weights of the evidence, see `calibration_of`.

    Args:
        looked: tables.
        some: maps, each without other nouns.
        texts: tells what names mean.
    """
    return calibration_of(ask_all(looked, some, texts))


def ask_all(looked: Sequence[LookedAt], some: Sequence[Without], texts: TextEncoder) -> list[Asked]:
    """Return what each of several maps makes of names, see `ask`."""
    return [one for seed, each in enumerate(some) for one in ask(looked, each, texts, seed)]


def calibration_of(asked: Sequence[Asked]) -> NDArray[np.float32]:
    """Return weights of the evidence, so that `MOST_REFUSED` of what is there falls below zero.

    Those that tell one segment from another are `CHOOSING`; fitted is what a word itself says of
    how much a likeness to it tells. What a map was fitted without counts as much as what it was
    fitted on, however few it is.
    """
    told = np.array([one.told for one in asked])
    is_there = np.array([one.is_there for one in asked])
    is_left_out = np.array([one.is_left_out for one in asked]) & is_there
    count, left_out = int(is_there.sum()), int(is_left_out.sum())
    times = max(round((count - left_out) / max(left_out, 1)), 1)
    index = np.repeat(np.arange(len(asked)), np.where(is_left_out, times, 1))
    told, is_there = told[index], is_there[index]
    weights = np.array(CHOOSING)
    of_word = np.flatnonzero(weights == 0.0)
    found = logistic_regression(np.column_stack([told[:, of_word], told @ weights]), is_there)
    weights[of_word] = found[:-1] / found[-1]
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
        tensors[f"{index}.sides_m"] = np.ascontiguousarray(table.sides_m)
        tensors[f"{index}.colour_fits"] = table.colour_fits
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
                file.get_tensor(f"{index}.sides_m"),
                file.get_tensor(f"{index}.colour_fits"),
                tuple(tuple(one) for one in names),
            )
            for index, names in enumerate(all_names)
        ]
