"""The reward follows the labels, and advantages compare answers to one prompt only."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.codec import GraspNumbers
from rt_grasp_ros.language.grounding import describe_closing, describe_place
from rt_grasp_ros.learn.tune.rewards import (
    AGREES,
    HITS,
    LIFTED,
    PARSES,
    Reward,
    advantages,
    reward,
)

LABEL = GraspRectangle(100, 60, 0.3, 60, 30, 224, 224)
ELSEWHERE = GraspRectangle(180, 190, -1.2, 60, 30, 224, 224)


def say(rectangle, words_of=None):
    shown = words_of or rectangle
    return (
        f"I see it {describe_place(shown)}. The jaws close {describe_closing(shown)}. "
        f"{GraspNumbers.from_rectangle(rectangle).to_text()}"
    )


def test_a_right_grounded_answer_earns_everything():
    assert reward(say(LABEL), [ELSEWHERE, LABEL], 224, 224).total == pytest.approx(
        PARSES + HITS + AGREES
    )


def test_words_that_contradict_the_numbers_cost():
    judged = reward(say(LABEL, words_of=ELSEWHERE), [LABEL], 224, 224)
    assert judged == Reward(parses=True, hits=True, agrees=False)


def test_words_that_say_nothing_earn_no_agreement():
    text = f"I take it. {GraspNumbers.from_rectangle(LABEL).to_text()}"
    assert not reward(text, [LABEL], 224, 224).agrees


@pytest.mark.parametrize("turned_deg", [0, 25, 35, 90, 155, 180])
def test_the_angle_decides_modulo_half_a_turn(turned_deg):
    turned = LABEL.rotated_by(math.radians(turned_deg))
    hits = reward(say(turned), [LABEL], 224, 224).hits
    assert hits is (turned_deg in (0, 25, 155, 180))


def test_a_refusal_is_right_only_where_nothing_can_be_grasped():
    refusal = "There is no mug in the picture. No grasp."
    assert reward(refusal, [], 224, 224).total == pytest.approx(PARSES + HITS + AGREES)
    assert reward(refusal, [LABEL], 224, 224).total == pytest.approx(PARSES)
    assert not reward(say(LABEL), [], 224, 224).hits


def test_text_that_does_not_parse_earns_nothing():
    assert reward("I take the handle. x 0.5 y", [LABEL], 224, 224).total == 0


def test_what_the_physics_lifts_earns_as_much_as_a_hit():
    lifted = Reward(parses=True, hits=False, agrees=False, lifted=True)
    assert lifted.total == pytest.approx(PARSES + LIFTED)


REWARDS = arrays(float, st.tuples(st.integers(1, 4), st.integers(2, 6)), elements=st.floats(0, 2))


@given(rewards=REWARDS)
def test_advantages_of_a_group_sum_to_nothing_and_keep_the_order(rewards):
    gains = advantages(rewards)
    np.testing.assert_allclose(gains.sum(axis=1), 0, atol=1e-6)
    for own, gain in zip(rewards, gains, strict=True):
        if np.any(gain):
            assert np.std(gain) == pytest.approx(1)
            assert np.all(np.diff(gain[np.argsort(own)]) >= -1e-9)
        else:
            assert np.ptp(own) < 1e-3


@given(rewards=REWARDS, shift=st.floats(-1, 1))
def test_what_all_answers_earn_alike_does_not_count(rewards, shift):
    if np.all(rewards.std(axis=1) > 1e-2):
        np.testing.assert_allclose(advantages(rewards + shift), advantages(rewards), atol=1e-6)
