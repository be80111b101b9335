from dataclasses import replace
from pathlib import Path

import pytest
from recorded_pictures import SIDE_PX, LabelPredictor, bar_label

from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.evaluate.picture_trial import Outcome, command_of, labelled, run_trials
from rt_grasp_ros.grasp.errors import DataInvalid
from rt_grasp_ros.language.grounding import Grounding

LABEL = bar_label(60.0, 60.0, 0.4)
PICTURE = GraspPicture(
    "1", "1", "pen", Path("a.png"), None, SIDE_PX, SIDE_PX, (LABEL,), (), {"name": "Take it."}
)


@pytest.mark.parametrize(
    ("behaviour", "outcome", "hits", "grounding"),
    [
        ("right", Outcome.GRASP, True, Grounding.AGREES),
        ("contradicting", Outcome.GRASP, True, Grounding.CONTRADICTS),
        ("elsewhere", Outcome.GRASP, False, Grounding.SILENT),
        ("refused", Outcome.REFUSED, False, None),
        ("garbled", Outcome.GARBLED, False, None),
    ],
)
def test_each_answer_is_judged(behaviour, outcome, hits, grounding):
    (trial,) = run_trials([PICTURE], "name", LabelPredictor(pen=behaviour))
    assert trial.outcome is outcome
    assert trial.is_hit == hits
    assert trial.grounding is grounding
    assert (trial.verdict is None) == (trial.rectangle is None) == (outcome != Outcome.GRASP)
    assert trial.command == "Take it."
    assert trial.text
    assert trial.seconds >= 0


def test_things_without_a_sentence_are_asked_for_by_name():
    assert command_of(PICTURE, "name") == "Take it."
    assert command_of(replace(PICTURE, instructions={}), "name") == "Grasp the pen."
    nameless = replace(PICTURE, instructions={}, object_name="")
    assert command_of(nameless, "name") == "Grasp the object."
    assert command_of(PICTURE, "color") is None


def test_only_labelled_pictures_are_judged():
    bare = replace(PICTURE, rectangles=())
    assert labelled([bare, PICTURE, bare], "name") == [PICTURE]
    with pytest.raises(DataInvalid, match="labelled split"):
        labelled([bare], "name")
    with pytest.raises(DataInvalid, match="by shape"):
        labelled([PICTURE], "shape")


def test_commands_by_part_are_judged_by_that_parts_labels_alone():
    cap, other = (replace(LABEL, x_px=x_px) for x_px in (100.0, 140.0))
    sentences = ("Grasp the cap.", "Grasp the middle.", "Grasp the cap.", "")
    picture = replace(PICTURE, rectangles=(cap, LABEL, other, LABEL), part_instructions=sentences)
    of_cap, of_middle = labelled([picture], "part")
    assert command_of(of_cap, "part") == "Grasp the cap."
    assert of_cap.rectangles == (cap, other)
    assert of_middle.rectangles == (LABEL,)
    with pytest.raises(DataInvalid, match="by part"):
        labelled([PICTURE], "part")
