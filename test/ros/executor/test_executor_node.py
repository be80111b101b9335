"""The executor over topics, with a fake robot that follows trajectories in real time."""

import functools
import math
import time

import numpy as np
import pytest
from arm_world import (
    GRASP,
    ROBOT,
    Commander,
    Operator,
    assert_stands_still,
    eventually,
    executor_node,
    grasp_at,
)
from rclpy.action import GoalResponse
from rclpy.parameter import Parameter
from rt_grasp_ros.action import ExecuteGrasp
from world import OPTICAL, FakeCamera, reply_of

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.motion import watch

pytestmark = pytest.mark.ros

PARAMETERS = {
    "speed": 1.0,
    "line_speed": 1.0,
    "gripper_timeout_s": 20.0,
    "joint_states_timeout_s": 1.0,
    "frame_timeout_s": 4.0,
    "tf_timeout_s": 0.3,
}


@pytest.fixture(scope="module")
def node(world):
    overrides = [Parameter(name, value=value) for name, value in PARAMETERS.items()]
    return executor_node(world, parameter_overrides=overrides)


@pytest.fixture(scope="module")
def the_camera(world):
    return world.add(FakeCamera(world))


@pytest.fixture
def camera(the_camera):
    yield the_camera
    the_camera.mend()


@pytest.fixture(scope="module")
def commander(world, node):
    return world.add(Commander(world))


def failed(result, code, *words):
    assert ErrorCode(result.error_code) is code, result.error_message
    assert not result.held
    assert result.error_message.endswith(".")
    for word in words:
        assert word in result.error_message


def test_without_the_cameras_transform_nothing_moves(arm, camera, commander):
    result = commander.result_of(commander.send())
    failed(result, ErrorCode.TRANSFORM_UNAVAILABLE, OPTICAL, "panda_link0")
    assert result.executed_index == -1
    assert np.allclose(arm.arm_rad(), ROBOT.home_rad)


@pytest.fixture
def transforms(arm):
    arm.publish_camera_pose()


def test_without_joint_states_the_goal_fails_in_time(arm, camera, transforms, commander):
    arm.is_silent = True
    time.sleep(watch.MAX_STATE_AGE_S + 0.1)  # what came before grows stale
    result = commander.result_of(commander.send(), 60.0)
    failed(result, ErrorCode.JOINT_STATES_STALE, "joint state")


def test_a_grasp_is_carried_out_until_it_is_held(arm, camera, transforms, commander):
    result = commander.result_of(commander.send())
    assert ErrorCode(result.error_code) is ErrorCode.OK, result.error_message
    assert result.held
    assert result.executed_index == 0
    assert result.finger_opening_m == pytest.approx(0.03, abs=0.002)
    names = [stage.name for stage in result.stages]
    assert names == [
        "checking",
        "planning",
        "opening",
        "pregrasp",
        "approach",
        "closing",
        "lifting",
        "verifying",
    ]
    assert all(stage.duration_s > 0 for stage in result.stages)
    # rclpy drops feedback that arrives after the result
    assert len(commander.stages) >= 5
    assert commander.stages == [10, 0, 1, 2, 3, 4, 5, 6, 8][: len(commander.stages)]
    assert [(v.grasp_index, v.rejected_code) for v in result.verdicts] == [(0, 0), (0, 0)]
    assert {v.is_twin for v in result.verdicts} == {False, True}


def test_cancelling_in_the_middle_halts_the_arm(arm, camera, transforms, commander):
    arm.creep_in("arm", 1)
    handle = commander.send()
    assert eventually(lambda: np.abs(arm.arm_rad() - ROBOT.home_rad).max() > 0.02)
    reply_of(handle.cancel_goal_async())
    result = commander.result_of(handle)
    failed(result, ErrorCode.CANCELLED)
    assert_stands_still(arm)


def test_a_goal_whose_client_was_gone_before_it_was_told_holds_up_no_other(
    arm, camera, transforms, node, commander
):
    assert node._accept_or_reject(ExecuteGrasp.Goal()) == GoalResponse.ACCEPT  # all that happens
    failed(commander.result_of(commander.send([])), ErrorCode.REQUEST_INVALID)


def test_of_two_goals_accepted_at_once_one_is_carried_out(
    arm, camera, transforms, node, commander, monkeypatch
):
    monkeypatch.setattr(node._job, "is_free", lambda: True)
    first = commander.send()
    second = commander.send()
    failed(commander.result_of(second), ErrorCode.EXECUTOR_UNAVAILABLE, "another grasp")
    assert commander.result_of(first).held


def test_a_second_goal_is_rejected_and_the_first_goes_on(arm, camera, transforms, commander):
    first = commander.send()
    assert first.accepted
    second = commander.send()
    assert not second.accepted
    for goal in (first, None):
        handle = goal or commander.send()
        assert handle.accepted
        reply_of(handle.cancel_goal_async())
        failed(commander.result_of(handle), ErrorCode.CANCELLED)


def test_joint_states_that_stop_coming_stop_the_arm(arm, camera, transforms, commander):
    handle = commander.send()
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_PREGRASP)
    arm.is_silent = True
    failed(commander.result_of(handle), ErrorCode.JOINT_STATES_STALE)
    assert eventually(lambda: arm.holds >= 1)


def test_without_pictures_nothing_moves(arm, camera, transforms, commander):
    camera.change(silent={"depth"})
    failed(commander.result_of(commander.send()), ErrorCode.FRAME_STALE, "depth")
    assert np.allclose(arm.arm_rad(), ROBOT.home_rad)


@pytest.mark.parametrize(
    ("grasps", "code"),
    [
        ([], ErrorCode.REQUEST_INVALID),
        ([grasp_at(0.67, rejected_code=ErrorCode.NO_FINGER_CLEARANCE)], ErrorCode.REQUEST_INVALID),
        ([grasp_at(math.inf)], ErrorCode.REQUEST_INVALID),
        ([grasp_at(0.0)], ErrorCode.OUT_OF_REACH),
        ([grasp_at(0.74)], ErrorCode.NO_PLAN),  # in the table
        ([grasp_at(0.8)], ErrorCode.OUTSIDE_WORKSPACE),  # below it
        ([grasp_at(-2.0)], ErrorCode.OUTSIDE_WORKSPACE),
    ],
)
def test_a_grasp_that_cannot_be_is_refused(arm, camera, transforms, commander, grasps, code):
    result = commander.result_of(commander.send(grasps))
    failed(result, code)
    assert result.executed_index == -1
    assert np.allclose(arm.arm_rad(), ROBOT.home_rad)


def test_a_rejected_grasp_is_passed_over_and_the_index_is_the_goals(
    arm, camera, transforms, commander
):
    rejected = grasp_at(0.67, rejected_code=ErrorCode.NO_FINGER_CLEARANCE)
    handle = commander.send([rejected, GRASP])
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_PREGRASP)
    reply_of(handle.cancel_goal_async())
    result = commander.result_of(handle)
    assert result.executed_index == 1
    assert {v.grasp_index for v in result.verdicts} == {1}


def test_a_grasp_out_of_reach_is_rejected_with_its_reason_and_the_next_one_taken(
    arm, camera, transforms, commander
):
    handle = commander.send([grasp_at(0.0), GRASP])
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_PREGRASP)
    heard = commander.verdicts  # before anything is held: people see what is taken
    reply_of(handle.cancel_goal_async())
    result = commander.result_of(handle)
    assert result.executed_index == 1
    assert list(result.verdicts) == list(heard)
    *accepted, rejected, rejected_twin = result.verdicts
    assert [(v.grasp_index, v.rejected_code, v.rejected_reason) for v in accepted] == [
        (1, 0, ""),
        (1, 0, ""),
    ]
    for verdict in (rejected, rejected_twin):
        assert verdict.grasp_index == 0
        assert ErrorCode(verdict.rejected_code) is ErrorCode.OUT_OF_REACH
        assert "does not reach" in verdict.rejected_reason
    assert not rejected.is_twin and rejected_twin.is_twin


# --- stop, confirm, plan


def set_parameter(node, **values):
    node.set_parameters([Parameter(name, value=value) for name, value in values.items()])


@pytest.fixture
def operator(world, node):
    return the_operator(world)


@functools.cache
def the_operator(world):
    return world.add(Operator(world))


@pytest.fixture
def checking_lasts(node, monkeypatch):
    """Let the check of the candidates go on until it is cancelled."""
    solve_ik = node.arm.backend.solve_ik

    def solve_when_cancelled(T_base_tip, seed_rad, is_cancelled):
        assert eventually(is_cancelled)
        return solve_ik(T_base_tip, seed_rad, is_cancelled)

    monkeypatch.setattr(node.arm.backend, "solve_ik", solve_when_cancelled)


@pytest.mark.usefixtures("checking_lasts")
def test_stop_ends_the_goal_while_candidates_are_checked(
    arm, camera, transforms, commander, operator
):
    assert_stop_ends("checking", arm, commander, operator)


@pytest.mark.parametrize(
    ("stage", "part", "number"),
    [("pregrasp", "arm", 1), ("approach", "arm", 2), ("closing", "hand", 2), ("lifting", "arm", 3)],
)
def test_stop_ends_the_goal_in_any_motion_and_nothing_moves_after_it(
    arm, camera, transforms, commander, operator, stage, part, number
):
    arm.creep_in(part, number)
    assert_stop_ends(stage, arm, commander, operator)


def assert_stop_ends(stage, arm, commander, operator):
    handle = commander.send()
    commander.wait_for_stage(getattr(ExecuteGrasp.Feedback, f"STAGE_{stage.upper()}"))
    reply = operator.stop()
    assert reply.success
    result = commander.result_of(handle)
    failed(result, ErrorCode.CANCELLED)
    assert result.stages[-1].name == stage
    assert_stands_still(arm)


def test_stop_holds_an_idle_arm_too(arm, operator):
    assert operator.stop().success
    assert eventually(lambda: arm.holds >= 1)


def test_what_was_seen_before_the_stop_does_not_move_the_arm_after_it(
    arm, camera, transforms, commander, operator
):
    seen_at = commander.get_clock().now().to_msg()
    # Not told again while it brakes, by the test before.
    assert eventually(lambda: operator.stop().success and arm.holds == 1)
    failed(commander.result_of(commander.send(stamp=seen_at)), ErrorCode.CANCELLED)
    assert arm.moves == 0


def test_the_executor_goes_on_when_it_is_asked_to_after_a_stop(
    arm, camera, transforms, commander, operator
):
    assert operator.stop().success
    handle = commander.send()
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_PREGRASP)
    reply_of(handle.cancel_goal_async())
    failed(commander.result_of(handle), ErrorCode.CANCELLED)


@pytest.fixture
def confirming(node):
    set_parameter(node, confirm=True, confirm_timeout_s=30.0)
    yield
    set_parameter(node, confirm=False)


def test_the_arm_waits_for_a_word_and_shows_its_plan(
    arm, camera, transforms, commander, operator, confirming
):
    handle = commander.send()
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_CONFIRMING)
    time.sleep(0.3)
    assert np.allclose(arm.arm_rad(), ROBOT.home_rad)
    plan = operator.plan()
    assert plan.header.frame_id == "panda_link0"
    grasp = min(plan.poses, key=lambda pose: pose.pose.position.z).pose.position
    assert (grasp.x, grasp.y, grasp.z) == pytest.approx((0.5, 0.0, 0.03), abs=0.002)
    assert operator.confirm(True).success
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_PREGRASP)
    reply_of(handle.cancel_goal_async())
    failed(commander.result_of(handle), ErrorCode.CANCELLED)


def test_a_refused_plan_moves_nothing(arm, camera, transforms, commander, operator, confirming):
    handle = commander.send()
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_CONFIRMING)
    assert operator.confirm(False).success
    result = commander.result_of(handle)
    failed(result, ErrorCode.NOT_CONFIRMED)
    assert result.executed_index == -1
    assert np.allclose(arm.arm_rad(), ROBOT.home_rad)


def test_silence_is_no_confirmation(node, arm, camera, transforms, commander, confirming):
    set_parameter(node, confirm_timeout_s=1.0)
    failed(commander.result_of(commander.send()), ErrorCode.NOT_CONFIRMED, "1 s")
    assert np.allclose(arm.arm_rad(), ROBOT.home_rad)


def test_stop_ends_the_wait_for_a_word(arm, camera, transforms, commander, operator, confirming):
    handle = commander.send()
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_CONFIRMING)
    assert operator.stop().success
    failed(commander.result_of(handle), ErrorCode.CANCELLED)


def test_a_word_that_nobody_waits_for_is_refused(operator):
    reply = operator.confirm(True)
    assert not reply.success
    assert "No plan" in reply.message


def test_a_workspace_without_inside_is_refused(node, arm, camera, transforms, commander):
    set_parameter(node, workspace_min_x_m=2.0)
    try:
        failed(
            commander.result_of(commander.send()), ErrorCode.REQUEST_INVALID, "workspace_min_x_m"
        )
    finally:
        set_parameter(node, workspace_min_x_m=-1.0)
