import math

import numpy as np
import pytest

from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.codec import GraspNumbers
from rt_grasp_ros.model.distinct import distinct_grasps


def answer(score, x_px=300.0, theta_rad=0.3):
    return Answer("", GraspRectangle(x_px, 200.0, theta_rad, 80.0, 40.0, 640, 480), score)


def test_the_best_of_those_alike_is_kept():
    kept = distinct_grasps([answer(0.2), answer(0.9, 302.0), answer(0.5, 400.0)], 3)
    assert [(a.score, a.rectangle.x_px) for a in kept] == [(0.9, 302.0), (0.5, 400.0)]


def test_half_a_turn_is_the_same_grasp():
    assert len(distinct_grasps([answer(0.9), answer(0.8, theta_rad=0.3 + math.pi)], 2)) == 1
    nearly_half_a_turn = GraspNumbers(500, 300, 999, 125).to_rectangle(640, 480)
    none = GraspNumbers(500, 300, 0, 125).to_rectangle(640, 480)
    assert (
        len(distinct_grasps([Answer("", none, 0.9), Answer("", nearly_half_a_turn, 0.8)], 2)) == 1
    )


def test_a_quarter_turn_is_another():
    assert len(distinct_grasps([answer(0.9), answer(0.8, theta_rad=0.3 + math.pi / 2)], 2)) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_no_more_than_asked_for_are_kept(count):
    apart = [answer(0.1 * n, x_px=60.0 * n) for n in range(1, 9)]
    np.testing.assert_allclose(
        [a.score for a in distinct_grasps(apart, count)], [0.8, 0.7, 0.6][:count]
    )
