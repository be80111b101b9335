"""Which other thing a phrase names to tell where the meant one lies."""

import pytest

from rt_grasp_ros.language.near_by import near_of
from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.language.request import Intent, NearBy, Relation


@pytest.mark.parametrize(
    ("phrase", "relation", "other", "rest"),
    [
        ("the object in front of the box", Relation.IN_FRONT_OF, "box", "the object"),
        ("the cup on top of the box", Relation.ON, "box", "the cup"),
        ("the apple on the plate", Relation.ON, "plate", "the apple"),
        ("the spoon in the bowl", Relation.IN, "bowl", "the spoon"),
        ("the book that is lying under the phone", Relation.UNDER, "phone", "the book"),
        ("the can on the right side of the box", Relation.RIGHT_OF, "box", "the can"),
        ("the thing standing directly behind the red cup", Relation.BEHIND, "red cup", "the thing"),
        ("the thing farthest from the banana", Relation.FAR_FROM, "banana", "the thing"),
        ("the mug next to the picture frame", Relation.BESIDE, "picture frame", "the mug"),
        ("the can nearest the bowl", Relation.BESIDE, "bowl", "the can"),
        ("the thing next to the baseball", Relation.BESIDE, "baseball", "the thing"),
    ],
)
def test_what_lies_by_another_thing_is_understood(phrase, relation, other, rest):
    assert near_of(phrase) == (NearBy(relation, other), rest)


def test_between_takes_two():
    near, rest = near_of("the bottle between the can and the cracker box")
    assert near == NearBy(Relation.BETWEEN, "can", "cracker box")
    assert rest == "the bottle"


@pytest.mark.parametrize(
    "phrase",
    [
        "the mug on the left",
        "the cup in the middle of the table",
        "the screwdriver on the handle",
        "the bottle in the back",
        "the pen near the edge",
        "the mug by its handle",
        "the mug nearest the camera",
        "the pen at the picture edge",
    ],
)
def test_places_and_parts_are_no_other_things(phrase):
    assert near_of(phrase) == (None, phrase)


def test_a_part_may_follow_the_other_thing():
    request = parse_request("pick up the mug next to the bowl by its handle")
    assert (request.noun, request.part) == ("mug", "handle")
    assert request.near == NearBy(Relation.BESIDE, "bowl")


def test_in_front_of_a_thing_is_no_part_of_it():
    request = parse_request("grasp the object in front of the box")
    assert (request.intent, request.noun, request.part) == (Intent.GRASP, "", "")


def test_both_of_two_others_are_accounted_for():
    request = parse_request("take the can between the banana and the box")
    assert (request.intent, request.noun) == (Intent.GRASP, "can")
    assert request.near == NearBy(Relation.BETWEEN, "banana", "box")
