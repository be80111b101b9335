"""What a thing that is not called anything is said to be for."""

import pytest

from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.language.purpose import purpose_of
from rt_grasp_ros.language.request import Intent


@pytest.mark.parametrize(
    ("phrase", "purpose"),
    [
        ("the thing to drive nails with", "drive nails"),
        ("something to drink from", "drink from"),
        ("the tool for tightening screws", "tightening screws"),
        ("what i need to cut paper", "cut paper"),
        ("something i can write with", "write"),
        ("the object that is used to brush teeth", "brush teeth"),
        ("the item you would use to wash dishes", "wash dishes"),
        ("the thing for drinking coffee or tea", "drinking coffee or tea"),
    ],
)
def test_a_purpose_is_understood(phrase, purpose):
    assert purpose_of(phrase) == purpose


@pytest.mark.parametrize(
    "phrase",
    [
        "the thing to the left",
        "the one to the right of the cup",
        "the thing for me",
        "something",
        "the mug for tea",
        "the object on the box",
    ],
)
def test_places_and_names_are_no_purposes(phrase):
    assert purpose_of(phrase) == ""


def test_a_request_for_a_purpose_has_no_noun_and_is_for_one_thing():
    request = parse_request("pick up the thing for drinking coffee or tea")
    assert request.intent is Intent.GRASP
    assert (request.noun, request.purpose) == ("", "drinking coffee or tea")


def test_a_part_in_a_purpose_or_a_place_to_put_it_is_not_overheard():
    assert not parse_request("get the one for the handle").may_move
    assert not parse_request("take the thing to put on the shelf").may_move
    assert not parse_request("take the thing that i should not touch").may_move
    assert parse_request("pick up the object used to brush teeth").purpose == "brush teeth"


@pytest.mark.parametrize(
    ("sentence", "purpose"),
    [
        ("grasp the thing to see in the dark", "see in the dark"),
        ("give me what i need to drive in a screw", "drive in a screw"),
        ("i need something to stir in a pot", "stir in a pot"),
        ("i want to control the tv", "control the tv"),
        ("i want to pack things", "pack things"),
        ("i want to write", "write"),
        ("grasp the thing for holding pens", "holding pens"),
        ("the thing for taking pictures", "taking pictures"),
    ],
)
def test_what_something_is_done_in_is_no_place_of_the_thing(sentence, purpose):
    request = parse_request(sentence)
    assert (request.purpose, request.near, request.noun) == (purpose, None, "")
    assert request.plain.endswith(purpose)


@pytest.mark.parametrize("sentence", ["take the thing to put in the box", "the thing to see"])
def test_a_place_to_put_it_stays_no_purpose(sentence):
    assert not parse_request(sentence).purpose


@pytest.mark.parametrize(
    "sentence", ["the thing for holding", "take the thing for holding it by the handle"]
)
def test_how_to_hold_it_is_no_purpose(sentence):
    assert not parse_request(sentence).may_move


@pytest.mark.parametrize(
    ("sentence", "purpose"),
    [
        ("grasp the thing for protecting a hand", "protecting a hand"),
        ("the thing that protects a hand", "protecting a hand"),
        ("the thing for keeping hands clean", "keeping hands clean"),
        ("something for protecting your eyes from the sun", "protecting your eyes from the sun"),
        ("the thing for keeping time", "keeping time"),
    ],
)
def test_what_a_thing_protects_or_keeps_is_not_excluded(sentence, purpose):
    request = parse_request(sentence)
    assert (request.intent, request.purpose, request.excluded) == (Intent.GRASP, purpose, ())


@pytest.mark.parametrize(
    "sentence",
    [
        "take the thing keeping away from the mug",
        "take the thing that keeps away from the mug",
        "take something avoiding the blade",
        "the thing to keep your hands off the blade",
        "the thing that keeps its blade covered",
        "something for keeping off the rim",
    ],
)
def test_what_is_kept_away_from_stays_excluded(sentence):
    request = parse_request(sentence)
    assert request.excluded or not request.may_move
