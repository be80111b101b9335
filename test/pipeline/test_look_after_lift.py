"""The question after the lift: asked with a new picture, reported where the fingers disagree."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import ModelTimeout, NoImage
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.pointed import Pointed
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.memory import DialogueMemory
from rt_grasp_ros.language.target import Target
from rt_grasp_ros.language.yes_no import YesNoQuestion
from rt_grasp_ros.pipeline.caller import Caller
from rt_grasp_ros.pipeline.command_flow import CommandFlow
from rt_grasp_ros.pipeline.command_outcome import CommandRequest, Execution
from rt_grasp_ros.pipeline.look_after_lift import disagreement, held_picture

MUG = Target("mug")
WORDS = "It stands in the middle."


def frame(shade):
    depth_m = np.full((240, 320), 0.7, np.float32)
    depth_m[80:160, 151:169] = 0.65
    rgb = np.full((240, 320, 3), shade, np.uint8)
    return RgbdFrame(rgb, depth_m, Intrinsics(300.0, 300.0, 159.5, 119.5, 320, 240), "camera", 0)


class Surroundings:
    """An arm and a model that points, confirms each grasp, and says what is given of the lift."""

    def __init__(self, after_lift, execution):
        self.after_lift, self.execution = after_lift, execution
        self.questions, self.frames = [], 0

    def take_frame(self):
        self.frames += 1
        return frame(80 * self.frames)

    def ask_model(self, image_rgb, command, max_candidates, history):
        if not isinstance(command, YesNoQuestion):
            rectangle = GraspRectangle(160, 120, 0, 40, 20, 320, 240)
            return [Answer(WORDS, rectangle, 1.0, target=MUG, places=(Pointed(160.0, 120.0),))]
        self.questions.append((str(command), int(image_rgb[-1, -1, 0])))
        if "in its gripper now" not in str(command):
            return [Answer("Yes.", None, 1.0)]
        if isinstance(self.after_lift, Exception):
            raise self.after_lift
        return [Answer(self.after_lift, None, 1.0)]

    def show(self, frame, outcome):
        """Nobody watches."""

    def execute(self, frame, outcome, on_verdicts):
        return self.execution


HELD = Execution(ErrorCode.OK, "", True, True, {})
LOST = Execution(ErrorCode.NOT_HELD, "The fingers closed to 0.0 mm.", False, True, {})
NO_WAY = Execution(ErrorCode.MOTION_TIMEOUT, "It takes too long.", False, True, {})


def run(after_lift, execution=HELD, verify=True, on_stage=lambda stage: None):
    surroundings = Surroundings(after_lift, execution)
    flow = CommandFlow(
        surroundings, Gripper(), lambda: "plane", DialogueMemory(), verify=lambda: verify
    )
    request = CommandRequest("grasp the mug", execute=True)
    return flow.run(request, Caller(on_stage)), surroundings


def test_the_model_is_shown_a_picture_of_after_the_lift():
    outcome, surroundings = run("Yes, it hangs there.")
    (_, before), (asked, after) = surroundings.questions
    assert (before, after) == (80, 160)
    assert "in its gripper now" in asked
    assert "mug" in asked
    assert "look_after_lift" in outcome.stages_s


def test_the_caller_is_told_that_the_model_looks_after_the_lift():
    stages = []
    run("Yes, it hangs there.", on_stage=stages.append)
    assert [stage.name for stage in stages[-2:]] == ["EXECUTION", "LOOK_AFTER_LIFT"]
    assert stages[-1].text == "Looking at what is in the gripper ..."
    stages.clear()
    run("Yes, it hangs there.", NO_WAY, on_stage=stages.append)
    assert stages[-1].name == "EXECUTION"


@pytest.mark.parametrize(
    ("words", "execution", "said"),
    [
        ("No, it lies on the table.", HELD, "hold something, but the model does not see the mug"),
        ("Yes, it hangs there.", LOST, "hold nothing, but the model sees the mug"),
    ],
)
def test_a_disagreement_is_said_and_changes_nothing_else(words, execution, said):
    outcome, _ = run(words, execution)
    assert said in outcome.reasoning
    assert words in outcome.reasoning
    assert outcome.held is execution.held
    assert (outcome.error_code, outcome.error_message) == (
        execution.error_code,
        execution.error_message,
    )


@pytest.mark.parametrize(
    ("words", "execution"),
    [
        ("Yes.", HELD),
        ("No.", LOST),
        ("I can't see the gripper.", HELD),
        (ModelTimeout("It takes too long."), HELD),
        (NoImage("No picture came."), HELD),
    ],
)
def test_agreement_silence_and_failures_say_nothing(words, execution):
    outcome, _ = run(words, execution)
    assert "By their width" not in outcome.reasoning
    assert (outcome.error_code, outcome.held) == (execution.error_code, execution.held)


@pytest.mark.parametrize(("execution", "verify"), [(NO_WAY, True), (HELD, False)])
def test_it_is_asked_after_a_lift_alone_and_where_verify_is_on(execution, verify):
    outcome, surroundings = run("No.", execution, verify)
    assert surroundings.frames == 1
    assert "By their width" not in outcome.reasoning


def test_large_pictures_are_shown_smaller():
    assert held_picture(np.zeros((1080, 1920, 3), np.uint8)).shape == (562, 1000, 3)
    assert held_picture(np.zeros((480, 640, 3), np.uint8)).shape == (480, 640, 3)


def test_what_is_quoted_is_short():
    assert len(disagreement(MUG, True, "No, " + "x" * 1000)) < 450


def test_a_picture_of_a_thousand_pixels_is_shown_as_it_is():
    picture = np.zeros((800, 1000, 3), np.uint8)
    assert held_picture(picture) is picture
    assert held_picture(np.zeros((1500, 2000, 3), np.uint8)).shape == (750, 1000, 3)
