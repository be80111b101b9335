"""What a follow-up comes to once something was grasped."""

import pytest
from made_table import answer_at, table

from rt_grasp_ros.grasp.errors import CommandUnclear, OnlyExcluded
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.language.change import Change
from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.language.request import Exclusion, Intent, Request
from rt_grasp_ros.pipeline.after_grasp import (
    as_asked,
    from_last_grasp,
    is_about_last_thing,
    other_than_last,
    require_told_parts,
)
from rt_grasp_ros.pipeline.looking import Looked

FRAME = table()
HISTORY = (Turn("grasp the red mug", answer_at(320.0, 240.0).to_text()),)


def follow_up(sentence):
    return parse_request(sentence, is_follow_up=True)


def never(*_):
    raise AssertionError("no model is to be asked")


@pytest.mark.parametrize(
    ("sentence", "is_about_it"),
    [
        ("by its handle instead", True),
        ("a bit to the left", False),
        ("again", False),
        ("the other one", False),
        ("no, the left one", False),
        ("no, the hammer", False),
    ],
)
def test_a_model_has_to_know_the_last_thing_where_a_part_of_it_is_meant_alone(
    sentence, is_about_it
):
    assert is_about_last_thing(follow_up(sentence)) is is_about_it


def test_a_change_that_excludes_nothing_asks_no_model():
    (answer,) = from_last_grasp(follow_up("a bit to the left"), HISTORY, FRAME, never).answers
    assert answer.rectangle.x_px == pytest.approx(320 - 0.015 * 640, abs=0.5)


def test_a_change_keeps_away_from_what_it_excludes():
    request = Request(
        Intent.FOLLOW_UP, change=Change(right=-0.015), excluded=(Exclusion("knife", is_part=False),)
    )
    asked = []

    def ask(frame, words):
        asked.append(words)
        return Looked([answer_at(310.0, 240.0)], doubt="")

    with pytest.raises(OnlyExcluded, match="knife"):
        from_last_grasp(request, HISTORY, FRAME, ask)
    assert asked == ["grasp the knife"]


def test_a_repetition_is_the_last_grasp_and_there_is_none_without_one():
    (answer,) = from_last_grasp(follow_up("again"), HISTORY, FRAME, never).answers
    assert answer.rectangle.x_px == pytest.approx(320.0, abs=0.5)
    absent = (*HISTORY, Turn("no, the cup", "I do not see a cup here. No grasp."))
    assert from_last_grasp(follow_up("again"), absent, FRAME, never) is None
    assert from_last_grasp(follow_up("no, the hammer"), HISTORY, FRAME, never) is None
    with pytest.raises(CommandUnclear, match="no grasp before, to change"):
        from_last_grasp(follow_up("a bit to the left"), absent, FRAME, never)


def others(sentence, history=HISTORY):
    return other_than_last(
        follow_up(sentence), history, FRAME, never, never, Gripper(), None, count=4
    )


def test_another_thing_is_one_of_the_name_that_was_taken():
    with pytest.raises(CommandUnclear, match="no spoon was taken before"):
        others("the other spoon")
    with pytest.raises(CommandUnclear, match="nothing was taken before"):
        others("the other one", ())
    # The last word of a name is the thing: a coffee mug is another mug, a mug tree is none.
    with pytest.raises(AssertionError, match="no model is to be asked"):
        others("the other coffee mug")
    with pytest.raises(CommandUnclear, match="was taken before"):
        others("the other mug tree")


@pytest.mark.parametrize("is_by_words", [True, False])
def test_another_name_is_a_request_of_its_own(is_by_words):
    request = as_asked(follow_up("no, the hammer"), HISTORY, is_by_words)
    assert (request.intent, request.noun) == (Intent.GRASP, "hammer")


def test_a_part_of_the_last_thing_is_asked_for_as_models_were_taught_it():
    request = follow_up("no, the rim")
    assert as_asked(request, HISTORY, False).plain == "by its rim instead"
    assert as_asked(request, HISTORY, True).plain == "grasp the red mug by its rim"


def test_a_part_beside_something_excluded_is_a_request_of_its_own():
    request = Request(Intent.FOLLOW_UP, part="rim", excluded=(Exclusion("handle", is_part=True),))
    assert as_asked(request, HISTORY, False).plain == "grasp the red mug by its rim"


def test_a_repetition_without_a_grasp_is_the_last_request():
    assert as_asked(follow_up("again"), HISTORY, False).noun == "mug"
    with pytest.raises(CommandUnclear, match="no grasp before, to repeat"):
        as_asked(follow_up("again"), (), False)


def test_a_part_of_something_without_a_name_can_t_be_kept_away_from():
    handle = (Exclusion("handle", is_part=True),)
    with pytest.raises(OnlyExcluded, match="handle"):
        require_told_parts(Request(Intent.FOLLOW_UP, excluded=handle))
    require_told_parts(Request(Intent.FOLLOW_UP, noun="mug", excluded=handle))
    require_told_parts(Request(Intent.FOLLOW_UP, excluded=(Exclusion("mug", is_part=False),)))
