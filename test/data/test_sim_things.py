import numpy as np
import pytest
from pictures import random_parts, with_nameless

from rt_grasp_ros.data.consistency import row_problems
from rt_grasp_ros.data.conversation_row import to_row
from rt_grasp_ros.data.reasoning import (
    REQUIRED_FIELDS,
    load_part_templates,
    load_reasoning,
    template_problems,
)
from rt_grasp_ros.data.sim_things import absent_from, things_of
from rt_grasp_ros.data.thing_dialogues import Words, draw_turns
from rt_grasp_ros.language.refinement import load_follow_ups
from rt_grasp_ros.language.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
WORDS = Words(load_reasoning(), VOCABULARY, load_follow_ups())


def test_every_part_of_the_vocabulary_has_several_templates():
    templates = load_part_templates()
    assert tuple(templates) == VOCABULARY.part_types
    assert all(len(some) >= 2 for some in templates.values())


@pytest.mark.parametrize("pair", VOCABULARY.part_types)
def test_every_template_keeps_the_rules(pair):
    for template in load_part_templates()[pair]:
        assert template_problems(template) == []
        assert all(f"{{{name}}}" in template for name in REQUIRED_FIELDS)
        assert "{extent}" not in template and "{why}" not in template


def test_every_row_about_parts_holds_together():
    rng = np.random.default_rng(0)
    kinds = set()
    for _ in range(300):
        parts = random_parts(rng)
        things = things_of(parts, VOCABULARY, rng)
        if not things:
            continue
        turns = draw_turns(things, absent_from(parts, VOCABULARY, True), WORDS, rng)
        row = to_row("1", "a.jpg", (640, 480), turns, "sim", "")
        assert row_problems(row) == []
        kinds |= {turn.kind for turn in turns}
    wanted = {"name", "color", "shape", "purpose", "part", "absent", "named_part", "other_object"}
    assert wanted <= kinds


def test_a_command_without_a_part_means_the_usual_one():
    rng = np.random.default_rng(1)
    for _ in range(200):
        parts = random_parts(rng)
        for thing in things_of(parts, VOCABULARY, rng):
            own = [part for part in parts if part.object_name == thing.object_id]
            usual = [part for part in own if part.is_default and part.visible_fraction >= 0.4]
            if usual:
                words = VOCABULARY.objects[thing.object_id].parts[usual[0].part_name]
                assert thing.parts[thing.usual] == words.names[0]


def test_beside_a_hidden_object_nothing_is_asked_for_by_looks():
    rng = np.random.default_rng(2)
    hidden = 0
    for _ in range(200):
        parts = random_parts(rng)
        things = things_of(parts, VOCABULARY, rng)
        if len(things) < len({part.object_name for part in parts}):
            hidden += 1
            assert all(set(thing.phrases) <= {"name", "color and name"} for thing in things)
    assert hidden > 10


def test_what_is_hidden_is_not_called_absent():
    parts = random_parts(np.random.default_rng(3))
    names = {VOCABULARY.objects[part.object_name].names[0] for part in parts}
    assert not names & set(absent_from(parts, VOCABULARY, True))


def test_things_without_a_name_are_left_out_and_nothing_else_is_said_to_be_absent():
    rng = np.random.default_rng(5)
    parts = with_nameless(random_parts(rng), rng, 1)
    assert all(thing.object_id in VOCABULARY.objects for thing in things_of(parts, VOCABULARY, rng))
    known = {words.names[0] for words in VOCABULARY.objects.values()}
    assert set(absent_from(parts, VOCABULARY, known_only=False)) <= known
