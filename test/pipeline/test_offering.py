"""What the arm is offered once it can go to none of the best grasps."""

from dataclasses import replace

import numpy as np
import pytest
from made_table import RED, table

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import Cancelled
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.grasp import Grasp, Gripper
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.grasp.support import Support
from rt_grasp_ros.grasp.verdict import Verdict
from rt_grasp_ros.pipeline.command_outcome import Candidate, CommandOutcome, Execution
from rt_grasp_ros.pipeline.offering import SPARES, offer, other_candidates

FRAME = RgbdFrame(
    np.zeros((48, 64, 3), np.uint8),
    np.ones((48, 64), np.float32),
    Intrinsics(60.0, 60.0, 31.5, 23.5, 64, 48),
    "camera",
    0,
)


def candidate(name):
    rectangle = GraspRectangle(30, 20, 0.0, 10, 5, 64, 48)
    return Candidate(Grasp(rectangle, np.eye(4), 0.04), name)


def candidates(names):
    return [candidate(name) for name in names]


class Arm:
    """Goes to what is in `reachable` alone; keeps what it was offered."""

    def __init__(self, *reachable, failure=ErrorCode.NO_PLAN):
        self.reachable, self.failure = reachable, failure
        self.offered, self.shown = [], []

    def show(self, frame, outcome):
        self.shown.append([one.reasoning for one in outcome.candidates])

    def execute(self, frame, outcome, on_verdicts):
        names = [one.reasoning for one in outcome.candidates]
        self.offered.append(names)
        is_any = any(name in self.reachable for name in names)
        on_verdicts(
            [
                Verdict(index, is_twin)
                if name in self.reachable
                else Verdict(index, is_twin, self.failure, f"No way to {name}.")
                for index, name in enumerate(names)
                for is_twin in (False, True)
            ]
        )
        if is_any:
            return Execution(ErrorCode.OK, "", True, True, {"checking": 0.5, "closing": 0.25})
        return Execution(self.failure, f"No way to {names[0]}.", False, False, {"checking": 0.25})


def offered(arm, best, others, wanted=lambda: None):
    outcome = CommandOutcome("grasp it", candidates=candidates(best))
    asked = []

    def further():
        asked.append(True)
        return candidates(others)

    execution = offer(FRAME, outcome, further, arm, wanted)
    return outcome, execution, len(asked)


def test_what_the_arm_can_go_to_is_all_that_it_is_offered():
    arm = Arm("b")
    outcome, execution, asked = offered(arm, "ab", "cd")
    assert arm.offered == [["a", "b"]]
    assert asked == 0
    assert execution.held
    assert [one.reasoning for one in outcome.candidates] == ["b", "a"]


def test_others_follow_some_at_a_time_until_one_is_reached():
    arm = Arm("j")
    outcome, execution, asked = offered(arm, "ab", "cdefghijklm")
    assert arm.offered == [list("ab"), list("cdefgh"), list("ijklm")]
    assert asked == 1
    assert (execution.error_code, execution.executed) == (ErrorCode.OK, True)
    assert execution.stages_s == {"checking": 1.0, "closing": 0.25}
    assert [one.reasoning for one in outcome.candidates] == ["j", "a"]
    assert outcome.reasoning == "j"
    assert {verdict.grasp_index for verdict in outcome.verdicts} == {0, 1}
    assert [v.rejected_reason for v in outcome.verdicts if v.grasp_index == 1] == [
        "No way to a."
    ] * 2
    assert not any(v.is_rejected for v in outcome.verdicts if v.grasp_index == 0)
    assert arm.shown[-1] == ["j", "a"]


def test_where_none_is_reached_it_is_said_why_the_best_one_was_not():
    arm = Arm()
    outcome, execution, _ = offered(arm, "a", "bc")
    assert arm.offered == [["a"], ["b", "c"]]
    assert execution.error_message == "No way to a."
    assert [one.reasoning for one in outcome.candidates] == ["a"]
    assert outcome.candidates[0].grasp.rejected_reason == "No way to a."


def test_an_arm_that_has_checked_for_long_is_offered_nothing_further():
    class Slow(Arm):
        def execute(self, frame, outcome, on_verdicts):
            execution = super().execute(frame, outcome, on_verdicts)
            return replace(execution, stages_s={"checking": 16.0})

    arm = Slow("z")  # the last of all
    _, execution, _ = offered(arm, "ab", "cdefghijklmnopqrstuvwxyz")
    assert arm.offered == [["a", "b"], list("cdefgh")]  # after 32 s it is enough
    assert execution.error_code is ErrorCode.NO_PLAN
    assert execution.error_message == (
        "No way to a; 8 grasps were tried in 32 s, and 18 others no more."
    )


@pytest.mark.parametrize(
    "code", [ErrorCode.NOT_HELD, ErrorCode.MOTION_TIMEOUT, ErrorCode.CANCELLED]
)
def test_after_any_other_failure_nothing_else_is_offered(code):
    arm = Arm(failure=code)
    _, execution, asked = offered(arm, "a", "b")
    assert (len(arm.offered), asked, execution.error_code) == (1, 0, code)


def test_nothing_is_offered_once_the_command_is_taken_back():
    arm = Arm()

    def wanted():
        raise Cancelled

    with pytest.raises(Cancelled):
        offered(arm, "a", "b", wanted)
    assert arm.offered == [["a"]]


def test_a_grasp_that_was_tried_and_failed_ends_it():
    class Slipping(Arm):
        def execute(self, frame, outcome, on_verdicts):
            if self.offered:
                self.failure = ErrorCode.NOT_HELD
            return super().execute(frame, outcome, on_verdicts)

    arm = Slipping()
    _, execution, _ = offered(arm, "ab", "cdefghijklmno")
    assert arm.offered == [list("ab"), list("cdefgh")]
    assert (execution.error_code, execution.error_message) == (
        ErrorCode.NOT_HELD,
        "No way to c.",
    )


def test_twelve_others_are_kept_and_twelve_that_lean():
    assert SPARES == 12
    frame = table((320, 240, RED, 26, 0.04))
    pose = np.eye(4)
    pose[2, 3] = 0.68
    upright = [
        Candidate(
            Grasp(GraspRectangle(320, 240, 0.0, 40, 17, 640, 480), pose, 0.046, score=0.9 - k / 20),
            f"Grasp {k}.",
        )
        for k in range(8)
    ]
    support = Support((Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001),))
    found = other_candidates(frame, upright[:2], upright[2:], lambda: support, Gripper())
    assert found[:6] == upright[2:]
    leaning = found[6:]
    assert len(leaning) == 12
    assert all("The hand leans" in one.reasoning for one in leaning)
    assert leaning[0].reasoning.startswith("Grasp 0. ")
    assert {one.reasoning.split(".")[0] for one in leaning} <= {f"Grasp {k}" for k in range(6)}
    assert other_candidates(frame, [], [], lambda: support, Gripper()) == []
