import numpy as np
import pytest
from fake_backend import FakeBackend
from poses import top_down

from rt_grasp_ros.grasp.errors import Cancelled, NoPlan, OpeningTooWide, OutOfReach
from rt_grasp_ros.motion.pick_plan import PickCandidate, PickSettings, plan_pick

SETTINGS = PickSettings()


def plan(backend, gripper, candidate, is_cancelled=lambda: False, clock=lambda: 0.0):
    return plan_pick(backend, gripper, candidate, SETTINGS, is_cancelled, clock)


@pytest.fixture
def backend():
    return FakeBackend()


@pytest.fixture
def candidate():
    return PickCandidate(top_down(0.5, 0.1, 0.03, 0.4), 0.05)


def test_the_ways_lead_back_from_the_grasp_down_to_it_and_up(backend, gripper, candidate):
    ways = plan(backend, gripper, candidate)
    tip_m = (candidate.T_base_grasp @ np.linalg.inv(gripper.T_tip_grasp))[:3, 3]
    assert np.allclose(ways.pregrasp.start, backend.home_rad)
    assert np.allclose(ways.pregrasp.end[:3], tip_m + np.array([0, 0, SETTINGS.standoff_m]))
    assert np.allclose(ways.approach.start, ways.pregrasp.end)
    assert np.allclose(ways.approach.end[:3], tip_m)
    assert np.allclose(ways.lift.end[:3], tip_m + np.array([0, 0, SETTINGS.lift_m]))


def test_of_two_twins_the_nearer_is_taken(backend, gripper):
    """The fake's fourth joint is the yaw of the tip: half a turn apart for the twins."""
    yaws = []
    for turn in (0.0, np.pi):
        grasp = PickCandidate(top_down(0.5, 0.1, 0.03, 0.4 + turn), 0.05)
        yaws.append(plan(backend, gripper, grasp).approach.end[3])
    assert yaws[0] == pytest.approx(yaws[1])
    assert abs(yaws[0]) <= np.pi / 2 + 1e-9


def test_the_other_twin_is_taken_where_one_is_out_of_reach(backend, gripper, candidate):
    nearer = plan(backend, gripper, candidate).approach.end[3]
    backend.unreachable = lambda pose: np.isclose(np.arctan2(pose[1, 0], pose[0, 0]), nearer)
    other = plan(backend, gripper, candidate).approach.end[3]
    assert abs(abs(other - nearer) - np.pi) < 1e-6


@pytest.mark.parametrize("way", ["plan_line", "plan_joints"])
def test_the_other_twin_is_taken_where_one_has_no_way(backend, gripper, candidate, way):
    backend.failures[way] = [NoPlan("blocked")]
    assert plan(backend, gripper, candidate)


def test_no_posture_is_out_of_reach(backend, gripper, candidate):
    backend.unreachable = lambda pose: True
    with pytest.raises(OutOfReach, match=r"0\.50, 0\.10, 0\.03"):
        plan(backend, gripper, candidate)


def test_no_way_for_any_posture_is_no_plan(backend, gripper, candidate):
    backend.failures["plan_line"] = [NoPlan("first"), NoPlan("second")]
    with pytest.raises(NoPlan, match="second"):
        plan(backend, gripper, candidate)


def test_too_wide_an_opening_is_refused_before_planning(backend, gripper, candidate):
    with pytest.raises(OpeningTooWide):
        plan(backend, gripper, PickCandidate(candidate.T_base_grasp, 0.09))
    assert backend.log == []


def test_planning_ends_in_time(backend, gripper, candidate):
    times_s = iter([0.0, 1.0, 11.0])
    backend.failures["plan_line"] = [NoPlan("blocked")]
    with pytest.raises(NoPlan):
        plan(backend, gripper, candidate, clock=lambda: next(times_s))
    assert backend.log.count("plan_line") == 1
    assert max(backend.timeouts_s, default=0.0) <= SETTINGS.planning_timeout_s


def test_planning_can_be_cancelled(backend, gripper, candidate):
    with pytest.raises(Cancelled):
        plan(backend, gripper, candidate, is_cancelled=lambda: True)
