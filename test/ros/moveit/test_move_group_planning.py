"""Plans and positions of a move_group that answers, refuses or hangs."""

import time

import numpy as np
import pytest
from arm_world import ROBOT, eventually
from move_group_arm import (
    HOME,
    LONG_S,
    PROMPTLY_S,
    TIMEOUT_S,
    TURNED,
    cancelled_after,
    moved,
    raises,
)
from moveit_msgs.msg import MoveItErrorCodes as Codes

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import BackendUnavailable, Cancelled, NoPlan, RtGraspError
from rt_grasp_ros.motion.backend import never
from rt_grasp_ros.ros.moveit.move_group_backend import MoveItSettings

pytestmark = [pytest.mark.ros, pytest.mark.moveit]


def test_a_plan_starts_and_ends_where_it_was_asked_to(backend, move_group):
    plan = backend.plan_joints(HOME, TURNED, 2.0, never)
    assert plan.names == ROBOT.arm_joints
    assert np.allclose(plan.start, HOME) and np.allclose(plan.end, TURNED)
    (goal,) = move_group.requests["move_action"]
    assert goal.planning_options.plan_only
    assert goal.planning_options.planning_scene_diff.is_diff
    assert goal.request.group_name == "panda_arm"
    assert goal.request.allowed_planning_time == 2.0
    assert goal.request.max_velocity_scaling_factor == 1.0


def test_a_plan_to_where_the_arm_is_stays(backend):
    plan = backend.plan_joints(HOME, HOME, 2.0, never)
    assert np.allclose(plan.positions, HOME)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (Codes.PLANNING_FAILED, ErrorCode.NO_PLAN),
        (Codes.INVALID_MOTION_PLAN, ErrorCode.NO_PLAN),
        (Codes.START_STATE_IN_COLLISION, ErrorCode.NO_PLAN),
        (Codes.TIMED_OUT, ErrorCode.NO_PLAN),
        (Codes.FAILURE, ErrorCode.NO_PLAN),
        (Codes.FRAME_TRANSFORM_FAILURE, ErrorCode.TRANSFORM_UNAVAILABLE),
        (Codes.ROBOT_STATE_STALE, ErrorCode.JOINT_STATES_STALE),
        (-99, ErrorCode.NO_PLAN),
    ],
)
def test_failed_planning_says_why(backend, move_group, code, expected):
    move_group.codes["move_action"] = code
    with pytest.raises(RtGraspError) as failure:
        backend.plan_joints(HOME, TURNED, 2.0, never)
    assert failure.value.code is expected
    assert failure.value.message.endswith(".")


def test_a_group_that_move_group_does_not_know_is_named(backend, move_group):
    move_group.codes["move_action"] = Codes.INVALID_GROUP_NAME
    with raises(RtGraspError, "planning_group"):
        backend.plan_joints(HOME, TURNED, 2.0, never)


def test_a_refused_goal_is_an_unavailable_backend(backend, move_group):
    move_group.refusing.add("move_action")
    with raises(BackendUnavailable, "move_action", "refused"):
        backend.plan_joints(HOME, TURNED, 2.0, never)


def test_planning_that_hangs_is_given_up_and_cancelled(backend, move_group):
    move_group.hanging.add("move_action")
    start_s = time.monotonic()
    with raises(BackendUnavailable, "did not end planning within 2.1 s"):
        backend.plan_joints(HOME, TURNED, 0.1, never)
    assert time.monotonic() - start_s < PROMPTLY_S
    assert eventually(lambda: "move_action" in move_group.cancelled)


def test_planning_is_cancelled_at_once(backend, move_group):
    move_group.hanging.add("move_action")
    start_s = time.monotonic()
    with pytest.raises(Cancelled):
        backend.plan_joints(HOME, TURNED, LONG_S, cancelled_after(0.3))
    assert time.monotonic() - start_s < PROMPTLY_S
    assert eventually(lambda: "move_action" in move_group.cancelled)


def test_positions_are_found_from_seed_and_home(backend, move_group):
    pose = backend.tip_pose(TURNED)
    found = backend.solve_ik(pose, TURNED, never)
    assert np.allclose(backend.tip_pose(found[0]), pose, atol=1e-3)
    seeds = [request.ik_request for request in move_group.requests["compute_ik"]]
    assert all(seed.avoid_collisions and seed.ik_link_name == "panda_hand" for seed in seeds)
    assert len(seeds) == 2


def test_a_pose_out_of_reach_has_no_positions(backend):
    assert backend.solve_ik(moved(backend.tip_pose(HOME), 2.0), HOME, never) == []


def test_a_pose_in_reach_and_in_collision_is_told_from_one_out_of_reach(backend, move_group):
    """The real one answers both with NO_IK_SOLUTION."""
    move_group.codes["compute_ik"] = Codes.NO_IK_SOLUTION
    with raises(NoPlan, "touches something", "move_group's log"):
        backend.solve_ik(backend.tip_pose(TURNED), HOME, never)


def test_a_service_that_hangs_is_given_up(backend, move_group):
    move_group.hanging.add("compute_ik")
    start_s = time.monotonic()
    with raises(BackendUnavailable, "compute_ik", "did not reply"):
        backend.solve_ik(backend.tip_pose(HOME), HOME, never)
    assert time.monotonic() - start_s < TIMEOUT_S + PROMPTLY_S


def test_waiting_for_a_service_is_cancelled_at_once(backend, move_group, monkeypatch):
    monkeypatch.setattr(backend, "_moveit", MoveItSettings(timeout_s=LONG_S))
    move_group.hanging.add("compute_ik")
    start_s = time.monotonic()
    with pytest.raises(Cancelled):
        backend.solve_ik(backend.tip_pose(HOME), HOME, cancelled_after(0.2))
    assert time.monotonic() - start_s < PROMPTLY_S
