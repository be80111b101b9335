"""A slip of the tongue is mended; what was forbidden is not turned into a command by it."""

import pytest

from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.language.request import ExcludedOne, Intent, Side, Size


@pytest.mark.parametrize(
    "marker",
    ["no", "sorry", "no wait", "I mean", "or rather", "oops, I meant", "actually", "make that"],
)
@pytest.mark.parametrize("mark", [", ", "... ", " - "])
def test_what_is_said_last_is_meant(marker, mark):
    request = parse_request(f"take the left mug{mark}{marker}{mark}the right one")
    assert (request.intent, request.noun, request.side) == (Intent.GRASP, "mug", Side.RIGHT)
    assert request.plain == "grasp the mug"
    assert request.leaves_out, "a model must not hear the sentence with both"


def test_another_thing_takes_the_place_of_all_that_was_said():
    request = parse_request("the left mug by its handle, sorry, the big bottle")
    assert (request.noun, request.part, request.side) == ("bottle", "", None)
    assert request.size is Size.LARGEST


def test_what_was_said_of_the_same_thing_is_kept():
    request = parse_request("the red mug by the handle, no, on the right")
    assert (request.noun, request.colours, request.part, request.side) == (
        "mug",
        ("red",),
        "handle",
        Side.RIGHT,
    )


def test_the_other_one_is_the_one_that_was_not_said():
    request = parse_request("the bigger box, wait, the other one")
    assert (request.noun, request.size) == ("box", None)
    assert request.excluded_ones == (ExcludedOne(None, Size.LARGEST),)


@pytest.mark.parametrize(
    "sentence",
    [
        "don't take the left mug, sorry, the right mug",
        "never touch the bowl, I mean the plate",
        "take the mug, no, wait",
        "take the mug, actually don't",
        "take the mug, or rather leave it",
        "the left mug, the right mug",
        "the big mug, the small mug",
        "the third mug from the left, no, the other one",
    ],
)
def test_what_is_not_mended_moves_nothing(sentence):
    assert not parse_request(sentence).may_move
