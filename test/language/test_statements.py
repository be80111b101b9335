"""Statements that ask for a thing, and those that only speak of one."""

import pytest

from rt_grasp_ros.language.statements import asked_for, said_not_to_be, spoken_of


@pytest.mark.parametrize(
    "clause",
    [
        "what i need is the mug",
        "the one i really want is the mug",
        "the mug would be lovely",
        "my choice is the mug",
        "it is the mug that i want",
        "the mug is what i am looking for",
        "close your gripper around the mug and lift",
        "i could do with the mug",
    ],
)
def test_a_thing_is_asked_for_without_a_verb_of_taking(clause):
    assert asked_for(clause) == "the mug"


@pytest.mark.parametrize(
    "clause",
    [
        "the last thing i want is the mug",
        "the mug would be missed",
        "what i do not need is the mug",
        "the mug is what i am keeping",
        "put the fingers off the mug",
    ],
)
def test_other_statements_ask_for_nothing(clause):
    assert asked_for(clause) == ""


@pytest.mark.parametrize(
    "clause",
    [
        "there should be a mug on the table",
        "the other day i dropped a mug",
        "i can not reach a mug",
        "you have not touched a mug yet",
        "nobody else wants a mug",
        "i have been looking for a mug all day",
    ],
)
def test_a_thing_is_spoken_of(clause):
    assert spoken_of(clause) == "a mug"


@pytest.mark.parametrize("clause", ["i do not want the mug", "i hate the mug", "i need the mug"])
def test_wishes_are_not_only_spoken_of(clause):
    assert spoken_of(clause) == ""


def test_it_may_be_what_is_said_not_to_be_hot():
    assert said_not_to_be("the mug is not hot any more") == "the mug"
    assert said_not_to_be("it is not hot") == ""
