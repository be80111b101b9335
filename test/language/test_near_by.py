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
        "the mug on the thin handle",
        "the mug under the thin rim",
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


@pytest.mark.parametrize(
    ("phrase", "words", "also"),
    [
        ("the cup between the two boxes", "box", "box"),
        ("the cup between both red boxes", "red box", "red box"),
        ("the cup lying in between the knives", "knife", "knife"),
        ("the cup between green and red", "green one", "red one"),
        ("the cup between the blue one and the white one", "blue one", "white one"),
    ],
)
def test_between_may_name_two_alike_or_none(phrase, words, also):
    assert near_of(phrase) == (NearBy(Relation.BETWEEN, words, also), "the cup")


def test_two_that_are_not_named_are_named_as_the_meant_one():
    assert parse_request("the cup between green and red").near == NearBy(
        Relation.BETWEEN, "green cup", "red cup"
    )
    assert parse_request("the thing between the red one and the box").near == NearBy(
        Relation.BETWEEN, "red object", "box"
    )


@pytest.mark.parametrize(
    ("sentence", "near"),
    [
        ("the nearest apple to the can", NearBy(Relation.BESIDE, "can")),
        ("the apple by the mug", NearBy(Relation.BESIDE, "mug")),
        ("the apple at the other end from the can", NearBy(Relation.FAR_FROM, "can")),
        ("the apple to the immediate right of the can", NearBy(Relation.RIGHT_OF, "can")),
        ("the apple flanked by the can and the box", NearBy(Relation.BETWEEN, "can", "box")),
        (
            "the apple between the green and the red box",
            NearBy(Relation.BETWEEN, "green box", "red box"),
        ),
    ],
)
def test_other_words_for_where_it_lies(sentence, near):
    request = parse_request(sentence)
    assert (request.intent, request.noun, request.near) == (Intent.GRASP, "apple", near)


@pytest.mark.parametrize(
    "sentence", ["the mug by the grippy bit", "pass by the mug", "the mug farthest from the handle"]
)
def test_what_may_be_a_part_is_no_neighbour(sentence):
    assert not parse_request(sentence).may_move


@pytest.mark.parametrize(
    "sentence",
    [
        "grab what is between the can and the box",
        "take whatever lies between the can and the box",
        "the thing that stands between the can and the box",
        "pick up what's between the can and the box",
    ],
)
def test_what_lies_somewhere_need_not_be_called_anything(sentence):
    request = parse_request(sentence)
    assert (request.intent, request.noun) == (Intent.GRASP, "")
    assert request.near == NearBy(Relation.BETWEEN, "can", "box")


@pytest.mark.parametrize(
    ("phrase", "relation"),
    [
        ("the box with the can in front of it", Relation.BEHIND),
        ("the box that has a can behind it", Relation.IN_FRONT_OF),
        ("the box with a can standing on its left", Relation.RIGHT_OF),
        ("the box with a can to the right of it", Relation.LEFT_OF),
        ("the box with the can on top", Relation.UNDER),
        ("the box which has a can next to it", Relation.BESIDE),
    ],
)
def test_what_it_has_beside_it_is_what_it_lies_by(phrase, relation):
    assert near_of(phrase) == (NearBy(relation, "can"), "the box")


@pytest.mark.parametrize("sentence", ["what is between the can and the box?", "what is on the box"])
def test_what_lies_somewhere_may_be_a_question(sentence):
    assert parse_request(sentence).intent is Intent.QUESTION
