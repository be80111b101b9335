import numpy as np
import pytest
from labels import part_label

from rt_grasp_ros.evaluate.commands import (
    Asking,
    Phrasing,
    draw_absent_command,
    draw_command,
    visible_labels,
)
from rt_grasp_ros.language.unseen_commands import load_unseen_commands
from rt_grasp_ros.language.vocabulary import load_vocabulary

pytestmark = pytest.mark.sim

SCENE = [
    part_label("mug", "handle", part_id=1),
    part_label("mug", "rim", default=False, part_id=2),
    part_label("apple", "body", index=1, colour="red", part_id=3),
    part_label("screwdriver", "handle", index=2, colour="blue", part_id=4),
    part_label("screwdriver", "shaft", index=2, colour="blue", default=False, part_id=5),
]


def drawn(asking, phrasing=Phrasing.PLAIN, labels=SCENE, objects=(), count=60):
    rng = np.random.default_rng(0)
    return [draw_command(labels, asking, phrasing, rng, objects) for _ in range(count)]


def test_only_what_is_seen_in_the_picture_can_be_meant():
    visible = part_label()
    hidden, outside = part_label(visible=0.1), part_label(x_px=700.0)
    assert visible_labels([hidden, visible, outside]) == [visible]
    assert drawn(Asking.NAME, labels=[hidden, outside], count=1) == [None]


def test_a_command_by_name_means_the_default_part():
    commands = drawn(Asking.NAME)
    assert all(command.label.is_default for command in commands)
    assert {c.text for c in commands} == {
        "grasp the mug",
        "grasp the apple",
        "grasp the screwdriver",
    }


def test_a_command_by_part_says_it():
    texts = {(c.text, c.label.part_name) for c in drawn(Asking.PART)}
    assert ("grasp the mug by its rim", "rim") in texts
    assert ("grasp the screwdriver by its shaft", "shaft") in texts
    assert len(texts) == 5


@pytest.mark.parametrize(
    ("asking", "meant"),
    [
        (Asking.COLOUR, {("grasp the blue object", "screwdriver")}),
        (
            Asking.SHAPE,
            {
                ("grasp the hollow object", "mug"),
                ("grasp the round object", "apple"),
                ("grasp the long object", "screwdriver"),
            },
        ),
    ],
)
def test_a_description_fits_one_object_alone(asking, meant):
    assert {(c.text, c.label.object_name) for c in drawn(asking)} == meant


def test_a_description_that_fits_two_objects_is_not_asked():
    twins = [SCENE[0], part_label("apple", "body", index=1)]
    assert drawn(Asking.COLOUR, labels=twins, count=1) == [None]


def test_held_out_objects_are_asked_for_in_words_of_their_own():
    labels = [*SCENE, part_label("lemon", "body", index=3, colour="yellow", part_id=6)]
    for asking, text in {
        Asking.NAME: "grasp the lemon",
        Asking.COLOUR: "grasp the yellow object",
    }.items():
        assert {c.text for c in drawn(asking, labels=labels, objects=("lemon",))} == {text}
    # "round" and "to eat as a fruit" mean the apple too.
    assert drawn(Asking.SHAPE, labels=labels, objects=("lemon",), count=1) == [None]
    assert drawn(Asking.PURPOSE, labels=labels, objects=("lemon",), count=1) == [None]


@pytest.mark.parametrize("asking", [Asking.NAME, Asking.PART, Asking.SHAPE])
def test_phrasings_differ_in_the_template_alone(asking):
    trained = drawn(asking, Phrasing.TRAINED)
    unseen = drawn(asking, Phrasing.UNSEEN)
    assert [c.label for c in trained] == [c.label for c in unseen]
    assert not {c.text for c in trained} & {c.text for c in unseen}


def test_every_unseen_template_can_be_filled():
    for asking in Asking:
        wanted = len(load_unseen_commands().templates[asking])
        starts = {c.text[:8] for c in drawn(asking, Phrasing.UNSEEN, count=200)}
        assert len(starts) >= wanted - 1


def test_absent_objects_are_asked_for_by_name_or_part():
    rng = np.random.default_rng(0)
    words = load_vocabulary().objects["hammer"]
    parts = [name for part in words.parts.values() for name in part.names]
    for _ in range(40):
        assert "hammer" in draw_absent_command("hammer", Asking.NAME, rng)
        by_part = draw_absent_command("hammer", Asking.PART, rng)
        assert any(part in by_part for part in parts)
