"""What is said beside a command and changes nothing of it; any other "not" is no aside."""

import pytest

from rt_grasp_ros.language.asides import is_aside, without_asides


@pytest.mark.parametrize(
    ("clause", "rest"),
    [
        ("grasp the mug without the slightest hesitation", "grasp the mug"),
        ("take the mug without dropping it", "take the mug"),
        ("do not wait any longer and take the mug", "take the mug"),
        ("take the mug with no fuss", "take the mug"),
        ("take the mug off the table", "take the mug"),
        ("stop dawdling and take the mug", "take the mug"),
        ("despite the mess take the mug", "take the mug"),
        ("take the mug without a lid", "take the mug"),
        ("take the mug that has no handle", "take the mug"),
        ("take the one that is not red", "take the one"),
    ],
)
def test_harmless_turns_are_left_out(clause, rest):
    bare, said = without_asides(clause)
    assert bare == rest
    assert said


@pytest.mark.parametrize(
    "clause",
    [
        "take the mug without touching it",
        "take the mug without contact to the rim",
        "take the mug with no contact to the rim",
        "do not rush the mug",
        "do not take the mug",
        "not too close to the handle",
        "take anything that is not a mug",
        "take the mug that is not the blue one",
        "take the mug off the record player",
        "without fingers on the lens",
        "stop reaching for the mug",
    ],
)
def test_what_may_forbid_something_stays(clause):
    assert without_asides(clause) == (clause, "")


@pytest.mark.parametrize(
    "clause",
    [
        "no hurry",
        "it is not heavy",
        "its handle is not hot any more",
        "nobody is watching",
        "i do not care how",
        "not a moment to lose",
        "never mind the noise",
        "if you are not too busy",
        "it does not matter which one",
    ],
)
@pytest.mark.parametrize("is_before", [True, False])
def test_harmless_clauses_are_asides_wherever_they_stand(clause, is_before):
    assert is_aside(clause, is_before=is_before)


@pytest.mark.parametrize(
    "clause",
    ["i have had a long day", "it is getting dark", "i am not kidding", "nobody is hurt"],
)
def test_what_is_told_of_oneself_is_one_before_the_command_alone(clause):
    """Behind it, it may take it back: "I was joking"."""
    assert is_aside(clause, is_before=True)
    assert not is_aside(f"{clause} after all", is_before=False)


@pytest.mark.parametrize(
    ("clause", "is_so"),
    [
        ("i want to drink some coffee", True),
        ("well i want to paint", True),
        ("i want to take the mug", False),
        ("i want to pick up the mug", False),
        ("i want to keep the mug clean", False),
        ("i want the mug", False),
    ],
)
def test_what_somebody_wants_to_do_with_a_thing_is_an_aside_unless_it_is_to_take_it(clause, is_so):
    assert is_aside(clause, is_before=True) is is_so


@pytest.mark.parametrize(
    ("clause", "is_brief"),
    [
        ("my back hurts", True),
        ("i am late", True),
        ("my wife is waiting", True),
        ("my wife is waiting outside", False),
        ("my hands are full of flour", False),
        ("i am running late again today", False),
    ],
)
def test_behind_a_command_four_words_about_oneself_are_an_aside_and_more_may_be_none(
    clause, is_brief
):
    assert is_aside(clause, is_before=True)
    assert is_aside(clause, is_before=False) is is_brief


@pytest.mark.parametrize(
    "clause",
    [
        "i hate it when you touch the handle",
        "i forbid it",
        "it is hot",
        "the handle is not strong",
        "nobody likes fingers on the lens",
        "i burned myself on the rim",
        "we agreed that you must wait",
        "do not touch it",
        "i do not want it",
        "nobody should have the mug",
        "i was joking",
    ],
)
def test_what_is_about_touching_is_no_aside(clause):
    assert not is_aside(clause, is_before=True)
