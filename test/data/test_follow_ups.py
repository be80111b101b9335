import numpy as np
import pytest
from pictures import random_parts

from rt_grasp_ros.data.dialogues import draw_dialogue
from rt_grasp_ros.data.follow_ups import draw_follow_up
from rt_grasp_ros.language.answer import parse_answer
from rt_grasp_ros.language.grounding import agrees
from rt_grasp_ros.language.refinement import is_obeyed, load_follow_ups
from rt_grasp_ros.language.vocabulary import load_vocabulary
from rt_grasp_ros.language.wordings import load_wordings

VOCABULARY = load_vocabulary()


def dialogues(count):
    rng = np.random.default_rng(0)
    for _ in range(count):
        parts = random_parts(rng)
        yield parts, draw_dialogue(parts, VOCABULARY, rng)


def named_refinement(command):
    """The one whose phrase a command holds, the longest if several do."""
    fits = [
        (len(phrase), refinement.name)
        for refinement in load_follow_ups().refinements.values()
        for phrase in refinement.phrases
        if phrase.removeprefix(f"{load_wordings().leading_verb(phrase)} ") in command
    ]
    return load_follow_ups().refinements[max(fits)[1]]


def test_a_follow_up_changes_the_earlier_answer_as_asked():
    rng = np.random.default_rng(1)
    refined = 0
    for parts, first in dialogues(600):
        then = draw_follow_up(first, parts, VOCABULARY, rng)
        assert len(then.history) == 1
        earlier = parse_answer(then.history[0].answer, 640, 480).rectangle
        answer = parse_answer(then.answer, 640, 480)
        if not then.is_recalled:
            assert then.history[0].answer == first.answer
            continue
        refined += 1
        refinement = named_refinement(then.command)
        assert is_obeyed(refinement, earlier, answer.rectangle)
        assert agrees(answer.reasoning, then.rectangle)
    assert refined > 200


def test_what_was_answered_before_is_not_the_label():
    rng = np.random.default_rng(2)
    for parts, first in dialogues(200):
        then = draw_follow_up(first, parts, VOCABULARY, rng)
        if then.is_recalled:
            assert then.history[0].answer != first.answer
            assert then.rectangle.x_px == pytest.approx(first.rectangle.x_px, abs=80)
