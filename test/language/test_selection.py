"""Which of several a phrase means; what says so is taken out of it, or it is unclear."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.language.request import ExcludedOne, Intent, Relation, Side, Size
from rt_grasp_ros.language.selection import Selection, excluded_one, selection_of

NUMBERS = {
    2: ("second", "2nd", "number two"),
    3: ("third", "3rd"),
    5: ("fifth",),
    10: ("tenth", "10th"),
}
STARTS = {
    Side.LEFT: ("from the left", "counting from the left", "from the left-hand side", "from left"),
    Side.RIGHT: ("from the right", "starting at the right", "from the far right"),
    Side.FRONT: ("from the front", "counted from the robot"),
    Side.BACK: ("from the back", "when you count from the rear"),
}
OPPOSITE = {
    Side.LEFT: Side.RIGHT,
    Side.RIGHT: Side.LEFT,
    Side.FRONT: Side.BACK,
    Side.BACK: Side.FRONT,
}


@given(
    st.sampled_from([(rank, said) for rank, names in NUMBERS.items() for said in names]),
    st.sampled_from([(side, said) for side, names in STARTS.items() for said in names]),
    st.sampled_from(
        ["the {number} mug {start}", "the mug {number} {start}", "{number} mug {start}"]
    ),
    st.sampled_from(["{}", "grab {}", "could you please hand me {}", "{} please"]),
)
def test_a_number_from_a_side_is_read_in_any_order(number, start, form, polite):
    (rank, said), (side, counted) = number, start
    request = parse_request(polite.format(form.format(number=said, start=counted)))
    assert request.intent is Intent.GRASP
    assert (request.noun, request.side, request.rank) == ("mug", side, rank)


@pytest.mark.parametrize(("side", "start"), [(s, one[0]) for s, one in STARTS.items()])
@pytest.mark.parametrize(
    ("last", "rank"),
    [
        ("last", 1),
        ("second to last", 2),
        ("penultimate", 2),
        ("next to last", 2),
        ("third last", 3),
    ],
)
def test_what_is_counted_to_the_end_begins_at_the_other_side(side, start, last, rank):
    request = parse_request(f"the {last} bottle {start}")
    assert (request.noun, request.side, request.rank) == ("bottle", OPPOSITE[side], rank)


@pytest.mark.parametrize(
    "sentence",
    [
        "the third mug",
        "take the second one",
        "the second bottle on the left",
        "the last mug",
        "grab the fourth",
        "the second last from the middle",
        "the third in the row",
        "the second mug at 3 o'clock",
        "the second biggest mug on the left",
        "the first last mug from the left",
    ],
)
def test_a_number_without_a_beginning_moves_nothing(sentence):
    request = parse_request(sentence)
    assert (request.intent, request.noun) == (Intent.UNCLEAR, "")


@pytest.mark.parametrize(
    ("words", "side"),
    [
        ("leftmost {}", Side.LEFT),
        ("{} furthest to the left", Side.LEFT),
        ("{} that is further left", Side.LEFT),
        ("{} at the left end of the row", Side.LEFT),
        ("{} over on the left there", Side.LEFT),
        ("left-hand {}", Side.LEFT),
        ("{} nearer to the left edge", Side.LEFT),
        ("{} closest to the right side of the table", Side.RIGHT),
        ("{} nearer the back", Side.BACK),
        ("{} closer to the front edge", Side.FRONT),
        ("{} nearest to the middle", Side.MIDDLE),
        ("last {} on the right", Side.RIGHT),
        ("outermost {} on the right", Side.RIGHT),
        ("{} on the right edge of the desk", Side.RIGHT),
        ("{} all the way to the right", Side.RIGHT),
        ("{} closest to me", Side.FRONT),
        ("{} nearest the robot", Side.FRONT),
        ("{} that is nearer to the camera", Side.FRONT),
        ("near {}", Side.FRONT),
        ("{} at the near end of the table", Side.FRONT),
        ("closer {}", Side.FRONT),
        ("{} furthest from you", Side.BACK),
        ("{} farthest from me", Side.BACK),
        ("{} farther from the robot", Side.BACK),
        ("{} farther away", Side.BACK),
        ("more distant {}", Side.BACK),
        ("{} at the far end", Side.BACK),
        ("far {}", Side.BACK),
        ("{} in the middle", Side.MIDDLE),
        ("{} between the two others", Side.MIDDLE),
        ("{} sat in the centre of the table", Side.MIDDLE),
        ("{} closest to the edge", Side.EDGE),
        ("{} near the edge of the table", Side.EDGE),
        ("outermost {}", Side.EDGE),
        ("{} in the top left corner", Side.BACK_LEFT),
        ("upper right {}", Side.BACK_RIGHT),
        ("{} at the front on the left", Side.FRONT_LEFT),
        ("{} in the lower right-hand corner", Side.FRONT_RIGHT),
        ("{} in the far left corner", Side.BACK_LEFT),
        ("{} at 12 o'clock", Side.BACK),
        ("{} at four o'clock", Side.FRONT_RIGHT),
        ("{} at nine o'clock", Side.LEFT),
    ],
)
@pytest.mark.parametrize("noun", ["mug", "pencil case", "one"])
def test_a_place_among_its_like_is_taken_out_of_the_phrase(words, side, noun):
    which, left = selection_of(f"the {words.format(noun)}")
    assert (which, left) == (Selection(side), f"the {noun}")


@pytest.mark.parametrize(
    ("words", "size", "rank"),
    [
        ("biggest {}", Size.LARGEST, 1),
        ("{} that is bigger", Size.LARGEST, 1),
        ("second largest {}", Size.LARGEST, 2),
        ("next biggest {}", Size.LARGEST, 2),
        ("narrower {}", Size.THINNEST, 1),
        ("third tallest {}", Size.TALLEST, 3),
        ("flattest {}", Size.LOWEST, 1),
        ("medium-sized {}", Size.MEDIUM, 1),
    ],
)
def test_a_size_may_have_a_number(words, size, rank):
    which, left = selection_of(f"the {words.format('mug')}")
    assert (which.size, which.rank, which.side, left) == (size, rank, None, "the mug")


@pytest.mark.parametrize(
    ("sentence", "row", "side", "rank"),
    [
        ("the spoon in the front row", Side.FRONT, None, 1),
        ("the second spoon from the right in the back row", Side.BACK, Side.RIGHT, 2),
        ("the top spoon in the left column", Side.LEFT, None, 1),
        ("the leftmost spoon of the middle row", Side.MIDDLE, Side.LEFT, 1),
    ],
)
def test_a_row_and_a_place_in_it_are_read(sentence, row, side, rank):
    request = parse_request(sentence)
    assert (request.row, request.side, request.rank) == (row, side, rank)


@pytest.mark.parametrize(
    ("sentence", "noun"),
    [
        ("either mug", "mug"),
        ("any of the mugs", "mug"),
        ("either of the two spoons is fine", "spoon"),
        ("one of the bottles, whichever you like", "bottle"),
        ("any old cup will do", "old cup"),
        ("any one of them", ""),
    ],
)
def test_any_of_several_is_no_certain_one(sentence, noun):
    request = parse_request(sentence)
    assert (request.intent, request.noun) == (Intent.GRASP, noun)
    assert not request.tells_which


@pytest.mark.parametrize(
    ("sentence", "excluded"),
    [
        ("the mug, but not the left one", ExcludedOne(Side.LEFT)),
        ("take the mug that is not on the right", ExcludedOne(Side.RIGHT)),
        ("not the nearest mug but the other", ExcludedOne(Side.FRONT)),
        ("the mug other than the biggest", ExcludedOne(None, Size.LARGEST)),
        ("the mug that isn't small", ExcludedOne(None, Size.SMALLEST)),
        ("the left mug, no, the other one", ExcludedOne(Side.LEFT)),
        ("get the mug, just not the one at the back", ExcludedOne(Side.BACK)),
    ],
)
def test_one_that_is_not_meant_is_excluded(sentence, excluded):
    request = parse_request(sentence)
    assert (request.intent, request.noun) == (Intent.GRASP, "mug")
    assert (request.excluded_ones, request.side, request.size) == ((excluded,), None, None)


def test_what_is_excluded_by_a_number_or_is_another_thing_is_no_one_of_them():
    assert excluded_one("the second mug from the left") == (None, "")
    assert excluded_one("the green mug") == (None, "")
    assert not parse_request("the mug, not the second from the left").may_move


@pytest.mark.parametrize(
    "sentence",
    [
        "the mug closest to the banana",
        "the mug nearer the banana",
        "the mug next to the banana",
        "the mug sat right beside the banana",
    ],
)
def test_a_landmark_is_no_place(sentence):
    request = parse_request(sentence)
    assert (request.side, request.near.relation, request.near.words) == (
        None,
        Relation.BESIDE,
        "banana",
    )


def test_between_two_things_is_no_middle():
    request = parse_request("the one sandwiched between the ruler and the cup")
    assert (request.side, request.near.words, request.near.also) == (None, "ruler", "cup")


@pytest.mark.parametrize(
    "phrase",
    list(
        itertools.chain(
            ("the first-aid kit", "the second-hand watch", "the left-over pizza"),
            ("the handle of the mug", "the rearview mirror", "the forklift"),
        )
    ),
)
def test_names_are_left_alone(phrase):
    assert selection_of(phrase) == (Selection(), phrase)


def test_what_is_left_over_of_a_place_is_unclear():
    assert selection_of("the mug counting on the left")[0].unclear
    assert parse_request("the mug furthest towards the left and the nearest").intent in (
        Intent.UNCLEAR,
        Intent.SEVERAL,
    )


@pytest.mark.parametrize(
    ("sentence", "part"),
    [("hold the ruler at the far end", "far end"), ("grab the hammer at the front", "front")],
)
def test_with_a_verb_of_gripping_an_end_may_be_a_part(sentence, part):
    request = parse_request(sentence)
    assert request.intent is Intent.UNCLEAR or request.part == part or request.side is Side.FRONT


@pytest.mark.parametrize(
    ("sentence", "noun", "side", "rank"),
    [
        ("hand over the last apple from the left", "apple", Side.RIGHT, 1),
        ("pass the leftmost of those bottles over", "bottle", Side.LEFT, 1),
        ("the middle of the three spoons", "spoon", Side.MIDDLE, 1),
        ("not the red cup, the blue one on the left", "cup", Side.LEFT, 1),
        ("third bottle from the right, ta", "bottle", Side.RIGHT, 3),
    ],
)
def test_what_stands_around_it_changes_nothing(sentence, noun, side, rank):
    request = parse_request(sentence)
    assert request.intent is Intent.GRASP
    assert (request.noun, request.side, request.rank) == (noun, side, rank)
    assert not request.excluded_ones
