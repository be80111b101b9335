import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.codec import GraspNumbers
from rt_grasp_ros.model.decoding.grasp_nms import grasp_nms

angles = st.floats(-math.pi / 2, math.pi / 2)


def answer(score, x_px=300.0, theta_rad=0.3, opening_px=80.0, jaw_px=None):
    jaw_px = opening_px / 2 if jaw_px is None else jaw_px
    return Answer("", GraspRectangle(x_px, 200.0, theta_rad, opening_px, jaw_px, 640, 480), score)


def test_the_best_of_those_alike_is_kept():
    kept = grasp_nms([answer(0.2), answer(0.9, 302.0), answer(0.5, 400.0)], 3)
    assert [(a.score, a.rectangle.x_px) for a in kept] == [(0.9, 302.0), (0.5, 400.0)]


def test_half_a_turn_is_the_same_grasp():
    assert len(grasp_nms([answer(0.9), answer(0.8, theta_rad=0.3 + math.pi)], 2)) == 1
    nearly_half_a_turn = GraspNumbers(500, 300, 999, 125).to_rectangle(640, 480)
    none = GraspNumbers(500, 300, 0, 125).to_rectangle(640, 480)
    assert len(grasp_nms([Answer("", none, 0.9), Answer("", nearly_half_a_turn, 0.8)], 2)) == 1


def test_a_quarter_turn_is_another():
    assert len(grasp_nms([answer(0.9), answer(0.8, theta_rad=0.3 + math.pi / 2)], 2)) == 2


@pytest.mark.parametrize("jaw_px", [40.0, 80.0, 160.0])
def test_a_quarter_turn_is_another_whatever_the_shape_of_the_rectangle(jaw_px):
    turned = answer(0.8, theta_rad=0.3 + math.pi / 2, jaw_px=jaw_px)
    assert len(grasp_nms([answer(0.9, jaw_px=jaw_px), turned], 2)) == 2


@pytest.mark.parametrize("opening_px", [20.0, 40.0, 60.0, 120.0])
def test_rectangles_one_in_another_are_the_same_grasp(opening_px):
    """How far the jaws open is known from depth: the model's guess makes no other grasp."""
    kept = grasp_nms([answer(0.9), answer(0.8, 302.0, opening_px=opening_px)], 2)
    assert [a.score for a in kept] == [0.9]


def test_a_part_within_the_whole_is_another():
    """The rim of a bowl, and the bowl across."""
    assert len(grasp_nms([answer(0.9, opening_px=160.0), answer(0.8, 360.0)], 2)) == 2


def test_what_the_demo_drew_four_times_is_one_grasp():
    drawn = [
        (264.3, 171.5, -0.694, 52.5, 0.97),
        (253.4, 167.0, -0.685, 55.0, 0.41),
        (269.4, 163.2, -0.679, 50.6, 0.38),
        (264.3, 177.9, -0.666, 41.6, 0.16),
    ]
    answers = [
        Answer("", GraspRectangle(x, y, theta, opening, opening / 2, 640, 480), score)
        for x, y, theta, opening, score in drawn
    ]
    assert grasp_nms(answers, 4) == answers[:1]


@settings(deadline=None)
@given(angles, angles, st.floats(280.0, 320.0), st.floats(10.0, 200.0), st.floats(10.0, 200.0))
def test_which_of_two_is_better_says_not_whether_they_are_the_same(
    first_rad, second_rad, x_px, first_px, second_px
):
    def count(first, second):
        return len(
            grasp_nms(
                [
                    answer(first, theta_rad=first_rad, opening_px=first_px),
                    answer(second, x_px, second_rad, second_px),
                ],
                2,
            )
        )

    assert count(0.9, 0.8) == count(0.8, 0.9)


@pytest.mark.parametrize("count", [1, 3])
def test_no_more_than_asked_for_are_kept(count):
    apart = [answer(0.1 * n, x_px=60.0 * n) for n in range(1, 9)]
    np.testing.assert_allclose([a.score for a in grasp_nms(apart, count)], [0.8, 0.7, 0.6][:count])
