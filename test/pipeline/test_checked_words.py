"""What is found under another name is not taken, and what is said of the place is so."""

from made_table import answer_at

from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.pipeline.checked_words import asked_in_known_words, checked
from rt_grasp_ros.pipeline.looking import Looked

APPLE = answer_at(10.0, 20.0, "There is the red apple, at the upper left; it is round.")
MUG = answer_at(30.0, 20.0, "There is the mug, at the upper left; it is round and hollow.")


def test_what_sounds_alike_is_absent():
    found = checked(Looked([APPLE], "a doubt"), "hand me the pineapple")
    assert [answer.rectangle for answer in found.answers] == [None]
    assert found.answers[0].reasoning == "I do not see a pineapple here."
    assert found.doubt == "a doubt"


def test_what_was_asked_for_stays_among_the_rest():
    assert checked(Looked([APPLE, MUG], ""), "grasp the mug by its handle").answers == [MUG]


def test_an_answer_that_nothing_is_there_and_words_that_name_nothing_are_left_as_they_are():
    absent = Answer("There is no mug in the picture.", None, 0.9)
    assert checked(Looked([absent], ""), "grasp the mug").answers == [absent]
    assert checked(Looked([APPLE], ""), "by its rim instead").answers == [APPLE]


def test_a_place_and_a_direction_that_are_not_the_rectangle_s_are_put_right():
    told = "There is the red apple, on the right; it is round. I close from bottom to top."
    found = checked(Looked([answer_at(10.0, 20.0, told)], ""), "grasp the apple").answers[0]
    assert found.reasoning == (
        "There is the red apple, at the upper left; it is round. I close from left to right."
    )


def asked_for(words, seen):
    """Return what a model is asked that sees one thing, and the answer."""
    asked = []

    def ask(command):
        asked.append(command)
        answer = seen if seen.reasoning.split(",")[0].split()[-1] in command else ABSENT
        return Looked([answer], "")

    return asked, asked_in_known_words(words, ask).answers[0]


ABSENT = Answer("I do not see that here.", None, 0.9)


def test_what_serves_a_known_use_is_asked_for_by_name():
    assert asked_for("take the thing to drink coffee", MUG) == (["grasp the mug"], MUG)
    asked, answer = asked_for("i need something to drive in a screw", MUG)
    assert asked == ["grasp the screwdriver"]
    assert answer.rectangle is None


def test_other_uses_are_asked_for_as_they_are_said():
    words = "i need something to hang a picture"
    assert asked_for(words, MUG) == ([words], ABSENT)
