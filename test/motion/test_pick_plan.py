import numpy as np
import pytest
from fake_backend import FakeBackend
from poses import top_down

from rt_grasp_ros.grasp.errors import Cancelled, NoPlan, OutsideWorkspace
from rt_grasp_ros.motion.pick_plan import Descent, PickSettings, plan_pick
from rt_grasp_ros.motion.trajectory import Trajectory
from rt_grasp_ros.motion.workspace import Workspace

SETTINGS = PickSettings()
DOWN = np.array([0.5, 0.1, 0.03])
UP = np.array([0.5, 0.1, 0.13])


def descent(yaw_rad=0.4):
    """Return a descent of the fake's tip, whose position is its first three joints."""
    pose = np.eye(4)
    pose[:3, :3] = top_down(0.0, 0.0, 0.0, yaw_rad)[:3, :3]
    pose[:3, 3] = DOWN
    return Descent(np.array([*UP, yaw_rad, 0.0, 0.0, 0.0]), pose)


def plan(backend, gripper, *descents, settings=SETTINGS, is_cancelled=None, clock=lambda: 0.0):
    descents = descents or (descent(),)
    return plan_pick(backend, gripper, descents, settings, is_cancelled or (lambda: False), clock)


@pytest.fixture
def backend():
    return FakeBackend()


def test_what_users_rely_on_of_the_settings():
    assert (SETTINGS.standoff_m, SETTINGS.lift_m) == (0.10, 0.12)
    assert (SETTINGS.planning_timeout_s, SETTINGS.gripper_timeout_s) == (10.0, 5.0)
    ways = Trajectory(("a",), np.zeros((2, 1)), np.zeros((2, 1)), np.array([0.0, 4.0]))
    assert SETTINGS.timeout_s(ways) == pytest.approx(17.0)  # three times as long, and 5 s


def test_the_ways_lead_from_here_to_the_descent_down_it_and_up(backend, gripper):
    ways = plan(backend, gripper)
    assert np.allclose(ways.pregrasp.start, backend.home_rad)
    assert np.allclose(ways.pregrasp.end[:3], UP)
    assert np.allclose(ways.approach.start, ways.pregrasp.end)
    assert np.allclose(ways.approach.end[:3], DOWN)
    assert np.allclose(ways.lift.end[:3], DOWN + np.array([0, 0, SETTINGS.lift_m]))


def test_the_descent_that_begins_nearest_is_taken(backend, gripper):
    """The fake's fourth joint is the yaw of the tip: half a turn apart for the twins."""
    for order in ((0.4, 0.4 - np.pi), (0.4 - np.pi, 0.4)):
        ways = plan(backend, gripper, *map(descent, order))
        assert ways.approach.end[3] == pytest.approx(0.4)


@pytest.mark.parametrize("way", ["plan_line", "plan_joints"])
def test_another_descent_is_taken_where_one_has_no_way(backend, gripper, way):
    backend.failures[way] = [NoPlan("blocked")]
    ways = plan(backend, gripper, descent(), descent(0.4 - np.pi))
    assert ways.approach.end[3] == pytest.approx(0.4 - np.pi)


def test_no_way_for_any_descent_is_no_plan(backend, gripper):
    backend.failures["plan_line"] = [NoPlan("first"), NoPlan("second")]
    with pytest.raises(NoPlan, match="second"):
        plan(backend, gripper, descent(), descent(0.4 - np.pi))


def test_a_way_out_of_the_workspace_is_refused(backend, gripper):
    tight = PickSettings(workspace=Workspace((0.3, -1.0, -1.0), (1.0, 1.0, 1.0)))
    with pytest.raises(OutsideWorkspace, match="The way"):
        plan(backend, gripper, settings=tight)


def test_planning_ends_in_time(backend, gripper):
    times_s = iter([0.0, 1.0, 11.0])
    backend.failures["plan_line"] = [NoPlan("blocked")]
    with pytest.raises(NoPlan):
        plan(backend, gripper, descent(), descent(0.4 - np.pi), clock=lambda: next(times_s))
    assert backend.log.count("plan_line") == 1
    assert max(backend.timeouts_s, default=0.0) <= SETTINGS.planning_timeout_s


def test_planning_can_be_cancelled(backend, gripper):
    with pytest.raises(Cancelled):
        plan(backend, gripper, is_cancelled=lambda: True)
