import itertools

import numpy as np
import pytest
from fake_backend import HOME, FakeBackend
from hypothesis import given, settings
from hypothesis import strategies as st
from poses import NOTHING, top_down

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import (
    ControllerFailed,
    JointStatesStale,
    MotionTimeout,
    NoPlan,
)
from rt_grasp_ros.grasp.verdict import Verdict
from rt_grasp_ros.motion.pick_outcome import Stage
from rt_grasp_ros.motion.pick_plan import PickCandidate, PickSettings
from rt_grasp_ros.motion.sequence import PickSequence

CANDIDATES = [
    PickCandidate(top_down(0.5, y_m, 0.03, 0.4), opening_m)
    for y_m, opening_m in ((0.1, 0.05), (-0.1, 0.06), (0.0, 0.07))
]
PICK = [
    Stage.CHECKING,
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
        self.heard: list[tuple[Verdict, ...]] = []
        self._ticks = itertools.count()
        sequence = PickSequence(
            backend,
            gripper,
            PickSettings(),
            on_progress=lambda stage, index: self.progress.append((stage, index)),
            on_verdicts=self.heard.append,
            is_cancelled=is_cancelled,
            clock=self.clock_s,
        )
        self.outcome = sequence.run(candidates, NOTHING)
        self.stages = [stage for stage, _ in self.progress]

    def clock_s(self):
        return next(self._ticks) / 100.0


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
    # By the clock's ticks, each counted once: no stage takes longer than all of them together.
    assert all(entry.duration_s > 0 for entry in run.outcome.stages)
    assert sum(entry.duration_s for entry in run.outcome.stages) < run.clock_s()
    tip_m = (CANDIDATES[0].T_base_grasp @ np.linalg.inv(gripper.T_tip_grasp))[:3, 3]
    assert np.allclose(backend.positions[:3], tip_m + np.array([0.0, 0.0, 0.12]))


def test_the_fingers_open_as_wide_as_the_grasp_says_before_the_arm_moves(backend, gripper):
    Run(backend, gripper)
    assert backend.log.index("open_gripper") < backend.log.index("execute")
    assert backend.scenes[0].opening_m == 0.05


def test_empty_fingers_lead_home_and_to_one_retry(backend, gripper):
    backend.object_width_m = 0.0
    run = Run(backend, gripper)
    assert run.stages == [*PICK, Stage.RETREATING, *PICK[1:], Stage.RETREATING, Stage.DONE]
    assert [index for _, index in run.progress] == [0] * 9 + [1] * 9
    assert run.outcome.error.code is ErrorCode.NOT_HELD
    assert run.outcome.executed_index == 1
    assert np.array_equal(backend.positions, HOME)
    assert backend.opening == 0.06


def test_fingers_that_hold_nothing_are_told_in_millimetres(backend, gripper):
    backend.object_width_m = 0.0004
    assert "closed to 0.4 mm" in Run(backend, gripper).outcome.error.message


def test_the_retry_may_succeed(backend, gripper):
    widths_m = iter([0.0, 0.03])

    def close(name: str) -> None:
        if name == "close_gripper":
            backend.object_width_m = next(widths_m)

    backend.on_call = close
    run = Run(backend, gripper)
    assert run.outcome.held
    assert run.outcome.executed_index == 1
    assert run.stages == [*PICK, Stage.RETREATING, *PICK[1:], Stage.DONE]


def is_first(pose):
    """Whether a tip pose belongs to the first candidate; each has a y of its own."""
    return np.isclose(pose[1, 3], 0.1)


def test_a_candidate_out_of_reach_is_rejected_and_the_next_one_taken(backend, gripper):
    backend.unreachable = is_first
    run = Run(backend, gripper)
    assert run.stages == [*PICK, Stage.DONE]
    assert run.outcome.held
    assert run.outcome.executed_index == 1
    verdicts = run.outcome.verdicts
    assert [v.grasp_index for v in verdicts] == [1, 1, 2, 2, 0, 0]
    assert [v.rejected_code for v in verdicts[:4]] == [ErrorCode.OK] * 4
    assert [v.rejected_code for v in verdicts[4:]] == [ErrorCode.OUT_OF_REACH] * 2
    assert all("does not reach" in v.rejected_reason for v in verdicts[4:])
    assert run.heard == [verdicts]


def test_a_candidate_that_can_not_be_planned_is_rejected_without_moving(backend, gripper):
    blocked = [NoPlan("crowded"), NoPlan("crowded")]
    backend.failures["plan_joints"] = list(blocked)
    run = Run(backend, gripper)
    assert run.stages == [Stage.CHECKING, Stage.PLANNING, *PICK[1:], Stage.DONE]
    assert run.outcome.held
    assert run.outcome.executed_index == 1
    before, after = run.heard
    assert not any(v.is_rejected for v in before)
    assert after == run.outcome.verdicts
    assert after[-2:] == (
        Verdict(0, before[0].is_twin, ErrorCode.NO_PLAN, "crowded"),
        Verdict(0, before[1].is_twin, ErrorCode.NO_PLAN, "crowded"),
    )


def test_planning_goes_on_until_one_can_be_planned(backend, gripper):
    backend.failures["plan_joints"] = [NoPlan("crowded")] * 4
    run = Run(backend, gripper)
    assert run.outcome.held
    assert run.outcome.executed_index == 2


def test_the_arm_moves_for_two_candidates_at_most(backend, gripper):
    backend.object_width_m = 0.0
    run = Run(backend, gripper)
    assert len(CANDIDATES) > 2
    assert run.stages.count(Stage.PREGRASP) == 2
    assert run.outcome.executed_index == 1


def test_nothing_reachable_moves_nothing(backend, gripper):
    backend.unreachable = lambda pose: True
    run = Run(backend, gripper)
    assert run.stages == [Stage.CHECKING, Stage.DONE]
    assert run.outcome.error.code is ErrorCode.OUT_OF_REACH
    assert "(0.50, 0.10, 0.03)" in str(run.outcome.error)  # the best one's reason
    assert run.outcome.executed_index == -1
    assert "execute" not in backend.log


@settings(max_examples=30, deadline=None)
@given(st.lists(st.booleans(), min_size=3, max_size=3), st.integers(0, 3))
def test_nothing_rejected_is_ever_chosen(gripper, reachable, unplanned):
    """Candidates in reach or not; the first ones that are planned have no way."""
    backend = FakeBackend()
    ys_m = [candidate.T_base_grasp[1, 3] for candidate in CANDIDATES]
    backend.unreachable = lambda pose: not reachable[int(np.argmin(np.abs(ys_m - pose[1, 3])))]
    backend.failures["plan_joints"] = [NoPlan("crowded")] * (2 * unplanned)
    outcome = Run(backend, gripper).outcome
    rejected = {v.grasp_index for v in outcome.verdicts if v.is_rejected}
    possible = [index for index, is_reachable in enumerate(reachable) if is_reachable][unplanned:]
    assert outcome.executed_index == (possible[0] if possible else -1)
    assert outcome.executed_index not in rejected
    assert outcome.held is bool(possible)


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
