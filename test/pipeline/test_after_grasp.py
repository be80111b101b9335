"""What a follow-up comes to once something was grasped."""

from functools import partial

import pytest
from made_table import RED, answer_at, table

from rt_grasp_ros.grasp.errors import CommandNoGrasp, CommandUnclear, NoSupportPlane, OnlyExcluded
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.language.change import Change
from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.language.request import Exclusion, Intent, Request
from rt_grasp_ros.pipeline.after_grasp import (
    as_asked,
    as_asked_before,
    from_last_grasp,
    is_about_last_thing,
    other_than_last,
    require_told_parts,
)
from rt_grasp_ros.pipeline.looking import Looked
from rt_grasp_ros.pipeline.redirection import last_request
from rt_grasp_ros.pipeline.understanding import obeyed, understood

FRAME = table((320, 240, RED, 60, 0.04))
HISTORY = (Turn("grasp the red mug", answer_at(320.0, 240.0).to_text()),)


def follow_up(sentence):
    return parse_request(sentence, is_follow_up=True)


def find_table():
    return find_support(FRAME.depth_m, FRAME.intrinsics)


def from_last(sentence, history=HISTORY, frame=FRAME):
    def table_of():
        return find_support(frame.depth_m, frame.intrinsics)

    return from_last_grasp(follow_up(sentence), history, frame, never, table_of)


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
    (answer,) = from_last("a bit to the left").answers
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
        from_last_grasp(request, HISTORY, FRAME, ask, find_table)
    assert asked == ["grasp the knife"]


def test_a_repetition_is_the_last_grasp_and_there_is_none_without_one():
    (answer,) = from_last("again").answers
    assert answer.rectangle.x_px == pytest.approx(320.0, abs=0.5)
    absent = (*HISTORY, Turn("no, the cup", "I do not see a cup here. No grasp."))
    assert from_last("again", absent) is None
    assert from_last("no, the hammer") is None
    with pytest.raises(CommandUnclear, match="no grasp before, to change"):
        from_last("a bit to the left", absent)


THREE = (
    *HISTORY,
    Turn("a bit to the left", answer_at(310.0, 240.0).to_text()),
    Turn("further up", answer_at(310.0, 222.0).to_text()),
)


@pytest.mark.parametrize(
    ("sentence", "at_px", "said"),
    [
        ("once more", (310, 222), "The same grasp as before, unchanged"),
        ("undo that change", (310, 240), "The grasp before the last one, unchanged"),
        ("no, go back to the previous one", (310, 240), "The grasp before the last one, unchanged"),
        ("as it was before, please", (310, 240), "The grasp before the last one, unchanged"),
        ("go back to the first one", (320, 240), "The first grasp, unchanged"),
        ("the first grasp was better", (320, 240), "The first grasp, unchanged"),
    ],
)
def test_an_earlier_grasp_is_gone_back_to(sentence, at_px, said):
    (answer,) = from_last(sentence, THREE).answers
    assert (answer.rectangle.x_px, answer.rectangle.y_px) == pytest.approx(at_px, abs=0.5)
    assert answer.reasoning.startswith(said)


def test_there_is_no_grasp_before_the_only_one():
    with pytest.raises(CommandUnclear, match="no grasp before the last one"):
        from_last("the previous grasp")


@pytest.mark.parametrize("sentence", ["again", "yes", "go back to the first one"])
def test_where_the_thing_is_gone_it_is_looked_for_anew(sentence):
    moved = table((480, 120, RED, 60, 0.04))
    assert from_last(sentence, HISTORY, moved) is None
    anew = as_asked_before(follow_up(sentence), HISTORY, moved)
    assert (anew.intent, anew.noun, anew.colours) == (Intent.GRASP, "mug", ("red",))
    asked = []

    def look_for(shown, words, count, at_things_alone=False):
        asked.append(words)
        return Looked([answer_at(480.0, 120.0)], doubt="")

    looked = obeyed(
        follow_up(sentence),
        sentence,
        moved,
        1,
        look_for,
        Gripper(),
        partial(find_support, moved.depth_m, moved.intrinsics),
        history=HISTORY,
    )
    assert looked.answers[0].rectangle.x_px == pytest.approx(480.0)
    assert looked.answers[0].reasoning.startswith("Nothing stands where it was grasped before, so")
    assert set(asked) == {"grasp the red mug"}


def test_without_a_table_the_thing_may_still_be_there():
    def no_table():
        raise NoSupportPlane("no table")

    assert from_last_grasp(follow_up("again"), HISTORY, FRAME, never, no_table) is not None


@pytest.mark.parametrize(
    "sentence", ["the other side", "by the far side", "undo", "too close to it"]
)
def test_what_does_not_say_which_grasp_is_refused_with_what_may_be_said(sentence):
    with pytest.raises((CommandUnclear, CommandNoGrasp), match="'the grasp before' to go back"):
        understood(sentence, True)


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
    assert as_asked_before(follow_up("again"), HISTORY, FRAME).noun == "mug"
    with pytest.raises(CommandUnclear, match="no grasp before, to repeat"):
        as_asked_before(follow_up("again"), (), FRAME)


def test_what_was_meant_before_is_meant_again_after_going_back_to_it():
    history = (*HISTORY, Turn("no, the hammer", answer_at(100.0, 100.0).to_text()))
    assert last_request(history).noun == "hammer"
    for back in ("go back to the first one", "the previous grasp"):
        again = (*history, Turn(back, answer_at(320.0, 240.0).to_text()))
        assert last_request(again).noun == "mug"
        gone = as_asked_before(follow_up("again"), again, FRAME)
        assert (gone.noun, gone.colours) == ("mug", ("red",))


def test_a_part_of_something_without_a_name_can_t_be_kept_away_from():
    handle = (Exclusion("handle", is_part=True),)
    with pytest.raises(OnlyExcluded, match="handle"):
        require_told_parts(Request(Intent.FOLLOW_UP, excluded=handle))
    require_told_parts(Request(Intent.FOLLOW_UP, noun="mug", excluded=handle))
    require_told_parts(Request(Intent.FOLLOW_UP, excluded=(Exclusion("mug", is_part=False),)))
