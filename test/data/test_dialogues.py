import numpy as np
from pictures import random_parts

from rt_grasp_ros.data.dialogues import MIN_VISIBLE_FRACTION, draw_dialogue
from rt_grasp_ros.language.answer import parse_answer
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


def test_hidden_parts_are_not_asked_for():
    shown = [d.part.visible_fraction for _, d in dialogues() if d.part is not None]
    assert min(shown) >= MIN_VISIBLE_FRACTION


def test_a_command_by_name_alone_means_the_default_part():
    for _, dialogue in dialogues():
        if dialogue.part is None or dialogue.part.is_default:
            continue
        words = VOCABULARY.objects[dialogue.part.object_name].parts[dialogue.part.part_name]
        assert any(name in dialogue.command for name in words.names)
