"""Changes of a grasp in words that nobody taught a model."""

import math
from dataclasses import astuple

import pytest

from rt_grasp_ros.language.change import Change
from rt_grasp_ros.language.change_said import change_said


@pytest.mark.parametrize(
    ("sentence", "change"),
    [
        ("left", Change(right=-0.030)),
        ("more left", Change(right=-0.030)),
        ("slide over to the right", Change(right=0.030)),
        ("right a bit", Change(right=0.015)),
        ("could go a tad further up", Change(up=0.015)),
        ("a lot further to the left", Change(right=-0.060)),
        ("a bit towards the robot", Change(up=-0.015)),
        ("forward", Change(up=0.030)),
        ("two centimetres to the left", Change(right_m=-0.02)),
        ("3cm up", Change(up_m=0.03)),
        ("half a centimetre down", Change(up_m=-0.005)),
        ("one and a half cm right", Change(right_m=0.015)),
        ("wider", Change(opening_factor=1.25)),
        ("open the gripper a little more", Change(opening_factor=1.25)),
        ("less wide", Change(opening_factor=1 / 1.25)),
        ("make the opening smaller", Change(opening_factor=1 / 1.25)),
        ("open it 10 mm more", Change(wider_m=0.01)),
        ("twist it a little clockwise", Change(turn_rad=-math.radians(15))),
        ("turn left", Change(turn_rad=math.radians(30))),
        ("rotate by 45 degrees clockwise", Change(turn_rad=-math.radians(45))),
        ("quarter turn", Change(turn_rad=math.radians(90))),
        ("rotate it 90 degrees", Change(turn_rad=math.radians(90))),
        ("turn it a little clockwise by 20 degrees", Change(turn_rad=-math.radians(20))),
    ],
)
def test_a_change_is_read_with_its_amount(sentence, change):
    said = change_said([sentence])
    assert said is not None
    assert astuple(said) == pytest.approx(astuple(change))


@pytest.mark.parametrize(
    ("sentence", "change"),
    [
        ("too far left", Change(right=0.030)),
        ("you are too far to the right", Change(right=-0.030)),
        ("a bit too far left", Change(right=0.015)),
        ("that is too low", Change(up=0.030)),
        ("too high", Change(up=-0.030)),
        ("not so far left", Change(right=0.030)),
        ("do not go so far up", Change(up=-0.030)),
        ("too close to the robot", Change(up=0.030)),
        ("too far away from you", Change(up=-0.030)),
        ("too wide", Change(opening_factor=1 / 1.25)),
        ("too narrow", Change(opening_factor=1.25)),
        ("not far enough left", Change(right=-0.030)),
        ("not wide enough", Change(opening_factor=1.25)),
        ("less to the left", Change(right=0.030)),
    ],
)
def test_who_complains_of_a_direction_wants_the_opposite(sentence, change):
    said = change_said([sentence])
    assert said is not None
    assert (said.right, said.up) == pytest.approx((change.right, change.up))
    assert said.opening_factor == pytest.approx(change.opening_factor)


def test_clauses_add_up_and_may_not_contradict_each_other():
    assert change_said(["up", "to the left"]) == Change(right=-0.030, up=0.030)
    assert change_said(["to the right", "just a bit"]) == Change(right=0.015)
    assert change_said(["2 cm left", "1 cm up"]) == Change(right_m=-0.02, up_m=0.01)
    assert change_said(["to the left", "2 cm"]) == Change(right_m=-0.02)
    assert change_said(["too far left", "go right"]) == Change(right=0.030)
    assert change_said(["left", "not right"]) == Change(right=-0.030)
    assert change_said(["left", "right"]) is None
    assert change_said(["left", "not left"]) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "open",
        "open it",
        "open the gripper",
        "close the gripper",
        "turn it",
        "turn it by 45 degrees",
        "closer",
        "bit",
        "more",
        "not right",
        "not left",
        "the left one",
        "left of the mug",
        "too close to the edge",
        "too little",
        "move your left finger to the mug",
        "half a metre to the left",
        "two centimetres",
        "push it left",
    ],
)
def test_what_is_not_understood_as_a_whole_is_no_change(sentence):
    assert change_said([sentence]) is None
