"""Another thing or part named after a grasp, as a request of its own."""

import pytest
from made_table import answer_at

from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.language.request import Exclusion, Intent, Side
from rt_grasp_ros.pipeline.redirection import last_request, redirected

HISTORY = (Turn("grasp the red mug", answer_at(320.0, 240.0).to_text()),)


def follow_up(sentence):
    return parse_request(sentence, is_follow_up=True)


@pytest.mark.parametrize(
    ("sentence", "noun", "part"),
    [
        ("no, the glove", "glove", ""),
        ("take the bowl instead", "bowl", ""),
        ("i meant the green bowl", "bowl", ""),
        ("no, the red bowl", "bowl", ""),
        ("now take the cup", "cup", ""),
        ("by its handle instead", "mug", "handle"),
        ("no, the rim", "mug", "rim"),
    ],
)
def test_another_thing_or_part_is_asked_for_as_in_a_command(sentence, noun, part):
    request = redirected(follow_up(sentence), HISTORY)
    assert (request.intent, request.noun, request.part) == (Intent.GRASP, noun, part)
    colour = "green" if "green" in sentence else "red"
    has_colour = noun == "mug" or colour in sentence
    assert request.colours == ((colour,) if has_colour else ())


def test_a_part_is_one_of_the_thing_that_was_taken():
    assert redirected(follow_up("by the rim"), HISTORY).plain == "grasp the red mug by its rim"


def test_which_of_several_is_one_of_the_name_that_was_said():
    request = redirected(follow_up("no, the left one"), HISTORY)
    assert (request.noun, request.side, request.plain) == ("mug", Side.LEFT, "grasp the mug")
    assert redirected(follow_up("the blue one"), HISTORY).plain == "grasp the blue mug"


def test_another_one_is_not_looked_for_by_what_tells_the_first():
    request = redirected(follow_up("the other one"), HISTORY)
    assert (request.plain, request.colours) == ("grasp the mug", ())


def test_what_is_excluded_stays_excluded():
    request = follow_up("now take the cup, but not by the handle")
    assert Exclusion("handle", is_part=True) in redirected(request, HISTORY).excluded


def test_a_move_names_no_other_thing():
    assert redirected(follow_up("a bit to the left"), HISTORY) is None


def test_the_last_name_is_that_of_the_last_turn_that_said_one():
    answer = answer_at(320.0, 240.0).to_text()
    said = ["no, the hammer", "by its head instead", "a bit to the left", "again"]
    history = (*HISTORY, *(Turn(one, answer) for one in said))
    assert last_request(history).noun == "hammer"
    assert last_request(history).plain == "grasp the hammer by its head"
    assert last_request(()) is None


def test_a_thing_without_a_name_may_be_named_afterwards():
    answer = answer_at(320.0, 240.0).to_text()
    history = (Turn("grasp the leftmost object", answer), Turn("no, the hammer", answer))
    assert last_request(history).noun == "hammer"
    assert last_request(history[:1]) is None
