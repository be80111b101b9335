"""The ridge map finds what was planted, the calibration refuses the share that it is to."""

import numpy as np
import pytest

from rt_grasp_ros.learn.words.calibrate import MOST_REFUSED, Asked, calibration_of, rates
from rt_grasp_ros.learn.words.fit import (
    CHOOSING,
    fit_word_map,
    image_classes,
    logistic_regression,
)
from rt_grasp_ros.model.word_eye.word_eye import EVIDENCE

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
    names = [(NAMES[k],) for k in shown]
    word_map = fit_word_map(features, names, known, Axes(), NAMES, features[:5])
    found = word_map.meanings(features[:5] ** 2)
    np.testing.assert_allclose(word_map.other_crops, found, atol=1e-5)
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


def asked_with(cosines, is_there, *, is_left_out=False, hub=0.0):
    """Return questions whose evidence is a cosine and how near other crops lie to the word."""
    told = np.zeros((len(cosines), EVIDENCE))
    told[:, 0], told[:, 1], told[:, 6] = 1.0, cosines, hub
    return [Asked(row, is_there, is_there, is_left_out) for row in told]


def test_the_calibration_refuses_its_share_of_what_is_there_and_more_of_the_rest():
    rng = np.random.default_rng(1)
    asked = asked_with(rng.normal(0.4, 0.1, 1200), True) + asked_with(
        rng.normal(0.2, 0.1, 800), False
    )
    found = rates(asked, calibration_of(asked))
    assert found["present_refused"] == pytest.approx(MOST_REFUSED, abs=0.01)
    assert 0.7 < found["absent_refused"] < 0.9
    assert found["right"] == 1.0
    assert found["right_and_not_refused"] == pytest.approx(1 - MOST_REFUSED, abs=0.01)


def test_what_was_left_out_counts_as_much_as_what_was_taught():
    rng = np.random.default_rng(2)
    asked = asked_with(rng.normal(0.8, 0.05, 3000), True)
    asked += asked_with(rng.normal(0.4, 0.05, 600), True, is_left_out=True)
    asked += asked_with(rng.normal(0.2, 0.05, 2000), False)
    weights = calibration_of(asked)
    refused = np.mean([one.told @ weights < 0 for one in asked if one.is_left_out])
    assert refused == pytest.approx(2 * MOST_REFUSED, abs=0.02)


def test_a_word_that_all_crops_are_near_to_needs_a_nearer_one():
    rng = np.random.default_rng(3)
    hubs = rng.normal(0.0, 0.1, 2000)
    noise = rng.normal(0, 0.03, 2000)
    asked = []
    for k, (hub, beside) in enumerate(zip(hubs, noise, strict=True)):
        is_there = k % 2 == 0
        asked += asked_with([0.2 + hub + 0.1 * is_there + beside], is_there, hub=hub)
    weights = calibration_of(asked)
    assert weights[6] == pytest.approx(-weights[1], rel=0.15)
    of_segments = np.array(CHOOSING) != 0
    np.testing.assert_allclose(weights[of_segments], np.array(CHOOSING)[of_segments], rtol=1e-6)
    assert rates(asked, weights)["absent_refused"] > 0.9
