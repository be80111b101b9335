"""What is said after a grasp, where things are told by words."""

import pytest
from made_table import answer_at, table

from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.language.request import Exclusion
from rt_grasp_ros.pipeline.follow_up_by_words import redirected, refined

HISTORY = (Turn("grasp the red mug", answer_at(320.0, 240.0).to_text()),)


def follow_up(sentence):
    return parse_request(sentence, is_follow_up=True)


@pytest.mark.parametrize(
    ("sentence", "noun", "part"),
    [
        ("no, the glove", "glove", ""),
        ("take the bowl instead", "bowl", ""),
        ("i meant the green bowl", "bowl", ""),
        ("now take the cup", "cup", ""),
        ("by its handle instead", "mug", "handle"),
        ("no, the rim", "mug", "rim"),
    ],
)
def test_another_thing_or_part_is_asked_for_as_in_a_command(sentence, noun, part):
    request = redirected(follow_up(sentence), HISTORY)
    assert (request.noun, request.part) == (noun, part)
    assert request.colours == (("red",) if noun == "mug" else ("green",) * ("green" in sentence))


def test_what_is_excluded_stays_excluded():
    request = follow_up("now take the cup, but not by the handle")
    assert Exclusion("handle", is_part=True) in redirected(request, HISTORY).excluded


def test_a_move_names_no_other_thing():
    assert redirected(follow_up("a bit to the left"), HISTORY) is None


def test_a_move_starts_from_the_last_grasp():
    answer = refined(follow_up("a bit to the left"), HISTORY, table())
    assert answer.rectangle.x_px == pytest.approx(320 - 0.015 * 640, abs=1)
    assert answer.rectangle.y_px == pytest.approx(240, abs=1)
    assert answer.reasoning


def test_without_a_grasp_before_or_a_change_nothing_is_refined():
    absent = (Turn("grasp the cup", "I do not see a cup here. No grasp."),)
    assert refined(follow_up("a bit to the left"), (), table()) is None
    assert refined(follow_up("a bit to the left"), absent, table()) is None
    assert refined(follow_up("no, the glove"), HISTORY, table()) is None
