"""Several things are spoken of first, and the command only says which one."""

from dataclasses import replace

import pytest

from rt_grasp_ros.language.announced import announced
from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.language.request import Intent, Request, Side, Size

GRASP = Request(Intent.GRASP, plain="grasp the object")
FORBIDDEN = Request(Intent.PROHIBITION)


@pytest.mark.parametrize(
    ("sentence", "noun", "side", "size", "rank"),
    [
        ("of the two mugs, take the left one", "mug", Side.LEFT, None, 1),
        ("out of these four knives I want the second from the right", "knife", Side.RIGHT, None, 2),
        (
            "there are three glasses on the table: the middle one please",
            "glass",
            Side.MIDDLE,
            None,
            1,
        ),
        ("I can see two boxes. Give me the bigger one.", "box", None, Size.LARGEST, 1),
        ("you've got several brushes here, pass me the longest", "brush", None, Size.LONGEST, 1),
        ("of the two, i want the bottle on the left", "bottle", Side.LEFT, None, 1),
        ("of the two take the right mug", "mug", Side.RIGHT, None, 1),
        ("out of all of the three, the longest spoon please", "spoon", None, Size.LONGEST, 1),
        ("of both, I need the bigger box", "box", None, Size.LARGEST, 1),
        ("counting from the left, the second bottle", "bottle", Side.LEFT, None, 2),
        ("from the right, grab the third can", "can", Side.RIGHT, None, 3),
        ("if you look from left to right, take the fourth berry", "berry", Side.LEFT, None, 4),
        ("the second pen, starting at the back", "pen", Side.BACK, None, 2),
    ],
)
def test_what_was_spoken_of_gives_the_one_its_name(sentence, noun, side, size, rank):
    request = parse_request(sentence)
    assert request.intent is Intent.GRASP
    assert (request.noun, request.side, request.size, request.rank) == (noun, side, size, rank)
    assert request.plain.endswith(f"the {noun}")


@pytest.mark.parametrize(
    "sentence",
    [
        "there are two mugs on the table",
        "are there three mugs?",
        "there are two mugs, don't take the left one",
        "of the two mugs, leave the left one",
        "of the two, leave the left mug",
        "of the two, is the mug red?",
        "which of the mugs is bigger? take that one",
        "counting from the left, the mug",
        "count the bottles from the left",
    ],
)
def test_what_asks_for_none_or_forbids_one_moves_nothing(sentence):
    request = parse_request(sentence)
    assert not request.may_move or (request.rank == 1 and request.side is Side.LEFT)


@pytest.mark.parametrize(
    ("sentence", "meant", "is_taken"),
    [
        ("counting from the left, take it", GRASP, False),
        ("counting from the left, take it", replace(GRASP, side=Side.LEFT), True),
        ("counting from the left, leave it", replace(FORBIDDEN, side=Side.LEFT), False),
        ("there are two mugs, take the left one", replace(GRASP, side=Side.LEFT), True),
        ("there are two mugs, leave the left one", replace(FORBIDDEN, side=Side.LEFT), False),
        ("there are two red mugs, take the left one", replace(GRASP, side=Side.LEFT), True),
        ("there are two and mugs, take the left one", replace(GRASP, side=Side.LEFT), False),
        ("there are two mugs, take the left can", replace(GRASP, noun="can"), False),
        ("there are two mugs, take the left mug", replace(GRASP, noun="mug"), True),
    ],
)
def test_only_a_command_for_one_of_those_is_taken(sentence, meant, is_taken):
    """Whatever the command behind it may be read as."""
    said = announced(sentence, lambda _: meant)
    assert (said is not None) == is_taken
