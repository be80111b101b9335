import numpy as np
import pytest
from pictures import random_parts

from rt_grasp_ros.data.dialogues import (
    MIN_VISIBLE_FRACTION,
    draw_dialogue,
    draw_follow_up,
)
from rt_grasp_ros.language.answer import parse_answer
from rt_grasp_ros.language.grounding import agrees
from rt_grasp_ros.language.refinement import is_obeyed, load_follow_ups
from rt_grasp_ros.language.vocabulary import load_vocabulary
from rt_grasp_ros.language.wordings import load_wordings

VOCABULARY = load_vocabulary()


def dialogues(count=1500):
    rng = np.random.default_rng(0)
    for _ in range(count):
        parts = random_parts(rng)
        yield parts, draw_dialogue(parts, VOCABULARY, rng)


def test_reasoning_and_numbers_agree_in_every_sample():
    for _, dialogue in dialogues():
        if dialogue.part is None:
            continue
        answer = parse_answer(dialogue.answer, 640, 480)
        assert answer.rectangle is not None
        assert agrees(answer.reasoning, dialogue.part.rectangle)
        assert VOCABULARY.objects[dialogue.part.object_name].names[0] in answer.reasoning


def test_a_refusal_is_about_something_absent():
    refusals = 0
    for parts, dialogue in dialogues():
        if dialogue.part is not None or not parts:
            continue
        refusals += 1
        answer = parse_answer(dialogue.answer, 640, 480)
        assert answer.rectangle is None
        for name in {part.object_name for part in parts}:
            for called in VOCABULARY.objects[name].names:
                assert f" a {called} here" not in answer.reasoning
                assert f" no {called} in" not in answer.reasoning
    assert refusals > 200


def test_hidden_parts_are_not_asked_for():
    shown = [d.part.visible_fraction for _, d in dialogues() if d.part is not None]
    assert min(shown) >= MIN_VISIBLE_FRACTION


def test_a_command_by_name_alone_means_the_default_part():
    for _, dialogue in dialogues():
        if dialogue.part is None or dialogue.part.is_default or not dialogue.names_part:
            continue
        words = VOCABULARY.objects[dialogue.part.object_name].parts[dialogue.part.part_name]
        assert any(name in dialogue.command for name in words.names)


def test_a_colour_or_shape_means_one_object_only():
    asked = 0
    for parts, dialogue in dialogues():
        if dialogue.part is None or dialogue.names_part:
            continue
        asked += 1
        words = set(dialogue.command.replace(",", " ").split())
        own = VOCABULARY.objects[dialogue.part.object_name]
        others = [part for part in parts if part.object_name != dialogue.part.object_name]
        if dialogue.part.colour_name in words:
            assert all(part.colour_name != dialogue.part.colour_name for part in others)
        else:
            (look,) = [look for look in own.looks if f" {look} " in f"{dialogue.command} "]
            assert all(look not in VOCABULARY.objects[p.object_name].looks for p in others)
    assert asked > 100


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
