"""The ridge map finds what was planted, the calibration refuses the share that it is to."""

import numpy as np
import pytest

from rt_grasp_ros.learn.words.calibrate import MOST_REFUSED, Asked, calibrated, rates
from rt_grasp_ros.learn.words.fit import fit_word_map, image_classes, logistic_regression

NAMES = ("mug", "pen", "box")


class Axes:
    """Each name is an axis of its own, other words are none."""

    def embeddings(self, phrases):
        return np.array([[float(one == name) for name in NAMES] for one in phrases], np.float32)


def test_features_of_a_name_are_mapped_to_its_meaning():
    rng = np.random.default_rng(0)
    centres = np.abs(rng.normal(3, 1, (3, 40)))
    shown = rng.integers(0, 3, 3000)
    features = np.abs(centres[shown] + rng.normal(0, 0.3, (3000, 40))).astype(np.float32)
    classifier = rng.normal(0, 1, (3, 40)).astype(np.float32), np.zeros(3, np.float32)
    known = image_classes(classifier, NAMES, features, Axes())
    word_map = fit_word_map(features, [(NAMES[k],) for k in shown], known, Axes(), NAMES)
    meanings = word_map.meanings(centres.astype(np.float32) ** 2)
    assert (meanings @ Axes().embeddings(NAMES).T).argmax(axis=1).tolist() == [0, 1, 2]
    np.testing.assert_allclose(np.linalg.norm(meanings, axis=1), 1, atol=1e-5)


def test_how_usual_a_class_is_is_its_mean_share_of_the_crops():
    rows, bias = np.eye(3, dtype=np.float32), np.zeros(3, np.float32)
    features = np.log(np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], np.float32))
    known = image_classes((rows, bias), NAMES, features, Axes())
    np.testing.assert_allclose(known.usual, [0.3, 0.2, 0.5], atol=1e-6)
    np.testing.assert_allclose(known.meanings, np.eye(3))


def test_logistic_regression_finds_the_side_and_the_place():
    told = np.column_stack([np.ones(400), np.linspace(-1, 3, 400)])
    weights = logistic_regression(told, told[:, 1] > 1.0)
    assert weights[1] > 0
    assert -weights[0] / weights[1] == pytest.approx(1.0, abs=0.05)


def test_the_calibration_refuses_its_share_of_what_is_there_and_more_of_the_rest():
    rng = np.random.default_rng(1)
    there = rng.random(2000) < 0.6
    told = np.column_stack([np.ones(2000), rng.normal(0, 1, 2000) + 1.5 * there])
    asked = [
        Asked(row, bool(is_there), bool(is_there), "mug")
        for row, is_there in zip(told, there, strict=True)
    ]
    found = rates(asked, calibrated(asked))
    assert found["present_refused"] == pytest.approx(MOST_REFUSED, abs=0.01)
    assert 0.6 < found["absent_refused"] < 0.75
    assert found["right"] == 1.0
    assert found["right_and_not_refused"] == pytest.approx(1 - MOST_REFUSED, abs=0.01)
