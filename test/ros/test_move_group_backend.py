"""The move_group backend against real servers with MoveIt's names, fields and habits."""

import threading
import time

import numpy as np
import pytest
from arm_world import ROBOT, assert_stands_still, eventually
from moveit_msgs.msg import MoveItErrorCodes as Codes
from moveit_msgs.srv import GetPlanningScene
from moveit_world import OTHER_OBJECT, FakeMoveGroup
from rclpy.node import Node
from world import World

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import (
    BackendUnavailable,
    Cancelled,
    ControllerFailed,
    JointStatesStale,
    MotionTimeout,
    NoPlan,
    RtGraspError,
)
from rt_grasp_ros.motion.backend import never
from rt_grasp_ros.motion.embedded import MotionSettings
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.kinematics import Kinematics
from rt_grasp_ros.motion.pick_plan import PickCandidate
from rt_grasp_ros.motion.planning_scene import PlanningScene
from rt_grasp_ros.motion.sequence import PickSequence
from rt_grasp_ros.motion.timing import time_path
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.moveit.move_group_backend import MoveGroupBackend, MoveItSettings
from rt_grasp_ros.ros.moveit.scene_objects import OBSTACLES, TABLE, TARGET
from rt_grasp_ros.ros.rclpy_fixes.service_call import ask
from rt_grasp_ros.ros.robot.robot_topics import RobotTopics

pytestmark = [pytest.mark.ros, pytest.mark.moveit]

GRIPPER = load_gripper(share_path("config/grippers/panda_hand.yaml"))
HOME = ROBOT.home_rad
TURNED = HOME + np.eye(7)[0] * 1.0
TIMEOUT_S = 3.0
# Where a wait is cancelled, its own deadline is 30 s and the fake hangs for a minute: what ends
# within 10 s, a loaded machine's delays included, was cancelled.
LONG_S, PROMPTLY_S = 30.0, 10.0
# A box of 4 cm to grasp at (0.5, 0), and a neighbour.
CLOUD = np.array([[x, y, z] for x in (0.48, 0.5, 0.52) for y in (0.0, 0.3) for z in (0.02, 0.05)])
SCENE = PlanningScene(CLOUD, CLOUD[:, 1] < 0.1, 0.0, 0.06)


@pytest.fixture(scope="module")
def the_move_group():
    world = World()  # of its own: it may disappear
    move_group = world.add(FakeMoveGroup(world))
    move_group.disappear = lambda: world.remove(move_group)
    world.start()
    yield move_group
    world.stop()


@pytest.fixture
def move_group(the_move_group):
    the_move_group.mend()
    yield the_move_group
    the_move_group.release()


@pytest.fixture(scope="module")
def the_backend(world, the_arm, the_move_group):
    node = world.add(Node("user_of_move_group", context=world.context))
    io = RobotTopics(node, node, ROBOT, GRIPPER)
    settings = MotionSettings(speed=1.0, line_speed=1.0)
    backend = MoveGroupBackend(
        node, ROBOT, GRIPPER, io, settings, MoveItSettings(timeout_s=TIMEOUT_S)
    )
    io.wait_for_state(60.0)
    client = node.create_client(GetPlanningScene, "get_planning_scene")
    ask(client, GetPlanningScene.Request(), 60.0, "move_group is silent")  # replies get lost before
    return backend


@pytest.fixture
def backend(the_backend, arm, move_group):
    yield the_backend
    move_group.mend()
    move_group.world |= the_backend._scene._added
    the_backend.clear_scene()


def raises(failure, *words):
    return pytest.raises(failure, match=".*".join(words))


def cancelled_after(duration_s):
    start_s = time.monotonic()
    return lambda: time.monotonic() > start_s + duration_s


def moved(T_base_tip, z_m):
    pose = T_base_tip.copy()
    pose[2, 3] += z_m
    return pose


def line(backend, is_cancelled=never):
    return backend.plan_line(HOME, moved(backend.tip_pose(HOME), -0.06), is_cancelled)


# --- planning


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
    with raises(BackendUnavailable, "did not end planning"):
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


# --- straight lines


def test_a_line_is_straight_and_whole(backend):
    path = line(backend)
    tips = np.array([backend.tip_pose(row)[:3, 3] for row in path.positions])
    assert np.allclose(tips[:, :2], tips[0, :2], atol=1e-3)
    assert tips[-1, 2] == pytest.approx(tips[0, 2] - 0.06, abs=1e-3)


def test_a_part_of_a_line_is_refused_though_move_group_reports_success(backend, move_group):
    move_group.fraction = 0.6
    with raises(NoPlan, r"60\.0 %"):
        line(backend)


def test_a_line_that_jumps_is_refused(backend, move_group):
    kinematics = Kinematics(ROBOT)

    def flip(path):
        """From half-way on, reach the same poses with another elbow."""
        half = len(path) // 2
        others = kinematics.solve_all(kinematics.tip_pose(path[half]), path[half])
        path[half] = next(other for other in others if np.abs(other - path[half]).max() > 0.5)
        for index in range(half + 1, len(path)):
            path[index] = kinematics.solve(kinematics.tip_pose(path[index]), path[index - 1])
        return path

    move_group.spoil_line = flip
    with raises(NoPlan, "jump"):
        line(backend)


def test_a_line_that_bends_is_refused(backend, move_group):
    def bend(path):
        path[:, 0] += 0.03 * np.sin(np.linspace(0.0, np.pi, len(path)))
        return path

    move_group.spoil_line = bend
    with raises(NoPlan, "off by"):
        line(backend)


# --- moving


def test_the_arm_goes_along_a_plan(backend, arm):
    backend.execute(backend.plan_joints(HOME, TURNED, 2.0, never), 10.0, never)
    assert np.allclose(arm.arm_rad(), TURNED, atol=0.02)


def stands_on_the_way(arm):
    assert_stands_still(arm)
    return not np.allclose(arm.arm_rad(), TURNED, atol=0.02)


def has_left(arm):
    return np.abs(arm.arm_rad() - HOME).max() > 0.02


def test_cancelling_in_the_middle_stops_the_arm_by_the_event(backend, arm, move_group):
    plan = backend.plan_joints(HOME, TURNED, 2.0, never)
    arm.creep_in("arm", 1)
    move_group.hanging.add("execute_trajectory")
    start_s = time.monotonic()
    with pytest.raises(Cancelled):
        backend.execute(plan, LONG_S, lambda: has_left(arm))
    assert time.monotonic() - start_s < PROMPTLY_S
    assert eventually(lambda: move_group.stops >= 1)
    assert stands_on_the_way(arm)


def test_a_stop_is_even_and_moveit_is_told_when_the_arm_stands(backend, arm, move_group):
    """Told at once, its controller holds the measured position, and races with the braking."""
    way = HOME + np.eye(7)[0] * 1.5
    plan = time_path(ROBOT, np.linspace(HOME, way, 8), 0.35)
    cancelled_s = []

    def is_cancelled():
        if arm.arm_rad()[0] - HOME[0] < 0.5:
            return False
        cancelled_s.append(time.monotonic())
        return True

    with pytest.raises(Cancelled):
        backend.execute(plan, LONG_S, is_cancelled)
    assert eventually(lambda: move_group.stops >= 1)
    assert eventually(arm.is_at_rest)
    assert arm.stood_within_s() < 0.5
    arm.assert_braked_evenly(cancelled_s[0], most=2.0)


def test_a_stop_without_a_goal_is_told_to_moveit_too(backend, arm, move_group):
    backend.stop()
    assert eventually(lambda: move_group.stops == 1)


def test_a_motion_that_somebody_else_stopped_has_not_arrived(backend, arm, move_group):
    """The controller calls its goal reached, and MoveIt reports success."""
    plan = time_path(ROBOT, np.linspace(HOME, HOME + np.eye(7)[0] * 1.5, 8), 0.35)

    def stop():
        assert eventually(lambda: arm.arm_rad()[0] - HOME[0] > 0.5)
        backend._io.hold()

    threading.Thread(target=stop).start()
    with raises(ControllerFailed, "reports success", "not at its goal"):
        backend.execute(plan, LONG_S, never)
    assert move_group.stops >= 1


def test_an_aborting_controller_is_a_failure_and_the_arm_is_stopped(backend, arm, move_group):
    move_group.codes["execute_trajectory"] = Codes.CONTROL_FAILED
    arm.creep_in("arm", 1)
    with raises(ControllerFailed, "controller"):
        backend.execute(backend.plan_joints(HOME, TURNED, 2.0, never), 10.0, never)
    assert stands_on_the_way(arm)


def test_a_refused_motion_moves_nothing(backend, arm, move_group):
    move_group.refusing.add("execute_trajectory")
    with raises(BackendUnavailable, "execute_trajectory", "refused"):
        backend.execute(backend.plan_joints(HOME, TURNED, 2.0, never), 10.0, never)
    assert np.allclose(arm.arm_rad(), HOME)


def test_a_motion_that_never_ends_is_stopped(backend, arm, move_group):
    move_group.hanging.add("execute_trajectory")
    with raises(MotionTimeout, "did not end"):
        backend.execute(backend.plan_joints(HOME, TURNED, 2.0, never), 0.5, never)
    assert eventually(lambda: move_group.stops >= 1)


def test_joint_states_that_stop_coming_stop_the_arm(backend, arm, move_group):
    plan = backend.plan_joints(HOME, HOME + np.eye(7)[0] * 2.5, 2.0, never)
    arm.is_silent = True
    move_group.hanging.add("execute_trajectory")
    with pytest.raises(JointStatesStale):
        backend.execute(plan, 10.0, never)
    assert eventually(lambda: move_group.stops >= 1)


def test_success_of_an_arm_that_stands_elsewhere_is_not_believed(backend, arm, move_group):
    plan = backend.plan_joints(HOME, TURNED, 2.0, never)
    arm.is_stuck = True  # by a brake, whatever its controller is told
    with raises(ControllerFailed, "not at its goal"):
        backend.execute(plan, 10.0, never)


@pytest.mark.parametrize("speed", [0.0, -0.1, 1.5])
def test_a_speed_that_move_group_takes_as_full_is_refused(world, speed):
    settings = MotionSettings(speed=speed)
    with pytest.raises(ValueError, match="speed"):
        MoveGroupBackend(None, ROBOT, GRIPPER, None, settings, MoveItSettings())


# --- the planning scene, undone on every way out


def untouched(move_group):
    return (
        move_group.world == {OTHER_OBJECT}
        and not move_group.attached
        and TARGET not in move_group.matrix.entry_names
    )


def test_a_scene_is_put_in_and_taken_out_again(backend, move_group):
    backend.set_scene(SCENE)
    assert move_group.world == {OTHER_OBJECT, TABLE, OBSTACLES, TARGET}
    backend.set_scene(PlanningScene(np.empty((0, 3)), np.empty(0, bool), 0.0, 0.06))
    assert move_group.world == {OTHER_OBJECT, TABLE}
    backend.clear_scene()
    assert untouched(move_group)


def test_the_hand_may_touch_the_target_on_a_line_only(backend, move_group):
    backend.set_scene(SCENE)
    line(backend)
    (edited, restored) = move_group.matrices
    allowed = dict(zip(edited.entry_names, edited.entry_values, strict=True))
    touching = {
        name for name, may in zip(edited.entry_names, allowed[TARGET].enabled, strict=True) if may
    }
    assert touching == {*ROBOT.links_beyond_tip, TABLE, OBSTACLES}
    assert "panda_hand" in touching and "panda_link7" not in touching
    assert allowed["panda_hand"].enabled[:2] == [False, True]  # what it was
    assert restored.entry_names == ["panda_hand", "panda_link7"]


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (lambda fake: fake.codes.update(compute_cartesian_path=Codes.FAILURE), NoPlan),
        (lambda fake: setattr(fake, "fraction", 0.5), NoPlan),
        (lambda fake: fake.hanging.add("compute_cartesian_path"), BackendUnavailable),
        (lambda fake: fake.hanging.add("compute_cartesian_path"), Cancelled),
    ],
    ids=["failed", "partial", "hangs", "cancelled"],
)
def test_allowed_contacts_are_undone_however_a_line_ends(backend, move_group, fault, failure):
    backend.set_scene(SCENE)
    fault(move_group)

    def is_asked():
        return "compute_cartesian_path" in move_group.requests

    is_cancelled = is_asked if failure is Cancelled else never
    with pytest.raises(failure):
        line(backend, is_cancelled)
    assert TARGET not in move_group.matrix.entry_names


def test_contacts_that_could_not_be_undone_are_undone_later(backend, move_group):
    backend.set_scene(SCENE)

    def fail_from_now_on(path):
        move_group.codes["apply_planning_scene"] = Codes.FAILURE
        return path

    move_group.spoil_line = fail_from_now_on
    with raises(BackendUnavailable, "refused a change"):
        line(backend)
    assert TARGET in move_group.matrix.entry_names
    del move_group.codes["apply_planning_scene"]
    backend.clear_scene()
    assert untouched(move_group)


def test_a_closed_hand_carries_the_target_and_an_opened_one_does_not(backend, move_group):
    backend.set_scene(SCENE)
    backend.close_gripper(20.0, never)
    assert move_group.attached == {TARGET}
    backend.open_gripper(0.06, 20.0, never)
    assert not move_group.attached
    assert TARGET in move_group.world


def grasp_at(x_m):
    pose = np.array(
        [[0.0, 1.0, 0.0, x_m], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, -1.0, 0.04], [0, 0, 0, 1]]
    )
    return PickCandidate(pose, 0.06)


def pick(backend, *candidates, **options):
    sequence = PickSequence(backend, GRIPPER, **options)
    return sequence.run(candidates or [grasp_at(0.5)], CLOUD)


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


# --- lost connection: last, since this move_group does not come back


def test_a_move_group_that_disappears_in_the_middle_stops_the_arm(backend, arm, move_group):
    plan = backend.plan_joints(HOME, TURNED, 2.0, never)
    arm.creep_in("arm", 1)
    move_group.hanging.add("execute_trajectory")

    def disappear():
        assert eventually(lambda: has_left(arm))
        move_group.disappear()

    threading.Thread(target=disappear).start()
    start_s = time.monotonic()
    with raises(BackendUnavailable, "execute_trajectory", "disappeared"):
        backend.execute(plan, LONG_S, never)
    assert time.monotonic() - start_s < LONG_S / 2
    assert stands_on_the_way(arm)
    with raises(BackendUnavailable, "start move_group"):
        backend.solve_ik(backend.tip_pose(HOME), HOME, never)
