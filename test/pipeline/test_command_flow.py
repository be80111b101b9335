"""The flow of a command, without ROS: what is answered, and every way in which it fails."""

import numpy as np
import pytest
from flow_surroundings import Surroundings, answer_at, run

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import ExecutorUnavailable, NoImage
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.grasp.trained_view import TrainedView
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.memory import DialogueMemory
from rt_grasp_ros.pipeline.command_flow import CommandFlow
from rt_grasp_ros.pipeline.command_outcome import CommandOutcome, CommandRequest


def test_the_best_scored_answer_comes_first_with_its_own_reasoning():
    surroundings = Surroundings([answer_at(158, 0.2, "worse"), answer_at(160, 0.9, "better")])
    outcome = run(surroundings, max_candidates=2)
    assert outcome.error_code is ErrorCode.OK, outcome.error_message
    assert [c.reasoning for c in outcome.candidates] == ["better", "worse"]
    assert outcome.reasoning == "better"
    assert len(surroundings.shown) == 1


def test_an_absent_object_is_shown_without_candidates():
    surroundings = Surroundings([Answer("There is none.", None, 0.9)])
    outcome = run(surroundings)
    assert outcome.error_code is ErrorCode.OBJECT_NOT_FOUND
    assert outcome.reasoning == "There is none."
    assert surroundings.shown == [[]]


def test_a_failure_keeps_what_was_found_before_it(monkeypatch):
    surroundings = Surroundings([answer_at(160, 0.9)])

    def fail(frame, outcome, on_verdicts):
        raise ExecutorUnavailable("It is gone; start it.")

    surroundings.execute = fail
    outcome = run(surroundings, execute=True)
    assert (outcome.error_code, outcome.error_message) == (
        ErrorCode.EXECUTOR_UNAVAILABLE,
        "It is gone; start it.",
    )
    assert outcome.candidates and "execution" in outcome.stages_s


def test_a_failing_camera_ends_the_command_before_the_model():
    surroundings = Surroundings([])

    def fail():
        raise NoImage("There is no picture; start the camera.")

    surroundings.take_frame = fail
    outcome = run(surroundings)
    assert outcome.error_code is ErrorCode.NO_IMAGE
    assert list(outcome.stages_s) == ["frame"]


def test_a_defect_is_reported_as_one_and_the_next_command_is_answered():
    surroundings = Surroundings([])
    flow = CommandFlow(surroundings, Gripper(), lambda: "plane", DialogueMemory())
    outcome = flow.run(CommandRequest("grasp the box"))  # no answer at all: an engine's defect
    assert outcome.error_code is ErrorCode.INTERNAL
    assert "IndexError" in outcome.error_message
    surroundings.answers = [answer_at(160, 0.9)]
    assert flow.run(CommandRequest("grasp the box")).error_code is ErrorCode.OK


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"command": ""}, ErrorCode.COMMAND_EMPTY),
        ({"command": "grasp " * 100}, ErrorCode.COMMAND_TOO_LONG),
        ({"command": "grasp\0it"}, ErrorCode.COMMAND_NOT_TEXT),
        ({"max_candidates": 0}, ErrorCode.REQUEST_INVALID),
        ({"max_candidates": 17}, ErrorCode.REQUEST_INVALID),
        ({"dialogue_id": "none such"}, ErrorCode.DIALOGUE_UNKNOWN),
    ],
)
def test_a_bad_request_is_refused_before_anything_is_done(fields, code):
    outcome = run(Surroundings([]), **fields)
    assert outcome.error_code is code
    assert not outcome.stages_s
    assert not outcome.dialogue_id


def test_a_wide_view_is_asked_about_as_the_model_was_trained_and_absence_is_not_claimed():
    surroundings = Surroundings([Answer("There is none.", None, 0.9)])
    asked = []

    def ask_model(image_rgb, command, max_candidates, history):
        asked.append(image_rgb.shape)
        return surroundings.answers

    surroundings.ask_model = ask_model
    # The box's picture shows 0.75 x 0.56 m from 0.7 m; this model knows but a third of that.
    trained = TrainedView(320, 240, 900.0, 0.7, scale_within=0.12, slant_within_deg=13.0)
    flow = CommandFlow(surroundings, Gripper(), lambda: "plane", DialogueMemory(), lambda: trained)
    outcome = flow.run(CommandRequest("grasp the box"))
    assert 2 <= len(asked) <= 8
    assert set(asked) == {(240, 320, 3)}
    assert outcome.error_code is ErrorCode.ABSENCE_UNSURE
    assert "more of the table than was looked at" in outcome.error_message


def test_a_table_that_is_not_where_tf_has_it_is_said():
    tilted = Plane(np.array([0.0, -0.8, -0.6]), 0.5, noise_m=0.0)
    flow = CommandFlow(
        Surroundings([answer_at(160, 0.9)]),
        Gripper(),
        lambda: "plane",
        DialogueMemory(),
        known_table=lambda frame: tilted,
    )
    outcome = flow.run(CommandRequest("grasp the box"))
    assert outcome.error_code is ErrorCode.NO_SUPPORT_PLANE
    assert "TF" in outcome.error_message


def test_where_the_table_is_known_to_be_is_asked_once_a_command():
    asked = []
    flow = CommandFlow(
        Surroundings([answer_at(160, 0.9)]),
        Gripper(),
        lambda: "plane",
        DialogueMemory(),
        known_table=lambda frame: asked.append(frame),
    )
    flow.run(CommandRequest("grasp the box on the left", max_candidates=4))
    assert len(asked) == 1


def test_sixteen_candidates_are_the_most():
    surroundings = Surroundings([answer_at(160, 0.9)])
    assert run(surroundings, max_candidates=16).error_code is ErrorCode.OK


def test_nothing_is_held_or_executed_until_it_was():
    outcome = CommandOutcome("grasp the box")
    assert outcome.error_code is ErrorCode.OK
    assert not outcome.held and not outcome.executed
