import numpy as np
import pytest
from pictures import random_parts, with_nameless

from rt_grasp_ros.data.dialogues import (
    MIN_VISIBLE_FRACTION,
    Sought,
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
        if dialogue.part is None or dialogue.part.is_default or dialogue.sought is not Sought.PART:
            continue
        words = VOCABULARY.objects[dialogue.part.object_name].parts[dialogue.part.part_name]
        assert any(name in dialogue.command for name in words.names)


def test_a_colour_or_shape_means_one_object_only():
    asked = 0
    for parts, dialogue in dialogues():
        if dialogue.part is None or dialogue.sought is Sought.PART:
            continue
        asked += 1
        words = set(dialogue.command.replace(",", " ").split())
        assert (dialogue.sought is Sought.COLOUR) == (dialogue.part.colour_name in words)
        own = VOCABULARY.objects[dialogue.part.object_name]
        others = [part for part in parts if part.object_name != dialogue.part.object_name]
        if dialogue.part.colour_name in words:
            assert all(part.colour_name != dialogue.part.colour_name for part in others)
        else:
            (look,) = [look for look in own.looks if f" {look} " in f"{dialogue.command} "]
            assert all(look not in VOCABULARY.objects[p.object_name].looks for p in others)
    assert asked > 100


def nameless_dialogues(count, kinds):
    rng = np.random.default_rng(3)
    for _ in range(count):
        parts = with_nameless(random_parts(rng), rng, kinds)
        yield parts, draw_dialogue(parts, VOCABULARY, rng)


def test_a_noun_for_nothing_in_view_means_the_only_thing_without_a_name():
    nouns = 0
    for _, dialogue in nameless_dialogues(1500, 1):
        uses_noun = "what a" in dialogue.answer or "no name for a" in dialogue.answer
        if dialogue.part is None or dialogue.part.object_name not in VOCABULARY.nameless:
            assert not uses_noun
            continue
        assert uses_noun == (dialogue.sought is Sought.PART)
        if not uses_noun:
            continue
        nouns += 1
        assert any(noun in dialogue.command for noun in VOCABULARY.absent_nouns)
        answer = parse_answer(dialogue.answer, 640, 480)
        assert agrees(answer.reasoning, dialogue.part.rectangle)
    assert nouns > 100


def test_of_two_things_without_a_name_one_is_meant_by_colour_or_looks_only():
    described = 0
    for parts, dialogue in nameless_dialogues(800, 2):
        if dialogue.part is None or dialogue.part.object_name not in VOCABULARY.nameless:
            continue
        described += 1
        assert dialogue.sought in (Sought.COLOUR, Sought.LOOKS)
        if dialogue.sought is Sought.COLOUR:
            colours = [part.colour_name for part in parts if part.is_default]
            assert colours.count(dialogue.part.colour_name) == 1
    assert described > 50


def test_beside_a_thing_without_a_name_only_known_objects_are_said_to_be_absent():
    known = [name for words in VOCABULARY.objects.values() for name in words.names]
    refusals = 0
    for _, dialogue in nameless_dialogues(500, 1):
        if dialogue.rectangle is None and " object" not in dialogue.answer:
            refusals += 1
            assert any(f"{name} " in dialogue.answer for name in known), dialogue.answer
    assert refusals > 50


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
