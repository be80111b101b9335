"""The map from features to meanings, by ridge regression, and what decides how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from ...model.word_eye.household import Household
from ...model.word_eye.image_classes import ImageClasses
from ...model.word_eye.text_encoder import TextEncoder
from ...model.word_eye.word_eye import WordMap

RIDGE = 3000.0
CLASS_WEIGHT = 3.0
CHOOSING = (0.0, 14.2, 3.65, 0.13, 0.0, 0.0, 0.0, 0.0, 0.7, 0.5, 0.6)
"""What the evidence weighs beside each other that tells one segment from another, in logits; what
is the same for all segments is calibrated beside it."""

CLASS_STEP = 10.0
"""How far from the mean features a class of the pretrained classifier is taken to lie."""


def image_classes(
    classifier: tuple[NDArray[np.float32], NDArray[np.float32]],
    classes: Sequence[str],
    features: NDArray[np.float32],
    texts: TextEncoder,
) -> ImageClasses:
    """Return the classes of the pretrained classifier, with how usual each is.

    Args:
        classifier: its rows, shape (C, F), and its bias, shape (C,).
        classes: names of its rows.
        features: of crops of many things, as the encoder gives them, shape (N, F).
        texts: tells what names mean.
    """
    rows, bias = classifier
    known = ImageClasses(rows, bias, texts.embeddings(classes), np.zeros(len(rows), np.float32))
    return replace(known, usual=known.shares(features).mean(axis=0).astype(np.float32))


def fit_word_map(
    features: NDArray[np.float32],
    names: Sequence[Sequence[str]],
    known: ImageClasses,
    texts: TextEncoder,
    vocabulary: Sequence[str],
    others: NDArray[np.float32],
) -> WordMap:
    """Return the map, with an even calibration.

    The rows of the pretrained classifier, added to the mean features, stand for pictures of its
    classes: so names of which no picture was drawn have their place, too.

    Args:
        features: of crops, rooted, shape (N, F).
        names: what each crop shows, shape (N,), each with one name or more.
        known: the pretrained classifier's classes.
        texts: tells what names mean.
        vocabulary: names that others are compared with.
        others: of crops of many things, rooted, shape (O, F): how near they lie to a word tells
            how much a likeness to it says.
    """
    meanings = {each: _mean_meaning(each, texts) for each in {tuple(one) for one in names}}
    directions = known.rows - known.rows.mean(axis=0)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    of_classes = np.maximum(features.mean(axis=0) + CLASS_STEP * directions, 0.0)
    given = np.concatenate([features, of_classes]).astype(np.float64)
    wanted = np.concatenate([np.stack([meanings[tuple(one)] for one in names]), known.meanings])
    weights = np.concatenate([np.ones(len(features)), np.full(len(known.rows), CLASS_WEIGHT)])
    feature_mean, meaning_mean = given.mean(axis=0), wanted.mean(axis=0)
    centred = given - feature_mean
    weighted = centred * weights[:, None]
    gram = weighted.T @ centred + RIDGE * np.eye(given.shape[1])
    found = np.linalg.solve(gram, weighted.T @ (wanted - meaning_mean))
    mapped = (others - feature_mean) @ found + meaning_mean
    mapped /= np.linalg.norm(mapped, axis=1, keepdims=True)
    return WordMap(
        map=found.astype(np.float32),
        feature_mean=feature_mean.astype(np.float32),
        meaning_mean=meaning_mean.astype(np.float32),
        vocabulary=texts.embeddings(vocabulary),
        other_crops=mapped.astype(np.float32),
        calibration=np.array(CHOOSING, np.float32),
        familiar=np.zeros(given.shape[1] + 1, np.float32),
        is_rooted=True,
        household=Household.of(texts),
        classes=known,
    )


def _mean_meaning(names: Sequence[str], texts: TextEncoder) -> NDArray[np.float32]:
    mean = texts.embeddings(names).mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean))


def logistic_regression(
    told: NDArray[np.floating], is_so: NDArray[np.bool_], penalty: float = 1.0
) -> NDArray[np.float64]:
    """Return weights of columns, the last one's constant; each column counts by its spread.

    Args:
        told: shape (N, E), one of its columns constant.
        is_so: shape (N,).
        penalty: of the squared weights of columns scaled to a spread of one.
    """
    spread = told.std(axis=0)
    constant = spread < 1e-9
    mean = np.where(constant, 0.0, told.mean(axis=0))
    scaled = (told - mean) / np.where(constant, 1.0, spread)
    sign = np.where(is_so, 1.0, -1.0)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (scaled @ weights)
        held = np.where(constant, 0.0, weights)
        slope = -sign / (1 + np.exp(margin))
        value = np.logaddexp(0.0, -margin).sum() + penalty * (held**2).sum() / 2
        return float(value), scaled.T @ slope + penalty * held

    found = minimize(loss, np.zeros(told.shape[1]), jac=True, method="L-BFGS-B").x
    weights = found / np.where(constant, 1.0, spread)
    weights[int(np.argmax(constant))] -= float(np.where(constant, 0.0, weights) @ mean)
    return np.asarray(weights)
