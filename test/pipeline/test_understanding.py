"""Sentences that move nothing are refused; the others are put to the model as it knows them."""

from functools import partial

import pytest
from made_table import RED, answer_at, sees_blocks, table

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import OnlyExcluded, RtGraspError
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.pipeline.looking import Looked
from rt_grasp_ros.pipeline.understanding import obeyed, understood


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("how many mugs are there?", ErrorCode.COMMAND_NO_GRASP),
        ("put the mug down", ErrorCode.COMMAND_NO_GRASP),
        ("grasp the mug and the bowl", ErrorCode.COMMAND_NO_GRASP),
        ("do not take the mug", ErrorCode.COMMAND_FORBIDS),
        ("hello", ErrorCode.COMMAND_UNCLEAR),
        ("nimm die Tasse", ErrorCode.COMMAND_FOREIGN),
    ],
)
def test_what_may_not_move_is_refused_with_a_sentence_that_says_what_may(sentence, code):
    with pytest.raises(RtGraspError) as error:
        understood(sentence, is_follow_up=False)
    assert error.value.code is code
    assert "say what to grasp, such as" in error.value.message


def table_of(frame):
    return partial(find_support, frame.depth_m, frame.intrinsics)


HISTORY = (Turn("grasp the red mug", answer_at(160.0, 200.0).to_text()),)


def asked_of(sentence, is_follow_up=False):
    asked = []
    history = HISTORY if is_follow_up else ()

    def look_for(frame, words, count, at_things_alone=False):
        asked.append((words, count))
        return Looked([answer_at(150.0, 200.0)], "")

    request = understood(sentence, is_follow_up)
    frame = table((150, 200, RED, 40, 0.04))
    obeyed(request, sentence, frame, 2, look_for, Gripper(), table_of(frame), history=history)
    return asked


def test_a_plain_command_is_asked_once_in_its_own_words():
    assert asked_of("Please hand me the mug!") == [("Please hand me the mug!", 2)]


@pytest.mark.parametrize("name", ["mug", "Mug.", "mug please", "please, mug!"])
def test_of_a_bare_name_a_model_is_asked_a_sentence(name):
    assert asked_of(name) == [("grasp the mug", 2)]


def test_a_bare_name_keeps_all_its_words():
    assert asked_of("water bottle") == [("grasp the water bottle", 2)]


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        ("a bit to the left", []),
        ("again", []),
        ("hold it at the rim please", [("by its rim instead", 2)]),
        ("that's the wrong end", [("the other end", 2)]),
        ("no the banana i said", [("grasp the banana", 2)]),
    ],
)
def test_of_a_follow_up_a_model_is_asked_only_what_it_was_taught(sentence, asked):
    assert asked_of(sentence, is_follow_up=True) == asked


def test_what_no_rule_understands_goes_to_a_model_of_free_language_alone():
    sentence = "grip it more like a pencil"
    with pytest.raises(RtGraspError) as error:
        understood(sentence, is_follow_up=True)
    assert error.value.code is ErrorCode.COMMAND_UNCLEAR
    assert understood(sentence, is_follow_up=True, is_free=lambda: True).plain == sentence
    for forbidden in ("don't grip it like a pencil", "never mind the pencil", "nope"):
        with pytest.raises(RtGraspError):
            understood(forbidden, is_follow_up=True, is_free=lambda: True)


@pytest.mark.parametrize(
    "sentence",
    [
        "I need the mug, no more and no less",
        "The other day you found the mug, so take it",
        "take the mug without any hurry",
    ],
)
def test_what_is_said_around_a_command_is_left_out_of_what_a_model_is_asked(sentence):
    ((words, count),) = asked_of(sentence)
    assert words in ("i need the mug", "take the mug")
    assert count == 2


@pytest.mark.parametrize(
    ("sentence", "is_follow_up"),
    [
        ("take the red one, but not by its handle", False),
        ("take the leftmost object without touching its lid", False),
        ("a bit to the left, but not onto the handle", True),
    ],
)
def test_a_part_of_something_without_a_name_is_not_risked(sentence, is_follow_up):
    with pytest.raises(OnlyExcluded):
        asked_of(sentence, is_follow_up)


def test_a_follow_up_keeps_away_from_an_excluded_thing():
    frame = table((150, 200, RED, 40, 0.04))
    request = understood("a bit to the left, but stay away from the banana", is_follow_up=True)

    def look_for(frame, words, count, at_things_alone=False):
        return Looked([answer_at(150.0, 200.0)], "")  # the banana lies where the grasp would be

    with pytest.raises(OnlyExcluded):
        obeyed(request, "", frame, 2, look_for, Gripper(), table_of(frame), history=HISTORY)


def test_what_the_model_was_never_taught_is_left_out_of_what_it_is_asked():
    words, count = asked_of("take the mug on the left")[0]
    assert words == "take the mug"
    assert count == 8


@pytest.mark.parametrize(("sentence", "x_px"), [("the left block", 150), ("the right block", 480)])
def test_which_of_two_is_told_whatever_the_model_answers(sentence, x_px):
    places = [(150, 200), (480, 320)]
    frame = table((*places[0], RED, 40, 0.04), (*places[1], RED, 40, 0.04))

    def look_for(shown, words, count, at_things_alone=False):
        return sees_blocks(shown, words, places)

    command = f"grasp {sentence}"
    request = understood(command, is_follow_up=False)
    looked = obeyed(request, command, frame, 2, look_for, Gripper(), table_of(frame))
    assert looked.answers[0].rectangle.x_px == x_px
