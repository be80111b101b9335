"""Which one a number, row, corner, edge or size means is measured, or asked back."""

from functools import partial

import numpy as np
import pytest
from made_table import BLUE, RED, answer_at, sees_blocks, table

from rt_grasp_ros.grasp.errors import FewerThings, NoFingerClearance, OnlyExcluded, WhichOne
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.pipeline.by_words import answer_by_words
from rt_grasp_ros.pipeline.looking import Looked
from rt_grasp_ros.pipeline.named_table import NamedTable
from rt_grasp_ros.pipeline.which_one import choose
from rt_grasp_ros.proposals.wholeness import PRIOR

A, B, C, D = (120, 300), (260, 330), (400, 290), (540, 310)
ROW = tuple((*at, RED, side, 0.04) for at, side in zip((A, B, C, D), (56, 30, 48, 38), strict=True))
BACK_LEFT, BACK_RIGHT, FRONT_LEFT, FRONT_RIGHT = (180, 120), (420, 130), (200, 380), (450, 370)
SQUARE = tuple((*at, RED, 40, 0.04) for at in (BACK_LEFT, BACK_RIGHT, FRONT_LEFT, FRONT_RIGHT))
CALLED = "block"


class EyeForBlocks:
    """Knows every block by its name."""

    def fits(self, frame, segments, phrases):
        return np.array([[0.9 if CALLED in one else 0.05 for one in phrases] for _ in segments])

    def familiar(self, frame, segments):
        return np.zeros(len(segments))


def by_the_model(sentence, blocks):
    frame = table(*blocks)
    places = [(x, y) for x, y, *_ in blocks]
    find_table = partial(find_support, frame.depth_m, frame.intrinsics)
    looked = Looked([answer_at(float(places[0][0]), float(places[0][1]))], doubt="")

    def ask(shown, words):
        return sees_blocks(shown, words, places)

    return choose(parse_request(sentence), frame, looked, ask, Gripper(), find_table)


def by_words(sentence, blocks):
    frame = table(*blocks)
    support = find_support(frame.depth_m, frame.intrinsics)
    named = NamedTable.of(frame, support, EyeForBlocks())
    sure = NamedTable(frame, named.segments, PRIOR * np.zeros(len(named.segments)), named.relevance)
    return answer_by_words(parse_request(sentence), sure, Gripper(), 1)


@pytest.fixture(params=[by_the_model, by_words])
def taken(request):
    def find(sentence, blocks=ROW):
        rectangle = request.param(sentence, blocks).answers[0].rectangle
        places = [(x, y) for x, y, *_ in blocks]
        return min(places, key=lambda p: abs(p[0] - rectangle.x_px) + abs(p[1] - rectangle.y_px))

    return find


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("grasp the first block from the left", A),
        ("grasp the second block from the left", B),
        ("grasp the block third from the left", C),
        ("grasp the second to last block from the left", C),
        ("grasp the second block from the right", C),
        ("grasp the last block on the right", D),
        ("grasp the biggest block", A),
        ("grasp the second biggest block", C),
        ("grasp the third largest block", D),
        ("grasp the second smallest block", D),
    ],
)
def test_the_numbered_one_is_taken(taken, sentence, place):
    assert taken(sentence) == place


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("grasp the block in the top left corner", BACK_LEFT),
        ("grasp the lower right block", FRONT_RIGHT),
        ("grasp the left block in the front row", FRONT_LEFT),
        ("grasp the second block from the left in the back row", BACK_RIGHT),
        ("grasp the front block in the left column", FRONT_LEFT),
        ("grasp the block at two o'clock", BACK_RIGHT),
    ],
)
def test_a_corner_and_a_place_in_a_row_are_found(taken, sentence, place):
    assert taken(sentence, SQUARE) == place


def test_the_middle_one_and_the_medium_one_of_three(taken):
    three = ((*A, RED, 34, 0.04), (*B, RED, 56, 0.04), (*D, RED, 44, 0.04))
    assert taken("grasp the middle block", three) == B
    assert taken("grasp the block between the two others", three) == B
    assert taken("grasp the medium-sized block", three) == D


def test_the_one_at_the_edge_is_nearest_to_where_the_picture_ends(taken):
    blocks = ((320, 240, RED, 40, 0.04), (590, 250, RED, 40, 0.04), (200, 200, RED, 40, 0.04))
    assert taken("grasp the block closest to the edge", blocks) == (590, 250)


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("grasp the block, but not the left one", D),
        ("not the block on the right, the other one", A),
        ("grasp the block that is not big", D),
        ("the left block, no, the other one", D),
    ],
)
def test_of_two_the_one_that_is_not_excluded_is_taken(taken, sentence, place):
    assert taken(sentence, (ROW[0], ROW[3])) == place


def test_a_number_that_there_is_no_thing_for_is_asked_back(taken):
    with pytest.raises(FewerThings, match=r"number 5, and only 4 things fit 'block'"):
        taken("grasp the fifth block from the left")
    with pytest.raises(FewerThings, match=r"number 2, and only one thing fits 'block'"):
        taken("grasp the second biggest block", ROW[:1])


@pytest.mark.parametrize(
    ("sentence", "blocks"),
    [
        ("grasp the block, not the left one", ROW[:3]),
        ("grasp the middle block", ROW),
        ("grasp the block in the middle row", SQUARE),
        ("grasp the block in the front row", SQUARE),
        ("grasp the second biggest block", tuple((*at, RED, 40, 0.04) for at in (A, B, C))),
        (
            "grasp the second block from the left",
            ((*A, RED, 40, 0.04), (300, 150, RED, 40, 0.04), (305, 350, BLUE, 40, 0.04)),
        ),
    ],
)
def test_what_cant_be_told_apart_is_asked_back(taken, sentence, blocks):
    with pytest.raises(WhichOne):
        taken(sentence, blocks)


def test_where_only_the_excluded_one_is_there_nothing_is_taken(taken):
    with pytest.raises(OnlyExcluded):
        taken("grasp the block that is not on the left", ROW[:1])


def test_what_the_fingers_do_not_fit_around_is_still_counted(taken):
    wide = ((*A, RED, 40, 0.04), (*B, RED, 110, 0.04), (*D, RED, 44, 0.04))
    assert taken("grasp the rightmost object", wide) == D
    assert taken("grasp the third object from the left", wide) == D
    with pytest.raises(NoFingerClearance, match="the fingers fit nowhere around it"):
        taken("grasp the second object from the left", wide)


def test_three_that_stand_in_no_row_have_no_middle_one(taken):
    corner = ((200, 120, RED, 40, 0.04), (220, 330, RED, 40, 0.04), (430, 310, RED, 40, 0.04))
    with pytest.raises(WhichOne):
        taken("grasp the middle block", corner)


@pytest.mark.parametrize(
    ("sentence", "blocks", "place"),
    [
        ("the nearer of the two blocks on the left", SQUARE, FRONT_LEFT),
        ("the farther of the two blocks on the right", SQUARE, BACK_RIGHT),
        ("the left one of the blocks at the back", SQUARE, BACK_LEFT),
        ("the biggest of the three blocks on the right", ROW, C),
        ("the smallest of the blocks on the right", ROW, D),
        ("the smaller of the two blocks on the left", ROW, B),
    ],
)
def test_one_of_several_on_a_side_is_told_among_those_alone(taken, sentence, blocks, place):
    assert taken(sentence, blocks) == place


@pytest.mark.parametrize(
    ("sentence", "blocks", "error"),
    [
        ("the bigger of the five blocks on the left", ROW, FewerThings),
        ("the nearer of the blocks on the left", ROW[:1] + ROW[2:], WhichOne),
        ("the bigger of the two blocks at the back", ROW, WhichOne),
    ],
)
def test_several_that_are_not_there_are_not_chosen_from(taken, sentence, blocks, error):
    with pytest.raises(error):
        taken(sentence, blocks)


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("the big block on the right", C),
        ("the small block on the left", B),
        ("the biggest block on the left", A),
    ],
)
def test_a_size_on_a_side_is_that_of_those_on_the_side(taken, sentence, place):
    assert taken(sentence) == place


def test_the_only_one_on_a_side_has_to_be_of_the_size_that_is_said(taken):
    two = (ROW[1], ROW[2])
    assert taken("the small block on the left", two) == B
    with pytest.raises(WhichOne):
        taken("the big block on the left", two)


def test_the_nearer_one_on_a_side_is_the_nearer_of_those_there(taken):
    assert taken("the nearer block on the left", SQUARE) == FRONT_LEFT
    assert taken("the far block on the right", SQUARE) == BACK_RIGHT
