"""Answers in words that were not a model's."""

import numpy as np
import pytest
from made_table import rectangle_at

from rt_grasp_ros.grasp.grasp import Grasp
from rt_grasp_ros.language.request import Intent, Request
from rt_grasp_ros.pipeline.telling import named, told_absent, told_grasp


def request(**fields):
    return Request(Intent.GRASP, **fields)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"noun": "mug"}, "I do not see a mug here."),
        ({"noun": "apple"}, "I do not see an apple here."),
        ({"noun": "shoe"}, "I do not see a shoe here."),
        ({"noun": "mug", "colours": ("orange",)}, "I do not see an orange mug here."),
        ({"purpose": "drive nails"}, "I do not see a thing to drive nails here."),
        ({"purpose": "driving nails"}, "I do not see a thing for driving nails here."),
        ({"purpose": "drink while walking"}, "I do not see a thing to drink while walking here."),
    ],
)
def test_what_is_absent_is_called_as_it_was_asked_for(fields, said):
    answer = told_absent(request(**fields))
    assert (answer.reasoning, answer.rectangle, answer.score) == (said, None, 1.0)


def test_something_without_a_name_is_a_thing():
    assert named(request(colours=("red",))) == "red thing"


def test_a_grasp_is_told_by_its_place_its_part_and_its_direction():
    grasp = Grasp(rectangle_at(320.0, 240.0), np.eye(4), 0.05, score=0.7)
    answer = told_grasp(request(noun="mug"), grasp)
    assert answer.reasoning.startswith("The mug lies in the middle")
    assert "I take it where it fits between the fingers, and close " in answer.reasoning
    assert (answer.rectangle, answer.score, answer.grasp) == (grasp.rectangle, 0.7, grasp)
    assert "I take its handle where" in told_grasp(request(noun="mug"), grasp, "handle").reasoning


def test_it_is_told_why_the_part_that_was_asked_for_is_not_taken():
    grasp = Grasp(rectangle_at(320.0, 240.0), np.eye(4), 0.05, score=0.7)
    why = "its shape does not tell where its handle is"
    told = told_grasp(request(noun="mug"), grasp, why_whole=why).reasoning
    assert ". Its shape does not tell where its handle is, so I take it where it fits" in told
