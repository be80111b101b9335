"""What plainly has another shape than was asked for is not taken."""

from functools import partial

import pytest
from made_table import BLUE, INTRINSICS, RED, answer_at, table

from rt_grasp_ros.grasp.errors import WhichOne
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.pipeline.by_shape import of_that_shape
from rt_grasp_ros.pipeline.looking import Looked

CUBE, TILE, SECOND_TILE = (150, 200), (480, 320), (300, 400)
TWO = ((*CUBE, RED, 50, 0.06), (*TILE, BLUE, 50, 0.02))


def found(sentence, first, blocks=TWO):
    frame = table(*blocks)
    looked = Looked([first], "")
    find_table = partial(find_support, frame.depth_m, INTRINSICS)
    return of_that_shape(parse_request(sentence), frame, looked, Gripper(), find_table)


def at(looked):
    rectangle = looked.answers[0].rectangle
    return None if rectangle is None else (rectangle.x_px, rectangle.y_px)


def test_the_model_s_thing_of_that_shape_is_taken_as_the_model_takes_it():
    answer = answer_at(*map(float, TILE))
    assert found("grasp the flat thing", answer).answers == [answer]


def test_the_only_thing_of_that_shape_is_taken_in_place_of_another():
    looked = found("take the flat one", answer_at(*map(float, CUBE)))
    assert at(looked) == pytest.approx(TILE, abs=15)
    assert looked.answers[0].reasoning.startswith("The flat thing lies ")


def test_several_are_asked_back():
    blocks = (*TWO, (*SECOND_TILE, BLUE, 50, 0.02))
    with pytest.raises(WhichOne) as error:
        found("take the flat one", answer_at(*map(float, CUBE)), blocks)
    assert (error.value.count, error.value.noun) == (2, "flat thing")


def test_where_nothing_has_that_shape_nothing_is_taken():
    looked = found("grasp the long object", answer_at(*map(float, CUBE)))
    assert at(looked) is None


def test_what_the_model_does_not_see_stays_unseen():
    absent = Answer("I see nothing flat.", None, 0.9)
    assert found("grasp the flat thing", absent).answers == [absent]
