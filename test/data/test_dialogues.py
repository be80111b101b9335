import numpy as np
from pictures import random_parts, with_nameless

from rt_grasp_ros.data.dialogues import (
    MIN_VISIBLE_FRACTION,
    Sought,
    draw_dialogue,
)
from rt_grasp_ros.language.answer import parse_answer
from rt_grasp_ros.language.codec import GraspNumbers
from rt_grasp_ros.language.grounding import agrees
from rt_grasp_ros.language.vocabulary import load_vocabulary

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


def test_a_second_name_is_as_often_said_of_what_is_there_as_of_what_is_not():
    there, absent = 0, 0
    for _, dialogue in dialogues(4000):
        if dialogue.sought is Sought.PART and "coffee mug" in dialogue.command:
            there, absent = there + (dialogue.part is not None), absent + (dialogue.part is None)
    assert there > absent > 10


def test_of_a_noun_that_is_not_known_the_answer_says_so_and_does_not_repeat_it():
    answers = set()
    for _, dialogue in dialogues():
        if dialogue.answer.removesuffix(" No grasp.") in VOCABULARY.unknown_absent_answers:
            answers.add(dialogue.answer)
            assert dialogue.rectangle is None
    assert len(answers) == len(VOCABULARY.unknown_absent_answers)


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
        uses_noun = "word" in dialogue.answer and dialogue.rectangle is not None
        if dialogue.part is None or dialogue.part.object_name not in VOCABULARY.nameless:
            assert not uses_noun
            continue
        assert uses_noun == (dialogue.sought is Sought.PART)
        if not uses_noun:
            continue
        nouns += 1
        reasoning, _ = GraspNumbers.find_in(dialogue.answer)
        assert agrees(reasoning, dialogue.part.rectangle)
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
