import itertools

import numpy as np
import pytest
from fake_backend import HOME, FakeBackend
from poses import NOTHING, top_down

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import (
    ControllerFailed,
    JointStatesStale,
    MotionTimeout,
    NoPlan,
)
from rt_grasp_ros.motion.pick_plan import PickCandidate, PickSettings
from rt_grasp_ros.motion.sequence import PickSequence, Stage

CANDIDATES = [
    PickCandidate(top_down(0.5, y_m, 0.03, 0.4), opening_m)
    for y_m, opening_m in ((0.1, 0.05), (-0.1, 0.06), (0.0, 0.07))
]
PICK = [
    Stage.PLANNING,
    Stage.OPENING,
    Stage.PREGRASP,
    Stage.APPROACH,
    Stage.CLOSING,
    Stage.LIFTING,
    Stage.VERIFYING,
]
FAULTS = {
    Stage.OPENING: ("open_gripper", [ControllerFailed("stuck")]),
    Stage.PREGRASP: ("execute", [MotionTimeout("slow")]),
    Stage.APPROACH: ("execute", [None, ControllerFailed("bump")]),
    Stage.CLOSING: ("close_gripper", [MotionTimeout("slow")]),
    Stage.LIFTING: ("execute", [None, None, ControllerFailed("bump")]),
    Stage.VERIFYING: ("opening_m", [JointStatesStale("gone")]),
}


class Run:
    """One pick with a fake backend, and what it did."""

    def __init__(self, backend, gripper, candidates=CANDIDATES, is_cancelled=lambda: False):
        self.progress: list[tuple[Stage, int]] = []
        ticks = itertools.count()
        sequence = PickSequence(
            backend,
            gripper,
            PickSettings(),
            on_progress=lambda stage, index: self.progress.append((stage, index)),
            is_cancelled=is_cancelled,
            clock=lambda: float(next(ticks)),
        )
        self.outcome = sequence.run(candidates, NOTHING)
        self.stages = [stage for stage, _ in self.progress]


@pytest.fixture
def backend():
    return FakeBackend()


def test_a_pick_goes_through_every_stage_and_holds(backend, gripper):
    run = Run(backend, gripper)
    assert run.stages == [*PICK, Stage.DONE]
    assert run.outcome.held
    assert run.outcome.error is None
    assert run.outcome.executed_index == 0
    assert run.outcome.finger_opening_m == pytest.approx(0.03)
    assert [entry.stage for entry in run.outcome.stages] == PICK
    assert all(entry.duration_s > 0 for entry in run.outcome.stages)
    tip_m = (CANDIDATES[0].T_base_grasp @ np.linalg.inv(gripper.T_tip_grasp))[:3, 3]
    assert np.allclose(backend.positions[:3], tip_m + np.array([0.0, 0.0, 0.12]))


def test_the_fingers_open_as_wide_as_the_grasp_says_before_the_arm_moves(backend, gripper):
    Run(backend, gripper)
    assert backend.log.index("open_gripper") < backend.log.index("execute")
    assert backend.scenes[0].opening_m == 0.05


def test_empty_fingers_lead_home_and_to_one_retry(backend, gripper):
    backend.object_width_m = 0.0
    run = Run(backend, gripper)
    attempt = [*PICK, Stage.RETREATING]
    assert run.stages == [*attempt, *attempt, Stage.DONE]
    assert [index for _, index in run.progress] == [0] * 8 + [1] * 9
    assert run.outcome.error.code is ErrorCode.NOT_HELD
    assert run.outcome.executed_index == 1
    assert np.array_equal(backend.positions, HOME)
    assert backend.opening == 0.06


def test_the_retry_may_succeed(backend, gripper):
    widths_m = iter([0.0, 0.03])

    def close(name: str) -> None:
        if name == "close_gripper":
            backend.object_width_m = next(widths_m)

    backend.on_call = close
    run = Run(backend, gripper)
    assert run.outcome.held
    assert run.outcome.executed_index == 1
    assert run.stages == [*PICK, Stage.RETREATING, *PICK, Stage.DONE]


def test_a_candidate_without_a_plan_is_passed_over_without_moving(backend, gripper):
    backend.failures["plan_line"] = [NoPlan("blocked"), NoPlan("blocked")]
    run = Run(backend, gripper)
    assert run.stages == [Stage.PLANNING, *PICK, Stage.DONE]
    assert run.outcome.held
    assert run.outcome.executed_index == 1


def test_nothing_reachable_moves_nothing(backend, gripper):
    backend.unreachable = lambda pose: True
    run = Run(backend, gripper)
    assert run.stages == [Stage.PLANNING, Stage.PLANNING, Stage.DONE]
    assert run.outcome.error.code is ErrorCode.OUT_OF_REACH
    assert run.outcome.executed_index == -1
    assert "execute" not in backend.log


def test_no_candidate_is_refused(backend, gripper):
    run = Run(backend, gripper, candidates=[])
    assert run.outcome.error.code is ErrorCode.REQUEST_INVALID
    assert run.stages == [Stage.DONE]


@pytest.mark.parametrize("stage", FAULTS)
def test_a_fault_of_the_robot_is_reported_and_not_retried(backend, gripper, stage):
    call, failures = FAULTS[stage]
    backend.failures[call] = list(failures)
    run = Run(backend, gripper)
    assert run.outcome.error is failures[-1]
    assert not run.outcome.held
    assert run.stages.count(Stage.PLANNING) == 1
    assert stage in run.stages
    assert run.stages[-1] is Stage.DONE
    stands = isinstance(failures[-1], JointStatesStale)
    assert (Stage.RETREATING in run.stages) is not stands
    assert ("stop" in backend.log) is stands
    if not stands:
        assert np.array_equal(backend.positions, HOME)


def test_what_may_be_held_is_not_dropped(backend, gripper):
    call, failures = FAULTS[Stage.LIFTING]
    backend.failures[call] = list(failures)
    Run(backend, gripper)
    assert backend.log.count("open_gripper") == 1
    assert backend.opening == backend.object_width_m


def test_a_failed_retreat_stops_the_arm_and_keeps_the_first_failure(backend, gripper):
    first, second = ControllerFailed("bump"), MotionTimeout("slow")
    backend.failures["execute"] = [None, first, second]
    run = Run(backend, gripper)
    assert run.outcome.error is first
    assert run.stages[-2:] == [Stage.RETREATING, Stage.DONE]
    assert backend.log[-2:] == ["stop", "clear_scene"]


@pytest.mark.parametrize("stage", PICK)
def test_cancelling_at_any_stage_stops_the_arm_there(backend, gripper, stage):
    reached = []
    run = None

    def is_cancelled() -> bool:
        return stage in reached

    sequence = PickSequence(
        backend,
        gripper,
        on_progress=lambda begun, index: reached.append(begun),
        is_cancelled=is_cancelled,
    )
    run = sequence.run(CANDIDATES, NOTHING)
    assert run.error.code is ErrorCode.CANCELLED
    assert reached == [*PICK[: PICK.index(stage) + 1], Stage.DONE]
    assert backend.log[-2:] == ["stop", "clear_scene"]


def test_cancelling_in_the_middle_of_a_motion_stops_the_arm(backend, gripper):
    moves = []
    backend.on_call = lambda name: moves.append(name) if name == "execute" else None
    run = Run(backend, gripper, is_cancelled=lambda: len(moves) == 2)
    assert run.outcome.error.code is ErrorCode.CANCELLED
    assert run.stages[-2:] == [Stage.APPROACH, Stage.DONE]
    assert backend.log[-2:] == ["stop", "clear_scene"]


def test_cancelling_the_retreat_stops_the_arm(backend, gripper):
    backend.object_width_m = 0.0
    reached = []
    sequence = PickSequence(
        backend,
        gripper,
        on_progress=lambda begun, index: reached.append(begun),
        is_cancelled=lambda: Stage.RETREATING in reached,
    )
    assert sequence.run(CANDIDATES, NOTHING).error.code is ErrorCode.CANCELLED
    assert backend.log[-2:] == ["stop", "clear_scene"]


def test_every_wait_has_a_deadline(backend, gripper):
    backend.object_width_m = 0.0
    Run(backend, gripper)
    waits = [call for call in backend.log if call.endswith(("gripper", "joints", "execute"))]
    assert len(backend.timeouts_s) == len(waits)
    assert all(0.0 < timeout_s <= 60.0 for timeout_s in backend.timeouts_s)


def test_a_bug_stops_the_arm_too(backend, gripper):
    backend.failures["close_gripper"] = [ZeroDivisionError()]
    with pytest.raises(ZeroDivisionError):
        Run(backend, gripper)
    assert backend.log[-2:] == ["stop", "clear_scene"]


@pytest.mark.ros
def test_the_stages_are_those_of_the_action():
    from rt_grasp_ros.action import ExecuteGrasp

    for stage in Stage:
        assert getattr(ExecuteGrasp.Feedback, f"STAGE_{stage.name}") == stage
