"""Denials by accident change nothing of a command; one about a part or a wish is obeyed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.language.request import Intent

COMMANDS = st.sampled_from(
    [
        ("take the hammer", "hammer"),
        ("could you please pass me the red mug", "mug"),
        ("lift the bottle", "bottle"),
        ("give me the gizmo", "gizmo"),
    ]
)
UNABLE = st.sampled_from(
    [
        "I can't bend down",
        "we couldn't get up",
        "my wife is not able to stand up",
        "I can barely see without my glasses",
        "I haven't got a free hand",
        "he has never owned one",
        "I am not allowed to lift heavy loads",
        "nobody else can get out of bed",
        "my hands are not clean",
        "I have had no breakfast and I can't wait",
    ]
)
HARMS = st.sampled_from(
    [
        "don't drop it",
        "do not spill the water",
        "make sure it doesn't break",
        "don't squeeze it too hard",
        "so that nothing falls down",
        "without using too much force",
        "try not to scratch it",
        "and don't you dare lose it",
    ]
)


@given(COMMANDS, UNABLE, st.sampled_from(["{0}, {1}", "{0} so {1}", "{0}. {1}"]))
def test_what_somebody_cant_do_before_a_command_changes_nothing(command, unable, form):
    sentence, noun = command
    request = parse_request(form.format(unable, sentence))
    assert (request.intent, request.noun, request.excluded) == (Intent.GRASP, noun, ())


@given(COMMANDS, HARMS, st.sampled_from(["{0}, {1}", "{0} {1}"]))
def test_what_is_not_to_happen_to_it_forbids_nothing(command, harm, form):
    sentence, noun = command
    if form == "{0} {1}" and harm.startswith(("don't", "do not", "try", "make")):
        form = "{0} and {1}"
    request = parse_request(form.format(sentence, harm))
    assert (request.intent, request.noun, request.excluded) == (Intent.GRASP, noun, ())


@pytest.mark.parametrize(
    "sentence",
    [
        "it wouldn't hurt to take the mug",
        "you wouldn't mind handing me the mug, would you?",
        "there's no reason not to take the mug",
        "don't come back without the mug",
        "shouldn't you take the mug?",
        "take the mug, won't you?",
        "I can't pick up the mug myself. Could you?",
        "nobody's touched the mug so hand it over",
        "nothing wrong with the mug, take it",
        "the other customers are waiting, take the mug",
        "hand me the mug as I'm not tall enough",
        "take the mug sooner rather than later",
        "take the mug whether or not you like it",
        "unlike last week, take the mug",
        "the mug with nothing in it",
        "take the mug and don't drop the mug",
        "the mug that has never been used",
        "take the mug. No, I'm not joking.",
        "without a mug I can't drink, so get the mug",
        "I ran out of mugs, so bring me that mug",
    ],
)
def test_turns_with_a_denial_ask_for_the_thing(sentence):
    request = parse_request(sentence)
    assert (request.intent, request.noun, request.excluded) == (Intent.GRASP, "mug", ())


@pytest.mark.parametrize(
    "sentence",
    [
        "take the mug, I was not serious",
        "take the mug, I don't want it",
        "take the mug. I have no need of it",
        "take the mug, I have no permission",
        "take the mug, I'm not ready",
        "take the mug, I am not convinced",
        "take the mug, no one can touch it",
        "take the scissors, they are not safe",
        "take the scissors, I can't have you holding the blades",
        "grab the knife, I cannot stand fingers on the blade",
        "take the hammer, I can not hold the head",
        "don't lift the mug, I can't reach it",
        "could you not take the mug",
        "can you not touch the mug",
        "you couldn't touch the mug, could you",
        "it would not hurt to leave the mug",
        "there's no reason to take the mug",
        "the mug must not fall",
        "don't drop the mug",
        "take the mug and don't lose the handle",
        "take the mug and don't drop the bottle",
        "lift the banana without spilling; do not spill the bowl",
        "take the bowl so nothing touches the rim",
        "get the mug over to the table",
    ],
)
def test_what_may_take_back_or_forbid_is_not_overheard(sentence):
    assert not parse_request(sentence).may_move


@pytest.mark.parametrize(
    "sentence",
    [
        "I'm not kidding grab the mug",
        "don't worry grab the mug",
        "grab the mug I can't wait",
        "no worries just lift the mug",
        "uh could you like grab the uhm mug",
        "grab the mug would you dear",
        "no milk needed, grab the mug",
        "it has no coffee in it, grab the mug",
        "grab the mug otherwise I'll get mad",
        "nobody else will so you take the mug",
        "everyone but me has a drink, grab the mug",
        "grab the mug before I change my mind",
        "no idea what it is called but grab the mug",
    ],
)
def test_what_is_said_around_a_command_needs_no_commas(sentence):
    request = parse_request(sentence)
    assert (request.intent, request.noun, request.excluded) == (Intent.GRASP, "mug", ())


@pytest.mark.parametrize(
    "sentence",
    [
        "I can not grab the mug",
        "I am not kidding do not grab the mug",
        "nobody else grab the mug",
        "no handle needed, grab the mug",
        "you must not grab the mug",
        "nobody else can grab the mug",
        "grab the mug that is not hot no",
        "don't grab the mug I can't wait",
    ],
)
def test_what_may_forbid_is_not_parted_from_the_command(sentence):
    request = parse_request(sentence)
    assert not request.may_move or request.excluded
