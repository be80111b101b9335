import numpy as np
import pytest
from fake_backend import FakeBackend
from hypothesis import given, settings
from hypothesis import strategies as st
from poses import NOTHING, top_down

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import BackendUnavailable, Cancelled, NoPlan
from rt_grasp_ros.motion.candidate_check import CandidateCheck, CheckedGrasp, ranked
from rt_grasp_ros.motion.pick_plan import PickCandidate, PickSettings
from rt_grasp_ros.motion.workspace import Workspace

SETTINGS = PickSettings()
YAW_RAD = 0.4
CANDIDATE = PickCandidate(top_down(0.5, 0.1, 0.03, YAW_RAD), 0.05)
OTHER = PickCandidate(top_down(0.4, -0.1, 0.03, YAW_RAD), 0.06)
FINE = ErrorCode.OK


def check(backend, gripper, *candidates, pick=SETTINGS, is_cancelled=None, clock=lambda: 0.0):
    asked = CandidateCheck(backend, gripper, pick, is_cancelled or (lambda: False), clock)
    return asked.check(candidates or (CANDIDATE,), NOTHING, 0.0)


def codes(checked):
    return [(grasp.index, grasp.verdict.rejected_code) for grasp in checked]


def ticking(backend):
    """Return a clock by which each question to the backend takes a second."""
    return lambda: float(len(backend.log))


def yaw(pose):
    return np.arctan2(pose[1, 0], pose[0, 0])


@pytest.fixture
def backend():
    return FakeBackend()


def test_both_ways_round_of_a_good_grasp_are_accepted(backend, gripper):
    checked = check(backend, gripper)
    assert {grasp.is_twin for grasp in checked} == {False, True}
    assert codes(checked) == [(0, FINE), (0, FINE)]
    first, second = (grasp.descents[0] for grasp in checked)
    assert np.allclose(first.T_base_tip[:3, 2:], second.T_base_tip[:3, 2:])
    assert np.allclose(first.T_base_tip[:3, 0], -second.T_base_tip[:3, 0])
    tip_m = (CANDIDATE.T_base_grasp @ np.linalg.inv(gripper.T_tip_grasp))[:3, 3]
    assert np.allclose(first.T_base_tip[:3, 3], tip_m)
    assert np.allclose(first.configuration_rad[:3], tip_m + np.array([0, 0, SETTINGS.standoff_m]))


@pytest.mark.parametrize("turn_rad", [0.0, np.pi])
def test_of_two_twins_the_nearer_comes_first(backend, gripper, turn_rad):
    """The fake's fourth joint is the yaw of the tip: half a turn apart for the twins."""
    candidate = PickCandidate(top_down(0.5, 0.1, 0.03, YAW_RAD + turn_rad), 0.05)
    near, far = check(backend, gripper, candidate)
    assert abs(near.descents[0].configuration_rad[3]) < abs(far.descents[0].configuration_rad[3])


def test_one_way_round_may_be_out_of_reach(backend, gripper):
    nearer = check(backend, gripper)[0]
    backend.unreachable = lambda pose: np.isclose(yaw(pose), yaw(nearer.descents[0].T_base_tip))
    other, lost = check(backend, gripper)
    assert (lost.is_twin, lost.verdict.rejected_code) == (nearer.is_twin, ErrorCode.OUT_OF_REACH)
    assert other.failure is None
    assert other.is_twin is not nearer.is_twin


def test_out_of_reach_says_where(backend, gripper):
    backend.unreachable = lambda pose: True
    checked = check(backend, gripper)
    assert {grasp.verdict.rejected_code for grasp in checked} == {ErrorCode.OUT_OF_REACH}
    assert all("(0.50, 0.10, 0.03)" in grasp.verdict.rejected_reason for grasp in checked)
    assert not any(grasp.descents for grasp in checked)


@pytest.mark.parametrize("call", ["solve_ik", "plan_line"])
def test_the_reason_is_the_one_of_the_backend(backend, gripper, call):
    backend.failures[call] = [NoPlan("panda_hand and cloud")]
    rejected = check(backend, gripper)[1]
    assert rejected.verdict.rejected_code is ErrorCode.NO_PLAN
    assert rejected.verdict.rejected_reason == "panda_hand and cloud"


def test_the_fingers_are_as_far_open_as_the_grasp_says(backend, gripper):
    check(backend, gripper, CANDIDATE, OTHER)
    assert [scene.opening_m for scene in backend.scenes] == [0.05, 0.06]


def test_too_wide_an_opening_is_rejected_without_asking_for_it(backend, gripper):
    wide = PickCandidate(CANDIDATE.T_base_grasp, 0.09)
    checked = check(backend, gripper, wide)
    assert codes(checked) == [(0, ErrorCode.OPENING_TOO_WIDE)] * 2
    assert not {"solve_ik", "plan_line", "set_scene"} & set(backend.log)


@pytest.mark.parametrize("top_m", [0.02, 0.12, 0.14])  # below the grasp, its pregrasp, its lift
def test_outside_of_the_workspace_is_rejected(backend, gripper, top_m):
    box = PickSettings(workspace=Workspace((-1.0, -1.0, -1.0), (1.0, 1.0, top_m)), lift_m=0.12)
    assert codes(check(backend, gripper, pick=box)) == [(0, ErrorCode.OUTSIDE_WORKSPACE)] * 2


def test_alternatives_are_looked_for_as_long_as_there_is_time(backend, gripper):
    hurried = PickSettings(planning_timeout_s=2.0)
    backend.unreachable = lambda pose: np.isclose(pose[0, 3], 0.4)  # `OTHER`
    checked = check(backend, gripper, OTHER, CANDIDATE, OTHER, pick=hurried, clock=ticking(backend))
    assert codes(checked) == [
        (1, FINE),
        (1, FINE),
        (0, ErrorCode.OUT_OF_REACH),  # took all of the time, and the next one was looked at
        (0, ErrorCode.OUT_OF_REACH),
        (2, ErrorCode.NO_PLAN),
        (2, ErrorCode.NO_PLAN),
    ]
    assert "planning_timeout_s" in checked[-1].verdict.rejected_reason


def test_where_none_can_be_gone_to_it_ends_all_the_same(backend, gripper):
    backend.failures["plan_line"] = [NoPlan("blocked")] * 1000
    hurried = PickSettings(planning_timeout_s=5.0)
    checked = check(backend, gripper, *[CANDIDATE] * 40, pick=hurried, clock=ticking(backend))
    assert codes(checked) == [(index, ErrorCode.NO_PLAN) for index in range(40) for _ in "ab"]
    unseen = [one for one in checked if "took 15 s" in one.verdict.rejected_reason]
    assert len(unseen) > 60
    assert len(backend.log) < 25
    assert checked[0].verdict.rejected_reason == "blocked"


def test_trying_configurations_ends_in_time(backend, gripper):
    backend.failures["plan_line"] = [NoPlan("blocked")] * 100
    backend.solve_ik = lambda *_: [backend.home_rad + 0.1 * n for n in range(50)]
    hurried = PickSettings(planning_timeout_s=5.0)
    checked = check(backend, gripper, pick=hurried, clock=ticking(backend))
    assert codes(checked) == [(0, ErrorCode.NO_PLAN)] * 2
    assert backend.log.count("plan_line") == 2 * 6


def test_checking_can_be_cancelled(backend, gripper):
    with pytest.raises(Cancelled):
        check(backend, gripper, is_cancelled=lambda: True)


def test_what_speaks_against_the_arm_is_no_rejection(backend, gripper):
    backend.failures["solve_ik"] = [BackendUnavailable("gone")]
    with pytest.raises(BackendUnavailable):
        check(backend, gripper)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=5))
def test_what_is_rejected_never_comes_before_what_is_not(gripper, reachable):
    """Each candidate has an x of its own; each way round is in reach or not."""
    backend = FakeBackend()
    candidates = [
        PickCandidate(top_down(0.1 * (index + 1), 0.0, 0.03, YAW_RAD), 0.05)
        for index in range(len(reachable))
    ]
    as_given = yaw(candidates[0].T_base_grasp @ np.linalg.inv(gripper.T_tip_grasp))

    def unreachable(pose):
        index = round(pose[0, 3] / 0.1) - 1
        is_twin = not np.isclose(np.cos(yaw(pose) - as_given), 1.0)
        return not reachable[index][int(is_twin)]

    backend.unreachable = unreachable
    checked = check(backend, gripper, *candidates)
    for grasp in checked:
        is_reachable = reachable[grasp.index][int(grasp.is_twin)]
        assert (grasp.failure is None) is is_reachable is bool(grasp.descents)
    order = [(grasp.failure is not None, grasp.index) for grasp in checked]
    assert order == sorted(order)
    assert len(checked) == 2 * len(reachable)


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.booleans()), max_size=10))
def test_ranking_is_stable(entries):
    checked = [
        CheckedGrasp(index, is_twin, failure=NoPlan("blocked") if is_rejected else None)
        for index, is_twin, is_rejected in entries
    ]
    once = ranked(checked)
    assert ranked(once) == once
    for one in {(grasp.index, grasp.failure is None) for grasp in checked}:
        alike = [g for g in checked if (g.index, g.failure is None) == one]
        assert [g for g in once if (g.index, g.failure is None) == one] == alike
