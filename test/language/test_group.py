"""One of several things that are named together, and where those lie."""

import pytest

from rt_grasp_ros.language.group import group_of
from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.language.request import Among, Intent, Side, Size

LEFT, LEFT_TWO, RIGHT = Among(Side.LEFT), Among(Side.LEFT, 2), Among(Side.RIGHT)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("the smaller of the two red mugs", (None, Size.SMALLEST, None, None)),
        ("the left one of my red mugs", (Side.LEFT, None, None, None)),
        ("the tallest of the red mugs on the right", (None, Size.TALLEST, None, RIGHT)),
        (
            "the nearer of the two red mugs on the left",
            (Side.FRONT, None, None, LEFT_TWO),
        ),
        ("the biggest of the three rear red mugs", (None, Size.LARGEST, None, Among(Side.BACK, 3))),
        ("the left one out of the three red mugs", (Side.LEFT, None, None, None)),
        ("two red mugs: the bigger one", (None, Size.LARGEST, None, None)),
        ("the nearer red mug on the left", (Side.FRONT, None, None, LEFT)),
        ("the right red mug, bigger than the others", (Side.RIGHT, Size.LARGEST, None, None)),
        ("the far red mug on the left", (Side.BACK_LEFT, None, None, None)),
        ("the right one of the red mugs in the back row", (Side.RIGHT, None, Side.BACK, None)),
        (
            "of the red mugs on the left, take the farther one",
            (Side.BACK, None, None, LEFT),
        ),
        (
            "there are two red mugs on the left, take the nearer one",
            (Side.FRONT, None, None, LEFT_TWO),
        ),
    ],
)
def test_the_one_is_told_among_the_several_that_are_named(sentence, expected):
    request = parse_request(sentence)
    assert request.intent is Intent.GRASP
    assert (request.noun, request.colours) == ("mug", ("red",))
    assert (request.side, request.size, request.row, request.among) == expected


def test_the_second_of_several_is_counted_among_them():
    request = parse_request("grab the second from the left of the blue bottles at the back")
    assert (request.noun, request.colours, request.among) == ("bottle", ("blue",), Among(Side.BACK))
    assert (request.side, request.rank) == (Side.LEFT, 2)


@pytest.mark.parametrize(
    "phrase",
    [
        "the handle of the scissors",
        "the blades of the two scissors",
        "the box of matches",
        "the left side of the glass",
        "the mug of the guests",
    ],
)
def test_what_names_no_several_things_is_left_as_it_is(phrase):
    assert group_of(phrase) == (None, phrase)


@pytest.mark.parametrize(
    "sentence",
    [
        "of the red mugs on the left",
        "of the two mugs, leave the left one alone",
        "the two red mugs",
    ],
)
def test_several_things_alone_are_no_command(sentence):
    assert not parse_request(sentence).may_move
