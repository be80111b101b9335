"""Which of several things is meant is measured, or asked back."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from made_table import BLUE, RED, OneInEach, answer_at, rectangle_at, sees_blocks, table

from rt_grasp_ros.grasp.errors import OnlyExcluded, WhichOne
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.pipeline.looking import Looked
from rt_grasp_ros.pipeline.which_one import choose

LEFT, RIGHT = (150, 200), (480, 320)
TWO = ((*LEFT, RED, 40, 0.04), (*RIGHT, BLUE, 60, 0.08))


def table_of(frame):
    return partial(find_support, frame.depth_m, frame.intrinsics)


def chosen(sentence, blocks=TWO, first=LEFT):
    frame = table(*blocks)
    places = [(x, y) for x, y, *_ in blocks]
    looked = Looked([answer_at(*map(float, first))], doubt="")
    found = choose(
        parse_request(sentence),
        frame,
        looked,
        lambda shown, words: sees_blocks(shown, words, places),
        Gripper(),
        table_of(frame),
    )
    rectangle = found.answers[0].rectangle
    return min(places, key=lambda at: abs(at[0] - rectangle.x_px) + abs(at[1] - rectangle.y_px))


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("grasp the block on the left", LEFT),
        ("grasp the right block", RIGHT),
        ("grasp the block nearest to the robot", RIGHT),
        ("grasp the block at the back", LEFT),
        ("grasp the biggest block", RIGHT),
        ("grasp the small block", LEFT),
        ("grasp the taller block", RIGHT),
        ("grasp the blue block", RIGHT),
        ("grasp the red block", LEFT),
        ("grasp the block that is not red", RIGHT),
        ("grasp the leftmost object", LEFT),
        ("grasp the rightmost thing", RIGHT),
    ],
)
@pytest.mark.parametrize("first", [LEFT, RIGHT])
def test_the_one_that_is_meant_is_taken_whatever_the_model_saw_first(sentence, place, first):
    assert chosen(sentence, first=first) == place


def test_what_lies_beside_another_thing_is_found():
    cup = (400, 120)
    blocks = (*TWO, (*cup, (35, 140, 50), 40, 0.04))
    frame = table(*blocks)

    def ask(shown, words):
        places = [cup] if "cup" in words else [LEFT, RIGHT]
        return sees_blocks(shown, words, places)

    request = parse_request("grasp the block left of the cup")
    found = choose(request, frame, Looked([answer_at(*RIGHT)], ""), ask, Gripper(), table_of(frame))
    assert found.answers[0].rectangle.x_px == LEFT[0]


@pytest.mark.parametrize(
    ("sentence", "blocks"),
    [
        ("grasp the red block", ((150, 200, RED, 40, 0.04), (480, 320, RED, 40, 0.04))),
        ("grasp the left block", ((150, 200, RED, 40, 0.04), (155, 380, BLUE, 40, 0.04))),
        ("grasp the tallest block", ((150, 200, RED, 40, 0.04), (480, 320, BLUE, 40, 0.04))),
    ],
)
def test_two_that_fit_equally_are_asked_back(sentence, blocks):
    with pytest.raises(WhichOne) as error:
        chosen(sentence, blocks)
    assert (error.value.count, error.value.noun) == (2, "block")


def test_anything_but_a_thing_is_another_thing():
    frame = table(*TWO)
    request = parse_request("grasp anything but the block")
    looked = Looked([answer_at(*LEFT)], "")

    def ask(shown, words):
        return Looked([Answer("", rectangle_at(*LEFT), 0.9)], "")

    found = choose(request, frame, looked, ask, Gripper(), table_of(frame))
    assert abs(found.answers[0].rectangle.x_px - RIGHT[0]) < 30
    assert "I take it where it fits" in found.answers[0].reasoning


def test_something_without_a_name_is_taken_as_others_propose():
    frame = table(*TWO)
    request = parse_request("grasp the leftmost object")
    found = choose(
        request, frame, Looked([answer_at(*RIGHT)], ""), sees_blocks, Gripper(), table_of(frame),
        OneInEach(),
    )  # fmt: skip
    (answer,) = found.answers
    assert abs(answer.rectangle.x_px - LEFT[0]) < 5
    assert answer.grasp.object_width_m == 0.045


def test_where_all_are_excluded_nothing_is_taken():
    with pytest.raises(OnlyExcluded):
        chosen("take the one that is not red", ((150, 200, RED, 40, 0.04),))


@pytest.mark.parametrize(
    "sentence", ["grasp the violet", "grasp the purple one", "the green block"]
)
@pytest.mark.parametrize("first", [LEFT, RIGHT])
def test_what_has_another_colour_is_not_taken(sentence, first):
    frame = table(*TWO)
    looked = Looked([answer_at(*map(float, first))], doubt="")
    asked = partial(sees_blocks, places=[LEFT, RIGHT])
    found = choose(parse_request(sentence), frame, looked, asked, Gripper(), table_of(frame))
    assert found.answers[0].rectangle is None
    assert found.answers[0].reasoning.startswith("I do not see a ")


@pytest.mark.parametrize(("sentence", "place"), [("the red one", LEFT), ("the blue one", RIGHT)])
def test_one_that_is_called_by_its_colour_alone_is_taken(sentence, place):
    assert abs(chosen(f"grasp {sentence}")[0] - place[0]) < 1


@pytest.mark.parametrize(
    ("colour", "other", "shown", "like"),
    [
        ("orange", (128, 128, 128), (237, 115, 15), (115, 69, 33)),
        ("red", (40, 40, 40), (200, 25, 20), (240, 170, 165)),
    ],
)
def test_what_has_the_colour_itself_is_meant_before_what_light_may_have_made_so(
    colour, other, shown, like
):
    frame = table((*LEFT, shown, 40, 0.04), (*RIGHT, like, 60, 0.08))
    is_thing = (frame.rgb == shown).all(axis=2)
    is_thing[: LEFT[1]] = False
    rgb = np.where(is_thing[..., None], other, frame.rgb).astype(np.uint8)
    frame = replace(frame, rgb=rgb)
    asked = partial(sees_blocks, places=[LEFT, RIGHT])
    request = parse_request(f"grasp the {colour} object")
    found = choose(
        request, frame, Looked([answer_at(*RIGHT)], ""), asked, Gripper(), table_of(frame)
    )
    assert abs(found.answers[0].rectangle.x_px - LEFT[0]) < 30


def test_each_is_shown_with_the_others_gone_from_picture_and_depth():
    frame, shown = table(*TWO), []

    def ask(alone, words):
        shown.append(
            [
                (tuple(alone.rgb[y, x]) != (128, 128, 128), bool(alone.depth_m[y, x] > 0))
                for x, y in (LEFT, RIGHT)
            ]
        )
        return sees_blocks(alone, words, [LEFT, RIGHT])

    looked = Looked([answer_at(*map(float, LEFT))], doubt="")
    request = parse_request("grasp the block on the left")
    choose(request, frame, looked, ask, Gripper(), table_of(frame))
    here, gone = (True, True), (False, False)
    assert sorted(shown) == sorted([[here, gone], [gone, here]])


class TwoInEach(OneInEach):
    """The best grasp of the left block is better than any other, its second one worse."""

    def propose(self, frame, plane, region):
        (one,) = super().propose(frame, plane, region)
        is_left = one.T_camera_grasp[0, 3] < 0
        return [replace(one, quality=q) for q in ((0.9, 0.1) if is_left else (0.8, 0.7))]


def test_of_things_without_a_name_the_one_with_the_best_grasp_is_taken():
    frame = table(*TWO)
    absent = Looked([Answer("There is none.", None, 0.9)], "")
    found = choose(
        parse_request("grasp anything but the cup"), frame, absent, lambda *_: absent, Gripper(),
        table_of(frame), TwoInEach(),
    )  # fmt: skip
    assert abs(found.answers[0].rectangle.x_px - LEFT[0]) < 5


@pytest.mark.parametrize(("colour", "is_taken"), [((240, 130, 20), True), (BLUE, False)])
def test_what_depth_does_not_cut_out_is_taken_where_it_has_the_colour(colour, is_taken):
    frame = table(*TWO, (320, 120, colour, 40, 0.004))
    looked = Looked([answer_at(320.0, 120.0)], doubt="")
    request = parse_request("grasp the orange one")
    found = choose(request, frame, looked, lambda *_: looked, Gripper(), table_of(frame))
    assert (found.answers[0].rectangle is not None) is is_taken


BETWEEN, ASIDE, GREEN = (320, 250), (330, 420), (35, 140, 50)


def by_neighbours(sentence, *blocks):
    """Return where the thing lies that is taken of blocks `(noun, x_px, y_px, rgb)`."""
    frame = table(*((x, y, rgb, 40, 0.04) for _, x, y, rgb in blocks))

    def ask(shown, words):
        named = [(x, y) for noun, x, y, _ in blocks if noun in words or "object" in words]
        return sees_blocks(shown, words, named)

    first = Looked([answer_at(*map(float, blocks[0][1:3]))], "")
    found = choose(
        parse_request(sentence), frame, first, ask, Gripper(), table_of(frame), OneInEach()
    )
    at = found.answers[0].rectangle
    places = [(x, y) for _, x, y, _ in blocks]
    return min(places, key=lambda place: abs(place[0] - at.x_px) + abs(place[1] - at.y_px))


CANS_AND_CUPS = (
    ("cup", *ASIDE, BLUE),
    ("can", *LEFT, RED),
    ("can", *RIGHT, BLUE),
    ("cup", *BETWEEN, BLUE),
)


@pytest.mark.parametrize(
    "sentence",
    [
        "grab what is between the two cans",
        "take the cup between the red can and the blue can",
        "the cup between the blue can and the red one",
        "the thing that lies between the cans",
    ],
)
def test_what_lies_between_two_alike_is_taken(sentence):
    assert by_neighbours(sentence, *CANS_AND_CUPS) == BETWEEN


def test_what_lies_by_the_one_of_a_colour_is_not_what_lies_by_its_like():
    by_red, by_blue = (210, 210), (420, 330)
    blocks = (
        ("can", *LEFT, RED),
        ("can", *RIGHT, BLUE),
        ("cup", *by_red, GREEN),
        ("cup", *by_blue, GREEN),
    )
    assert by_neighbours("the cup next to the red can", *blocks) == by_red
    assert by_neighbours("the cup next to the blue can", *blocks) == by_blue
    assert by_neighbours("the can with the cup to the right of it", *blocks[:3]) == LEFT


@pytest.mark.parametrize(
    ("sentence", "cups"),
    [
        ("the cup next to the can", ((90, 200), (210, 205))),
        ("the cup right of the can", ((90, 150), (80, 300))),
        ("the cup next to the banana", ((90, 150), (300, 300))),
        ("the cup between the can and the banana", ((90, 150), (300, 300))),
    ],
    ids=["as near", "none there", "no such neighbour", "no second neighbour"],
)
def test_where_it_can_not_be_told_which_lies_so_it_is_asked_back(sentence, cups):
    with pytest.raises(WhichOne):
        by_neighbours(sentence, *(("cup", x, y, GREEN) for x, y in cups), ("can", *LEFT, RED))
