"""The outermost of what may be what is asked for, or the second, however sure that is."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.pipeline.outermost import (
    but_outermost,
    how_outermost,
    likely_named,
    may_be_but,
    may_count,
    outermost,
)
from rt_grasp_ros.proposals.segments import Segment

PLANE = Plane(np.array([0.0, 0.0, -1.0]), 0.8, 0.001)
FRAME = RgbdFrame(
    np.zeros((100, 600, 3), np.uint8),
    np.full((100, 600), 0.8, np.float32),
    Intrinsics(500.0, 500.0, 300.0, 50.0, 600, 100),
    "camera",
    0,
)


def thing(left, width=20, height_m=0.05):
    mask = np.zeros((100, 600), bool)
    mask[40:60, left : left + width] = True
    return Segment(mask, (left, 40, width, 20), np.zeros(3), 0.03, height_m, PLANE)


ROW = [thing(100), thing(200), thing(300), thing(400)]
APART = np.eye(4, dtype=bool)


def meant(sentence, likely, row=ROW, is_same=APART):
    return outermost(parse_request(sentence), row, FRAME, np.array(likely), is_same)


@pytest.mark.parametrize(
    ("sentence", "likely", "which"),
    [
        ("the leftmost cup", [0.9, 0.9, 0.9, 0.9], 0),
        ("the leftmost cup", [0.1, 0.9, 0.9, 0.9], 1),
        ("the leftmost cup", [0.45, 0.5, 0.1, 0.1], 0),
        ("the leftmost cup", [0.3, 0.9, 0.1, 0.1], 1),
        ("the rightmost cup", [0.9, 0.9, 0.9, 0.2], 2),
        ("the second cup from the left", [0.9, 0.9, 0.9, 0.9], 1),
        ("the second cup from the left", [0.9, 0.1, 0.9, 0.9], 2),
        ("the second cup from the right", [0.9, 0.1, 0.9, 0.9], 2),
        ("the third cup from the left", [0.9, 0.1, 0.9, 0.8], 3),
    ],
)
def test_what_is_likely_asked_for_counts_as_it_is_likely(sentence, likely, which):
    assert meant(sentence, likely) == [which]


def test_a_chance_is_that_of_being_it_and_of_just_so_many_farther_out():
    likely = np.array([0.5, 0.8, 0.9, 0.2])
    first = how_outermost(parse_request("the leftmost cup"), ROW, FRAME, likely, APART)
    assert np.exp(first) == pytest.approx([0.5, 0.8 * 0.5, 0.9 * 0.1, 0.2 * 0.01])
    second = how_outermost(parse_request("the second cup from the left"), ROW, FRAME, likely, APART)
    one_of_two = 0.5 * 0.2 + 0.5 * 0.8
    one_of_three = 0.5 * 0.2 * 0.1 + 0.5 * 0.8 * 0.1 + 0.5 * 0.2 * 0.9
    assert np.exp(second[1:]) == pytest.approx([0.8 * 0.5, 0.9 * one_of_two, 0.2 * one_of_three])
    assert second[0] < -20


def test_nothing_is_surely_a_cup():
    told = how_outermost(parse_request("the leftmost cup"), ROW, FRAME, np.ones(4), APART)
    assert np.exp(told[:2]) == pytest.approx([0.98, 0.98 * 0.02])


@pytest.mark.parametrize("sentence", ["the leftmost cup", "the second cup from the left"])
def test_what_can_not_be_meant_is_never_it(sentence):
    assert meant(sentence, [0.0, 0.0, 0.0, 0.0]) == []
    assert meant(sentence, [0.0, 0.9, 0.0, 0.0]) == [1]
    assert 0 not in meant(sentence, [0.0, 1e-3, 1e-4, 1e-5])


def test_of_what_shows_the_same_thing_the_likeliest_counts():
    piece = APART.copy()
    piece[0, 1] = piece[1, 0] = True
    assert meant("the leftmost cup", [0.5, 0.9, 0.9, 0.9], is_same=piece) == [1]
    assert meant("the second cup from the left", [0.5, 0.9, 0.9, 0.9], is_same=piece) == [2]


def test_two_that_are_equally_far_out_are_both_returned_where_both_are_likely():
    side_by_side = [thing(100), thing(109), thing(300), thing(400)]
    assert meant("the leftmost cup", [0.8, 0.9, 0.9, 0.9], side_by_side) == [1, 0]
    assert meant("the leftmost cup", [0.3, 0.9, 0.9, 0.9], side_by_side) == [1]
    farther = [thing(100), thing(113), thing(300), thing(400)]
    assert meant("the leftmost cup", [0.8, 0.9, 0.9, 0.9], farther) == [0]


def test_a_size_is_counted_alike():
    sized = [thing(100, height_m=0.1), thing(200, height_m=0.2), thing(300), thing(400)]
    assert meant("the tallest cup", [0.9, 0.9, 0.9, 0.9], sized) == [1]
    assert meant("the tallest cup", [0.9, 0.1, 0.9, 0.9], sized) == [0]
    assert meant("the second tallest cup", [0.9, 0.9, 0.9, 0.9], sized) == [0]
    alike = [thing(100, height_m=0.105), thing(200, height_m=0.1), thing(300), thing(400)]
    assert meant("the tallest cup", [0.9, 0.9, 0.9, 0.9], alike) == [0, 1]
    alike[0] = thing(100, height_m=0.107)
    assert meant("the tallest cup", [0.9, 0.9, 0.9, 0.9], alike) == [0]


@pytest.mark.parametrize(
    ("sentence", "does"),
    [
        ("the left mug", True),
        ("the mug in the top left corner", True),
        ("the second biggest mug", True),
        ("the thinner mug", True),
        ("the middle mug", False),
        ("the mug at the edge of the table", False),
        ("the medium-sized mug", False),
        ("the mug", False),
        ("the big mug on the left", False),
        ("the left one of the two mugs in the front row", False),
        ("the nearer mug on the left", False),
        ("not the left mug, the other one", False),
    ],
)
def test_one_measure_can_be_counted_in(sentence, does):
    assert may_count(parse_request(sentence)) is does


def test_what_fits_a_name_a_little_worse_than_the_best_is_as_likely_named_so_as_not():
    whole = np.array([1.0, 1.0, 0.5])
    assert likely_named(np.array([0.4, -0.6, -0.6]), 0.4, whole) == pytest.approx(
        [1 / (1 + np.exp(-2.0)), 0.5, 0.25]
    )
    assert likely_named(np.array([6.0, 3.0, 3.0]), 6.0, whole)[1:] == pytest.approx([0.5, 0.25])
    assert likely_named(np.array([6.0, 1.0, 5.0]), 6.0, whole)[1] < 0.02
    assert likely_named(np.array([-3.0, -4.0]), -3.0, whole[:2])[1] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("sentence", "does"),
    [
        ("the mug, but not the left one", True),
        ("the mug, not the biggest one", True),
        ("the biggest mug, but not the left one", False),
        ("the mug on the right", False),
        ("the mug, but not the one in the middle", False),
        ("the mug in the front row, not the left one", False),
    ],
)
def test_all_but_the_first_in_one_measure_may_be_meant(sentence, does):
    assert may_be_but(parse_request(sentence)) is does


@pytest.mark.parametrize(
    ("likely", "which"),
    [
        ([0.9, 0.9, 0.01, 0.01], [1]),
        ([0.9, 0.01, 0.01, 0.3], [3]),
        ([0.01, 0.9, 0.01, 0.9], [3]),
        ([0.0, 0.9, 0.0, 0.0], []),
        ([0.1, 0.9, 0.01, 0.1], [3, 1]),
        ([0.9, 0.9, 0.9, 0.01], [2, 1]),
        ([0.0, 0.0, 0.0, 0.0], []),
    ],
)
def test_all_but_the_leftmost_counts_as_it_is_likely(likely, which):
    first = parse_request("the cup, not the left one").excluded_ones[0]
    assert but_outermost(first, ROW, FRAME, np.array(likely), APART) == which
