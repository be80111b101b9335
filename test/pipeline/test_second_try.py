"""The second try after fingers that hold nothing: by a new picture, once, and after that alone."""

import numpy as np
import pytest
from flow_surroundings import INTRINSICS, Surroundings, answer_at, flow_of, run

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.pipeline.command_outcome import CommandRequest, Execution


class Slippery(Surroundings):
    """Holds nothing as often as told; each picture shows the box 20 px further to the right."""

    def __init__(self, *executions):
        super().__init__([])
        self.executions = list(executions)
        self.pictures = 0

    def take_frame(self):
        self.pictures += 1
        x_px = 140 + 20 * self.pictures
        depth_m = np.full((240, 320), 0.7, np.float32)
        depth_m[80:160, x_px - 9 : x_px + 9] = 0.65
        self.answers = [answer_at(x_px, 0.9, f"picture {self.pictures}")]
        return RgbdFrame(np.zeros((240, 320, 3), np.uint8), depth_m, INTRINSICS, "camera", 0)

    def execute(self, frame, outcome, on_verdicts):
        super().execute(frame, outcome, on_verdicts)
        return self.executions.pop(0)


NOTHING_HELD = Execution(ErrorCode.NOT_HELD, "It holds nothing.", False, True, {"closing": 0.5})
HELD = Execution(ErrorCode.OK, "", True, True, {"closing": 0.25})


def test_where_nothing_is_held_it_looks_again_and_takes_what_it_sees_now():
    surroundings = Slippery(NOTHING_HELD, HELD)
    outcome = run(surroundings, execute=True)
    assert (outcome.error_code, outcome.held, outcome.executed) == (ErrorCode.OK, True, True)
    assert surroundings.executed == [["picture 1"], ["picture 2"]]
    assert outcome.candidates[0].grasp.rectangle.x_px == 180
    assert outcome.reasoning == "The fingers held nothing, so I looked again. picture 2"
    assert outcome.stages_s["execution/closing"] == 0.75


def test_it_looks_again_once():
    surroundings = Slippery(NOTHING_HELD, NOTHING_HELD, HELD)
    outcome = run(surroundings, execute=True)
    assert surroundings.pictures == 2
    assert (outcome.error_code, outcome.held) == (ErrorCode.NOT_HELD, False)


@pytest.mark.parametrize(
    "first",
    [
        HELD,
        Execution(ErrorCode.NOT_HELD, "It holds nothing.", False, False, {}),  # nothing moved
        Execution(ErrorCode.MOTION_TIMEOUT, "It takes too long.", True, True, {}),
        Execution(ErrorCode.CONTROLLER_FAILED, "It failed.", False, True, {}),
        Execution(ErrorCode.CANCELLED, "It was cancelled.", False, True, {}),
    ],
    ids=lambda one: f"{one.error_code.name}, moved: {one.executed}",
)
def test_after_any_other_end_it_does_not(first):
    surroundings = Slippery(first, HELD)
    outcome = run(surroundings, execute=True)
    assert surroundings.pictures == 1
    assert outcome.error_code is first.error_code


def test_where_a_second_look_comes_to_nothing_the_first_end_stays():
    surroundings = Slippery(NOTHING_HELD)
    first_look = surroundings.take_frame

    def take_frame():
        frame = first_look()
        if surroundings.pictures == 2:
            surroundings.answers = [Answer("It is gone.", None, 0.9)]
        return frame

    surroundings.take_frame = take_frame
    outcome = run(surroundings, execute=True)
    assert (outcome.error_code, outcome.error_message) == (
        ErrorCode.NOT_HELD,
        "It holds nothing.",
    )
    assert (outcome.executed, outcome.held) == (True, False)
    assert outcome.reasoning == "picture 1"
    assert outcome.candidates[0].grasp.rectangle.x_px == 160


def test_a_command_that_is_cancelled_before_its_second_look_does_not_move_again():
    surroundings = Slippery(NOTHING_HELD, HELD)
    flow = flow_of(surroundings)
    execute = surroundings.execute

    def then_cancel(*arguments):
        execution = execute(*arguments)
        flow.cancel()
        return execution

    surroundings.execute = then_cancel
    outcome = flow.run(CommandRequest("grasp the box", execute=True))
    assert len(surroundings.executed) == 1
    assert (outcome.error_code, outcome.executed) == (ErrorCode.CANCELLED, True)


def test_two_looks_are_one_turn_of_the_dialogue():
    surroundings = Slippery(NOTHING_HELD, HELD)
    flow = flow_of(surroundings)
    dialogue_id = flow.run(CommandRequest("grasp the box", execute=True)).dialogue_id
    outcome = flow.run(CommandRequest("again", dialogue_id))
    assert len(outcome.history) == 1
    assert outcome.candidates[0].grasp.rectangle.x_px == pytest.approx(180, abs=1)
