"""On any table words choose among what depth cuts out, and geometry takes it."""

from dataclasses import replace

import numpy as np
import pytest
from made_table import BLUE, RED, table
from named_blocks import BLOCKS, CAN, CUP, LEFT, MIDDLE, PEN, RIGHT, Named

from rt_grasp_ros.grasp.errors import FewerThings, OnlyExcluded, WhichOne
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.language.grounding import agrees
from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.pipeline.by_words import answer_by_words
from rt_grasp_ros.pipeline.named_table import NamedTable
from rt_grasp_ros.proposals.antipodal_search import AntipodalSearch
from rt_grasp_ros.proposals.wholeness import PRIOR


def taken(sentence, named, blocks=BLOCKS):
    """Return the block that is taken, None where there is none; and the answers."""
    frame = table(*blocks)
    support = find_support(frame.depth_m, frame.intrinsics)
    looked = answer_by_words(
        parse_request(sentence), NamedTable.of(frame, support, named), Gripper(), 4
    )
    rectangle = looked.answers[0].rectangle
    if rectangle is None:
        return None, looked.answers
    places = [(x, y) for x, y, *_ in blocks]
    apart = [abs(x - rectangle.x_px) + abs(y - rectangle.y_px) for x, y in places]
    return places[int(np.argmin(apart))], looked.answers


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("grasp the cup", LEFT),
        ("pick up the can", MIDDLE),
        ("grasp the red cup", LEFT),
        ("grasp the red thing", LEFT),
        ("grasp the leftmost object", LEFT),
        ("grasp the tallest object", RIGHT),
        ("grasp the object next to the pen", MIDDLE),
        ("grasp the thing to the left of the can", LEFT),
        ("grasp the thing to the left of the blue can", LEFT),
        ("grasp the object closest to the camera", RIGHT),
    ],
)
def test_what_is_named_is_taken(sentence, place):
    assert taken(sentence, Named(CUP, CAN, PEN))[0] == place


def test_the_answer_is_told_by_its_numbers_and_keeps_the_grasp_in_space():
    _, answers = taken("grasp the red cup", Named(CUP, CAN, PEN))
    for answer in answers:
        assert answer.reasoning.startswith("The red cup lies ")
        assert agrees(answer.reasoning, answer.rectangle)
        assert answer.grasp is not None and answer.grasp.rectangle == answer.rectangle
    assert answers[0].grasp.is_executable


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("grasp the umbrella", "I do not see an umbrella here."),
        ("grasp the blue cup", "I do not see a blue cup here."),
        ("grasp the green thing", "I do not see a green thing here."),
    ],
)
def test_what_is_not_there_is_refused(sentence, said):
    place, answers = taken(sentence, Named(CUP, CAN, PEN))
    assert place is None
    assert [answer.reasoning for answer in answers] == [said]


@pytest.mark.parametrize("fits", [0.9, 0.99, 0.9999])
def test_however_surely_it_is_a_cup_one_of_another_colour_is_refused(fits):
    sure = Unsure(("cup", *LEFT, fits))
    assert taken("grasp the red cup", sure)[0] == LEFT
    assert taken("grasp the blue cup", sure)[0] is None
    assert taken("grasp the green cup", sure)[0] is None


def test_a_colour_that_is_there_helps_a_name_that_is_unsure_but_not_one_that_does_not_fit():
    assert taken("grasp the cup", Unsure(("cup", *LEFT, 0.45)))[0] is None
    assert taken("grasp the red cup", Unsure(("cup", *LEFT, 0.45)))[0] == LEFT
    assert taken("grasp the red cup", Unsure(("cup", *LEFT, 0.08)))[0] is None


def test_nothing_on_the_table_is_no_cup():
    frame = table()
    support = find_support(frame.depth_m, frame.intrinsics)
    named_table = NamedTable.of(frame, support, Named())
    looked = answer_by_words(parse_request("grasp the cup"), named_table, Gripper(), 1)
    assert looked.answers[0].rectangle is None


def test_of_two_that_are_named_so_side_and_size_tell():
    named = Named(("block", *LEFT), ("block", *MIDDLE), ("block", *RIGHT))
    assert taken("grasp the left block", named)[0] == LEFT
    assert taken("grasp the right block", named)[0] == RIGHT
    assert taken("grasp the tallest block", named)[0] == RIGHT
    assert taken("grasp the middle block", named)[0] == MIDDLE


class Unsure(Named):
    """Knows some names well, others hardly."""

    def _fit(self, segment, phrase):
        fits = [fit for n, x, y, fit in self.things if n in phrase and segment.mask[y, x]]
        return max(fits, default=0.05)


def test_the_thing_and_its_neighbour_are_found_together():
    # The can is rather taken for the cup, but only the cup lies to the left of a can.
    cup = (("cup", *LEFT, 0.6), ("cup", *MIDDLE, 0.65))
    can = (("can", *MIDDLE, 0.7), ("can", *LEFT, 0.1))
    assert taken("grasp the cup", Unsure(*cup, *can))[0] == MIDDLE
    assert taken("grasp the cup to the left of the can", Unsure(*cup, *can))[0] == LEFT


def test_a_neighbour_that_is_mistaken_does_not_outweigh_a_sure_name():
    named = Unsure(("pen", *RIGHT, 0.95), ("can", *RIGHT, 0.4), ("can", *MIDDLE, 0.35))
    assert taken("grasp the pen next to the can", named)[0] == RIGHT


def test_between_two_is_found_among_all_that_may_be_them():
    named = Unsure(("cup", *LEFT, 0.8), ("pen", *RIGHT, 0.5), ("pen", *LEFT, 0.55))
    assert taken("grasp the thing between the cup and the pen", named)[0] == MIDDLE


def test_two_equal_ones_are_a_question_back():
    named = Named(("block", *LEFT), ("block", *RIGHT))
    twins = (*BLOCKS[0],), (*RIGHT, RED, 40, 0.04)
    with pytest.raises(WhichOne):
        taken("grasp the biggest block", named, twins)


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("grasp the block, but not the can", LEFT),
        ("grasp the block but not the red one", MIDDLE),
    ],
)
def test_what_is_excluded_is_left(sentence, place):
    named = Named(("block", *LEFT), ("block", *MIDDLE), ("can", *MIDDLE))
    assert taken(sentence, named, BLOCKS[:2])[0] == place


def test_anything_but_what_is_excluded_may_be_taken():
    assert taken("grasp anything but the cup", Named(CUP, CAN, PEN))[0] in (MIDDLE, RIGHT)
    with pytest.raises(OnlyExcluded):
        taken("grasp anything but the cup", Named(CUP), BLOCKS[:1])


def test_what_fits_both_words_is_left_and_nothing_else_taken_for_it():
    both = Named(("cup", *LEFT), ("mug", *LEFT))
    with pytest.raises(OnlyExcluded):
        taken("grasp the cup, but not the mug", both, BLOCKS[:1])


BAR = np.zeros((480, 640), bool)
BAR[236:250, 250:390] = True


def bar():
    """Return a lying bar whose right third is red, and its frame."""
    frame = table()
    frame.depth_m[BAR] = 0.68
    frame.rgb[BAR] = BLUE
    frame.rgb[:, 345:390][BAR[:, 345:390]] = RED
    return frame


def told(sentence, search=None):
    frame = bar()
    support = find_support(frame.depth_m, frame.intrinsics)
    named_table = NamedTable.of(frame, support, Named(("marker", 300, 243)))
    looked = answer_by_words(parse_request(sentence), named_table, Gripper(), 1, search)
    return looked.answers[0]


def test_a_part_is_taken_where_its_shape_tells():
    answer = told("grasp the marker by its cap")
    assert "I take its cap where it fits between the fingers" in answer.reasoning
    assert 340 < answer.rectangle.x_px < 395


def test_a_part_that_its_shape_does_not_tell_is_said_so_and_the_thing_taken():
    answer = told("grasp the marker by its button")
    assert "Its shape does not tell where its button is, so I take it where" in answer.reasoning
    assert 290 < answer.rectangle.x_px < 350


class OnWholeThings:
    """Finds grasps on no less than the whole bar."""

    def propose(self, frame, plane, region):
        is_whole = np.count_nonzero(region) > 0.8 * np.count_nonzero(BAR)
        return AntipodalSearch(Gripper()).propose(frame, plane, region) if is_whole else []


def test_a_part_where_the_fingers_fit_nowhere_is_said_so_and_the_thing_taken():
    answer = told("grasp the marker by its cap", OnWholeThings())
    assert "The fingers fit nowhere on its cap, so I take it where" in answer.reasoning
    assert 290 < answer.rectangle.x_px < 350


def test_a_part_whose_place_is_not_known_is_not_risked():
    with pytest.raises(OnlyExcluded):
        taken("grasp the cup, but not by the handle", Named(CUP))


def test_what_serves_a_purpose_is_taken_under_its_own_words():
    named = Named(("thing for drinking", *LEFT), ("mug", *LEFT))
    assert taken("grasp the thing for drinking", named)[0] == LEFT
    assert named.asked[-1] == ("thing for drinking",)
    with pytest.raises(OnlyExcluded):
        taken("grasp the thing for drinking, but not the mug", named, BLOCKS[:1])


def test_what_is_for_nothing_there_is_refused_in_its_own_words():
    _, (answer,) = taken("grasp something to drive nails with", Named(CUP, CAN, PEN))
    assert answer.reasoning == "I do not see a thing to drive nails here."


def test_a_piece_of_a_thing_is_not_what_lies_farthest():
    frame = table(*BLOCKS)
    support = find_support(frame.depth_m, frame.intrinsics)
    whole = NamedTable.of(frame, support, Named())
    far = int(np.argmin([segment.box_px[0] for segment in whole.segments]))
    prior = whole.whole.copy()
    prior[far] = PRIOR * np.log(0.05)
    unlikely = replace(whole, whole=prior)
    looked = answer_by_words(parse_request("grasp the leftmost object"), unlikely, Gripper(), 1)
    assert abs(looked.answers[0].rectangle.x_px - MIDDLE[0]) < 40


def test_what_it_lies_by_is_asked_for_by_its_name_alone():
    """Its colour is measured, and what is called nothing that is known keeps all its words."""
    named = Named(CUP, CAN, PEN)
    taken("grasp the can next to the red cup", named)
    assert named.asked[-1] == ("can", "cup")


BESIDE_EACH = (
    (100, 200, RED, 40, 0.04),
    (160, 200, BLUE, 40, 0.05),
    (400, 200, RED, 40, 0.04),
    (480, 200, BLUE, 60, 0.09),
)


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("grasp the thing next to the leftmost can", (100, 200)),
        ("grasp the thing next to the rightmost can", (400, 200)),
        ("grasp the thing next to the bigger can", (400, 200)),
        ("grasp the thing to the left of the small can", (100, 200)),
        ("grasp the leftmost thing next to the bigger can", (400, 200)),
    ],
)
def test_a_neighbour_is_told_from_its_like_by_its_own_place_and_size(sentence, place):
    cans = Named(("can", 160, 200), ("can", 480, 200))
    assert taken(sentence, cans, BESIDE_EACH)[0] == place


def test_the_biggest_of_those_that_lie_there_is_not_the_biggest_of_all():
    named = Named(("can", 160, 200))
    assert taken("grasp the biggest thing next to the can", named, BESIDE_EACH)[0] == (100, 200)


def test_more_of_a_name_than_are_there_can_not_be_counted():
    with pytest.raises(FewerThings, match="only one thing"):
        taken("grasp the second cup from the left", Named(CUP, CAN, PEN))


TWO_BLOCKS = ((*LEFT, RED, 60, 0.06), (*MIDDLE, BLUE, 60, 0.06))


def test_a_word_for_a_shape_is_measured_and_no_name():
    named = Named(("long", *LEFT))
    frame = table(*TWO_BLOCKS)
    bar = slice(330, 350), slice(250, 450)
    frame.depth_m[bar], frame.rgb[bar] = 0.7 - 0.03, BLUE
    support = find_support(frame.depth_m, frame.intrinsics)

    def answer(sentence):
        known = NamedTable.of(frame, support, named)
        return answer_by_words(parse_request(sentence), known, Gripper(), 1).answers[0]

    assert answer("grasp the long thing").rectangle.y_px == pytest.approx(340, abs=9)
    assert answer("grasp the rectangular red thing").rectangle.x_px == pytest.approx(LEFT[0], abs=9)
    assert answer("grasp the hollow thing").reasoning == "I do not see a hollow thing here."
    assert all("long" not in asked for asked in named.asked)


def with_red_cap(*at):
    """Return a table with two blue bottles, of which one has something red on it."""
    frame = table((*LEFT, BLUE, 60, 0.06), (*MIDDLE, BLUE, 60, 0.06))
    x, y = at
    frame.rgb[y - 8 : y + 8, x - 8 : x + 8] = RED
    return frame


@pytest.mark.parametrize("place", [LEFT, MIDDLE])
@pytest.mark.parametrize(
    "sentence",
    ["the bottle with the red cap", "the blue bottle with a red lid", "the thing with the red top"],
)
def test_of_two_alike_the_one_is_taken_that_has_the_colour_somewhere(sentence, place):
    frame = with_red_cap(*place)
    known = NamedTable.of(
        frame,
        find_support(frame.depth_m, frame.intrinsics),
        Named(("bottle", *LEFT), ("bottle", *MIDDLE)),
    )
    taken_at = answer_by_words(parse_request(sentence), known, Gripper(), 1).answers[0].rectangle
    assert abs(taken_at.x_px - place[0]) < 60


def test_what_has_no_name_and_no_such_colour_on_it_is_refused_and_a_named_one_is_taken():
    both = Named(("bottle", *LEFT), ("bottle", *MIDDLE))
    blocks = ((*LEFT, BLUE, 60, 0.06), (*MIDDLE, BLUE, 60, 0.06))
    assert taken("the one with the green lid", both, blocks)[0] is None
    assert taken("the bottle with the green lid", both, blocks)[0] is not None


def test_a_thing_that_fits_a_name_much_worse_is_none_of_those_named_so():
    unsure = Unsure(("cup", *LEFT, 0.9), ("cup", *MIDDLE, 0.999), ("cup", *RIGHT, 0.998))
    assert taken("grasp the leftmost cup", unsure)[0] == MIDDLE
    assert taken("grasp the rightmost cup", unsure)[0] == RIGHT


def test_the_one_that_is_left_is_taken_where_the_outermost_is_excluded():
    both = Unsure(("cup", *LEFT, 0.99), ("cup", *RIGHT, 0.98))
    assert taken("grasp the cup, not the one on the left", both)[0] == RIGHT
    assert taken("grasp the cup, not the one on the right", both)[0] == LEFT
    assert taken("grasp the cup, but not the tallest one", both)[0] == LEFT
