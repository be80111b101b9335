"""The other one is looked for where the last one is left out."""

from functools import partial

import numpy as np
import pytest
from made_table import BLUE, RED, OneInEach, answer_at, rectangle_at, sees_blocks, table

from rt_grasp_ros.grasp.errors import CommandUnclear, NoSupportPlane
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.pointed import Pointed
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.language.request import Intent, Request
from rt_grasp_ros.pipeline.another_thing import another, another_by_words
from rt_grasp_ros.pipeline.looking import Looked
from rt_grasp_ros.pipeline.named_table import NamedTable

LEFT, RIGHT = (150, 200), (480, 320)
REQUEST = Request(Intent.GRASP, noun="mug", plain="grasp the mug")
TABLE = table((*LEFT, RED, 40, 0.04), (*RIGHT, BLUE, 40, 0.05))
find_table = partial(find_support, TABLE.depth_m, TABLE.intrinsics)


def test_the_last_one_is_not_shown_and_not_taken_again():
    asked = []

    def ask(frame, words):
        asked.append((words, bool(np.isfinite(frame.depth_m[200, 150]))))
        return sees_blocks(frame, words, [LEFT, RIGHT])

    answers = another(REQUEST, rectangle_at(150.0, 200.0), TABLE, ask, find_table).answers
    assert [(one.rectangle.x_px, one.rectangle.y_px) for one in answers] == [RIGHT]
    assert asked == [("grasp the mug", False)]


def test_a_model_that_sees_it_all_the_same_has_seen_no_other():
    looked = Looked([answer_at(152.0, 201.0)], doubt="")
    answers = another(
        REQUEST, rectangle_at(150.0, 200.0), TABLE, lambda frame, words: looked, find_table
    ).answers
    assert [one.rectangle for one in answers] == [None]
    assert answers[0].reasoning == "I see no other mug."


def test_a_model_that_points_is_asked_about_the_whole_frame():
    shown = []

    def ask(frame, words):
        shown.append(frame is TABLE)
        answers = [answer_at(150.0, 200.0), answer_at(480.0, 320.0)]
        for one in answers:
            object.__setattr__(one, "places", (Pointed(1.0, 1.0),))
        return Looked(answers, doubt="")

    answers = another(REQUEST, rectangle_at(150.0, 200.0), TABLE, ask, find_table).answers
    assert shown == [False, True]
    assert [one.rectangle.x_px for one in answers] == [480.0]


def test_what_depth_does_not_show_is_not_guessed():
    with pytest.raises(CommandUnclear, match="depth does not tell what was taken"):
        another(REQUEST, rectangle_at(320.0, 60.0), TABLE, lambda *_: None, find_table)


class Alike:
    """Calls everything a mug."""

    def fits(self, frame, segments, phrases):
        return np.full((len(segments), len(phrases)), 0.9)

    def familiar(self, frame, segments):
        return np.zeros(len(segments))


@pytest.mark.parametrize(("before", "after"), [(LEFT, RIGHT), (RIGHT, LEFT)])
def test_by_words_the_last_one_is_none_of_the_things(before, after):
    named = NamedTable.of(TABLE, find_table(), Alike())
    grasp = rectangle_at(float(before[0]), float(before[1]))
    answers = another_by_words(REQUEST, grasp, named, Gripper(), 4).answers
    assert all(abs(one.rectangle.x_px - after[0]) < 30 for one in answers)


def test_by_words_the_other_one_is_taken_as_others_propose():
    named = NamedTable.of(TABLE, find_table(), Alike())
    before = rectangle_at(*map(float, LEFT))
    (answer,) = another_by_words(REQUEST, before, named, Gripper(), 4, OneInEach()).answers
    assert abs(answer.rectangle.x_px - RIGHT[0]) < 5
    assert answer.grasp.object_width_m == 0.045


def test_without_a_table_it_is_not_told_what_was_taken():
    def none():
        raise NoSupportPlane

    with pytest.raises(CommandUnclear, match="depth does not tell what was taken"):
        another(REQUEST, rectangle_at(150.0, 200.0), TABLE, lambda *_: None, none)


def test_that_no_other_is_seen_is_sure():
    looked = Looked([answer_at(152.0, 201.0)], doubt="")
    (answer,) = another(
        REQUEST, rectangle_at(150.0, 200.0), TABLE, lambda *_: looked, find_table
    ).answers
    assert answer.score == 1.0
