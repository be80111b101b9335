import copy

import numpy as np
import pytest
from cornell_pictures import write_pictures

from rt_grasp_ros.data.consistency import row_problems
from rt_grasp_ros.data.conversation_row import to_row
from rt_grasp_ros.data.reasoning import load_reasoning
from rt_grasp_ros.data.recorded_things import thing_in
from rt_grasp_ros.data.thing_dialogues import Words, draw_turns
from rt_grasp_ros.language.refinement import load_follow_ups
from rt_grasp_ros.language.vocabulary import load_vocabulary

WORDS = Words(load_reasoning(), load_vocabulary(), load_follow_ups())


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    (picture,) = write_pictures(tmp_path_factory.mktemp("pictures"), 1)
    thing = thing_in(picture, WORDS.templates, WORDS.vocabulary)
    drawn = [draw_turns([thing], ["banana"], WORDS, np.random.default_rng(s)) for s in range(80)]
    made = [to_row("1", "a.jpg", (224, 224), turns, "test", "") for turns in drawn]
    assert all(row_problems(row) == [] for row in made)
    return made


def spoil(rows, old, new, kind=None, turn=0):
    """Change a piece of an answer in every row that has it, and return what is found wrong."""
    found = []
    for row in rows:
        if len(row["turns"]) <= turn or (kind and row["turns"][turn]["kind"] != kind):
            continue
        other = copy.deepcopy(row)
        said = other["conversations"][2 * turn + 1]
        if old in said["value"]:
            said["value"] = said["value"].replace(old, new)
            found.append(row_problems(other))
    assert found
    return found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("in the middle", "on the left"),
        ("from bottom to top", "from left to right"),
        ("halfway along its length", "towards its left end"),
        ("towards its left end", "towards its right end"),
        ("stretches from its left to its right", "stretches from its lower to its upper side"),
        ("theta 0.500", "theta 0.480"),
        (" w 0.", " w 0.9"),
    ],
)
def test_a_text_or_number_that_is_not_the_labels_is_found(rows, old, new):
    assert all(spoil(rows, old, new))


def test_an_answer_that_does_not_name_the_object_is_found(rows):
    assert all(spoil(rows, "marker", "pencil", kind="name"))


def test_a_refusal_of_what_is_there_is_found(rows):
    refused = [row for row in rows if row["turns"][0]["kind"] == "absent"]
    assert refused
    for row in refused:
        other = copy.deepcopy(row)
        other["grasps"] = rows[0]["grasps"] or rows[1]["grasps"]
        assert row_problems(other)
        assert spoil([row], "banana", "cherry")[0]


def test_a_refinement_that_is_not_obeyed_is_found(rows):
    changed = [
        row
        for row in rows
        if len(row["turns"]) > 1 and row["turns"][1]["kind"] in WORDS.follow_ups.refinements
    ]
    assert changed
    for row in changed:
        other = copy.deepcopy(row)
        other["conversations"][3]["value"] = other["conversations"][1]["value"]
        assert row_problems(other)


def test_turns_out_of_order_are_found(rows):
    other = copy.deepcopy(rows[0])
    other["conversations"].reverse()
    assert row_problems(other)
    other = copy.deepcopy(rows[0])
    other["conversations"][0]["value"] = "grasp the marker"
    assert row_problems(other)
