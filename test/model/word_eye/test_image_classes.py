"""What the pretrained classes say for a name, beside other crops."""

import numpy as np
import pytest

from rt_grasp_ros.model.word_eye.image_classes import ImageClasses

CUP, PEN, BALL = np.eye(3, dtype=np.float32)


def classes(**changes):
    values = {
        "rows": 6 * np.eye(3, dtype=np.float32),
        "bias": np.zeros(3, np.float32),
        "meanings": np.eye(3, dtype=np.float32),
        "usual": np.full(3, 1 / 3, np.float32),
    }
    return ImageClasses(**{**values, **changes})


def test_shares_are_those_of_a_softmax_with_bias():
    known = classes(rows=np.eye(3, dtype=np.float32), bias=np.array([0, 0, 1], np.float32))
    shares = known.shares(np.array([[2.0, 1.0, 0.0]], np.float32))
    expected = np.exp([2.0, 1.0, 1.0])
    np.testing.assert_allclose(shares[0], expected / expected.sum(), atol=1e-6)


def test_large_logits_are_no_error():
    shares = classes().shares(np.array([[300.0, 0.0, 0.0]], np.float32))
    np.testing.assert_allclose(shares[0], [1.0, 0.0, 0.0])


def test_a_class_speaks_for_the_names_near_to_it_and_against_others():
    known = classes()
    shares = known.shares(np.array([CUP, PEN]))
    mug = np.array([0.8, 0.0, 0.6], np.float32)
    as_cup, as_mug, as_pen = known.logits(shares, np.stack([CUP, mug, PEN])).T
    assert as_cup[0] == pytest.approx(np.log(3), abs=0.1)
    assert as_mug[0] > 0.5
    assert as_pen[0] < -2
    assert as_pen[1] > 1 > -2 > as_cup[1]


def test_what_looks_like_anything_says_nothing():
    known = classes()
    even = np.full((1, 3), 1 / 3)
    np.testing.assert_allclose(known.logits(even, np.stack([CUP, BALL])), 0.0, atol=1e-6)


def test_what_is_usual_counts_less():
    usual = np.array([0.8, 0.1, 0.1], np.float32)
    shares = classes().shares(np.array([CUP, PEN]))
    told = classes(usual=usual).logits(shares, np.stack([CUP, PEN]))
    assert told[0, 0] < 0.3
    assert told[1, 1] > 2


def test_no_class_speaks_against_a_name_without_bound():
    shares = np.array([[1.0, 0.0, 0.0]])
    assert classes().logits(shares, PEN[None])[0, 0] == pytest.approx(np.log(0.02), abs=0.01)
