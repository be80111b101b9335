"""What is said after a grasp moves something only where all of it is understood."""

import pytest

from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.language.refinement import load_follow_ups
from rt_grasp_ros.language.request import Exclusion, Intent, Side


def follow_up(sentence):
    return parse_request(sentence, is_follow_up=True)


@pytest.mark.parametrize(
    ("sentence", "intent"),
    [
        ("no", Intent.UNCLEAR),
        ("Nope!", Intent.UNCLEAR),
        ("no, not like that", Intent.UNCLEAR),
        ("wrong", Intent.UNCLEAR),
        ("hmm", Intent.UNCLEAR),
        ("uh uh", Intent.UNCLEAR),
        ("...", Intent.UNCLEAR),
        ("not there", Intent.UNCLEAR),
        ("I don't like it", Intent.UNCLEAR),
        ("something else", Intent.UNCLEAR),
        ("no more left", Intent.UNCLEAR),
        ("right", Intent.UNCLEAR),
        ("deeper", Intent.UNCLEAR),
        ("more", Intent.UNCLEAR),
        ("turn it", Intent.UNCLEAR),
        ("to my left", Intent.UNCLEAR),
        ("from the side", Intent.UNCLEAR),
        ("lower, at the body", Intent.UNCLEAR),
        ("ein bisschen nach links", Intent.OTHER_LANGUAGE),
        ("never mind", Intent.CALL_OFF),
        ("forget it", Intent.CALL_OFF),
        ("leave it alone, please", Intent.CALL_OFF),
        ("no don't do that", Intent.CALL_OFF),
        ("no thanks", Intent.CALL_OFF),
        ("not yet", Intent.CALL_OFF),
        ("hold on", Intent.CALL_OFF),
        ("abort!", Intent.CALL_OFF),
        ("take the mug, no forget it", Intent.CALL_OFF),
        ("stop, left a bit", Intent.CALL_OFF),
        ("never mind the mug", Intent.PROHIBITION),
        ("the mug is fine", Intent.UNCLEAR),
        ("no handle", Intent.UNCLEAR),
        ("higher up the handle", Intent.UNCLEAR),
        ("thanks", Intent.REMARK),
        ("up to you", Intent.REMARK),
        ("perfect, thank you very much", Intent.REMARK),
        ("ok thanks", Intent.REMARK),
        ("hello", Intent.REMARK),
        ("why?", Intent.QUESTION),
        ("what is that?", Intent.QUESTION),
        ("are you sure", Intent.QUESTION),
        ("is it too far left?", Intent.QUESTION),
        ("the mug?", Intent.QUESTION),
        ("don't touch the blades", Intent.PROHIBITION),
        ("don't move left", Intent.PROHIBITION),
        ("put it in the box", Intent.OTHER_ACTION),
        ("open the gripper", Intent.UNCLEAR),
        ("grasp the banana and the mug", Intent.SEVERAL),
    ],
)
def test_what_asks_for_no_change_moves_nothing(sentence, intent):
    request = follow_up(sentence)
    assert request.intent is intent
    assert not request.may_move


@pytest.mark.parametrize(
    "sentence",
    ["again", "once more, please", "try again", "do it again", "no, try that again", "yes",
     "Yes, please.", "ok go on", "go ahead", "that's right", "nice, go on", "the same grasp"],
)  # fmt: skip
def test_who_repeats_or_agrees_gets_the_same_grasp(sentence):
    assert follow_up(sentence).is_repeated


@pytest.mark.parametrize(
    ("sentence", "right", "up"),
    [
        ("no, left", -0.030, 0.0),
        ("yes, left a bit", -0.015, 0.0),
        ("a bit to the left, thanks", -0.015, 0.0),
        ("you're too far left, correct that", 0.030, 0.0),
        ("can you go a bit up?", 0.0, 0.015),
        ("a bit to the left?", -0.015, 0.0),
        ("again, but further down", 0.0, -0.030),
        ("wait, a bit to the left", -0.015, 0.0),
    ],
)
def test_politeness_around_a_change_changes_nothing(sentence, right, up):
    change = follow_up(sentence).change
    assert (change.right, change.up) == (right, up)


@pytest.mark.parametrize(
    ("sentence", "noun", "part"),
    [
        ("no the mug i said", "mug", ""),
        ("actually take the mug", "mug", ""),
        ("sorry, I meant the hammer", "hammer", ""),
        ("forget it, take the banana", "banana", ""),
        ("hammer please", "hammer", ""),
        ("the kettle instead", "kettle", ""),
        ("not there, by the handle", "", "handle"),
        ("hold it at the rim please", "", "rim"),
        ("use the rim", "", "rim"),
        ("the cap", "", "cap"),
        ("by the end instead", "", "end"),
        ("i would prefer the end", "", "end"),
        ("no, the bowl", "bowl", ""),
    ],
)
def test_another_thing_or_part_is_named(sentence, noun, part):
    request = follow_up(sentence)
    assert request.intent is Intent.FOLLOW_UP
    assert (request.noun, request.part) == (noun, part)


@pytest.mark.parametrize("sentence", ["a bit more", "the wrong way", "the same idea", "red", "42"])
def test_no_word_is_taken_for_a_thing_that_names_none(sentence):
    assert not follow_up(sentence).may_move


def test_which_of_several_is_told_without_its_name():
    assert follow_up("no, the left one").side is Side.LEFT
    assert follow_up("the red one").colours == ("red",)


@pytest.mark.parametrize(
    ("sentence", "noun"),
    [
        ("the other one", ""),
        ("not this one, the other", ""),
        ("wrong one", ""),
        ("take the other mug", "mug"),
        ("that's the wrong mug", "mug"),
    ],
)
def test_another_of_the_same_name_is_asked_for(sentence, noun):
    request = follow_up(sentence)
    assert request.is_another and request.noun == noun


@pytest.mark.parametrize(
    "sentence", ["the other end", "that's the wrong end", "not that end, the other"]
)
def test_the_other_end_is_asked_for_as_it_was_taught(sentence):
    assert follow_up(sentence).plain == "the other end"


def test_what_is_excluded_stays_with_what_is_asked_for():
    blade = Exclusion("handle", is_part=True)
    assert follow_up("a bit to the left, but not onto the handle").excluded == (blade,)
    request = follow_up("at the handle please, not at the rim")
    assert (request.part, [one.words for one in request.excluded]) == ("handle", ["rim"])


def test_every_follow_up_of_training_is_understood_as_what_it_is():
    follow_ups = load_follow_ups()
    for refinement in follow_ups.refinements.values():
        for phrase in (*refinement.phrases, *refinement.unseen):
            change = follow_up(phrase).change
            assert change is not None and change.does == refinement.does, phrase
    named = {"named_part": ("", "handle"), "other_object": ("mug", "")}
    for name, meant in named.items():
        for phrase in (
            *follow_ups.redirections[name].phrases,
            *follow_ups.redirections[name].unseen,
        ):
            request = follow_up(phrase.format(p="handle", o="mug"))
            assert (request.noun, request.part) == meant, phrase
    other = follow_ups.redirections["other_part"]
    for phrase in (*other.phrases, *other.unseen):
        assert follow_up(phrase).plain == "the other end", phrase


def test_a_number_from_a_side_names_another_one_and_a_number_alone_does_not():
    meant = follow_up("the second from the left")
    assert (meant.intent, meant.side, meant.rank) == (Intent.FOLLOW_UP, Side.LEFT, 2)
    assert follow_up("the one in the front row").row is Side.FRONT
    assert follow_up("the second").intent is Intent.UNCLEAR
    assert follow_up("in the front row").intent is Intent.UNCLEAR
