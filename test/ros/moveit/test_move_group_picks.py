"""Whole picks leave nothing behind, however they end."""

import pytest
from move_group_arm import grasp_at, pick, untouched
from moveit_msgs.msg import MoveItErrorCodes as Codes

from rt_grasp_ros.grasp.error_code import ErrorCode

pytestmark = [pytest.mark.ros, pytest.mark.moveit]


def test_a_whole_pick_holds_and_leaves_nothing_behind(backend, move_group):
    outcome = pick(backend)
    assert outcome.error is None
    assert outcome.held
    assert untouched(move_group)


def test_a_candidate_out_of_reach_is_rejected_and_the_next_one_taken(backend, move_group):
    outcome = pick(backend, grasp_at(1.5), grasp_at(0.5))
    assert outcome.held
    assert outcome.executed_index == 1
    assert [(v.grasp_index, v.rejected_code) for v in outcome.verdicts] == [
        (1, ErrorCode.OK),
        (1, ErrorCode.OK),
        (0, ErrorCode.OUT_OF_REACH),
        (0, ErrorCode.OUT_OF_REACH),
    ]
    assert untouched(move_group)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (lambda fake: setattr(fake, "fraction", 0.6), "60.0 %"),
        (lambda fake: fake.codes.update(compute_ik=Codes.NO_IK_SOLUTION), "touches something"),
    ],
    ids=["part of the way down", "in collision"],
)
def test_a_candidate_without_a_way_down_is_rejected_both_ways_round(
    backend, move_group, fault, reason
):
    fault(move_group)
    outcome = pick(backend)
    assert outcome.executed_index == -1
    assert outcome.error.code is ErrorCode.NO_PLAN
    assert [v.rejected_code for v in outcome.verdicts] == [ErrorCode.NO_PLAN] * 2
    assert all(reason in v.rejected_reason for v in outcome.verdicts)
    assert untouched(move_group)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (lambda fake: fake.codes.update(move_action=Codes.PLANNING_FAILED), ErrorCode.NO_PLAN),
        (
            lambda fake: fake.codes.update(execute_trajectory=Codes.CONTROL_FAILED),
            ErrorCode.CONTROLLER_FAILED,
        ),
        (lambda fake: fake.hanging.add("compute_cartesian_path"), ErrorCode.BACKEND_UNAVAILABLE),
    ],
    ids=["no plan", "controller", "hangs"],
)
def test_a_failed_pick_leaves_nothing_behind(backend, move_group, fault, code):
    fault(move_group)
    outcome = pick(backend)
    assert outcome.error.code is code
    assert untouched(move_group)


def test_a_pick_cancelled_while_it_holds_leaves_nothing_behind(backend, move_group):
    outcome = pick(backend, is_cancelled=lambda: bool(move_group.attached))
    assert outcome.error.code is ErrorCode.CANCELLED
    assert untouched(move_group)
