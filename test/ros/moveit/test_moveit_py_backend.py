"""The moveit_py backend against a stand-in with the signatures of the bindings."""

import signal
import sys
import threading
import time
from types import SimpleNamespace

import moveit_py_stand_in as stand_in
import numpy as np
import pytest
from fake_robot import FakeRobot

from rt_grasp_ros.grasp.errors import BackendUnavailable, Cancelled, ControllerFailed, NoPlan
from rt_grasp_ros.motion.backend import never
from rt_grasp_ros.motion.embedded import MotionSettings
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.planning_scene import PlanningScene
from rt_grasp_ros.motion.robot import load_robot
from rt_grasp_ros.resources import share_path

pytestmark = [pytest.mark.ros, pytest.mark.moveit]

ROBOT = load_robot(share_path("config/robots/panda.yaml"))
GRIPPER = load_gripper(share_path("config/grippers/panda_hand.yaml"))
HOME = ROBOT.home_rad
TURNED = HOME + np.eye(7)[0]
POINTS = np.array([[0.5, 0.0, 0.05], [0.5, 0.3, 0.05]])
SCENE = PlanningScene(POINTS, np.array([True, False]), 0.0, 0.06)
OURS = {"rt_grasp_table", "rt_grasp_target", "rt_grasp_obstacles"}


@pytest.fixture
def io():
    return FakeRobot(ROBOT, GRIPPER)


@pytest.fixture
def handlers():
    """Give signals to handlers of the test; the ones before come back after it."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    ours = {number: lambda *_: None for number in before}
    for number, handler in ours.items():
        signal.signal(number, handler)
    yield ours
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def make(monkeypatch, io, handlers):
    stand_in.install(monkeypatch, ROBOT, io)
    parameters = {"use_sim_time": SimpleNamespace(value=True)}
    node = SimpleNamespace(get_namespace=lambda: "/robot1", get_parameter=parameters.get)

    def make(config_package="panda_moveit_config", **settings):
        from rt_grasp_ros.ros.moveit.moveit_py_backend import MoveItPyBackend

        return MoveItPyBackend(node, ROBOT, GRIPPER, io, MotionSettings(**settings), config_package)

    return make


@pytest.fixture
def backend(make):
    return make(speed=1.0, line_speed=1.0)


@pytest.fixture
def moveit(backend):
    return stand_in.MoveItPy.instance


def down(backend):
    pose = backend.tip_pose(HOME).copy()
    pose[2, 3] -= 0.06
    return pose


def test_moveit_starts_in_the_nodes_namespace_and_with_its_clock(moveit):
    assert moveit.namespace == "/robot1"
    assert moveit.parameters["use_sim_time"] is True


def test_the_process_goes_on_to_hear_its_signals(moveit, handlers):
    assert {number: signal.getsignal(number) for number in handlers} == handlers


def test_a_plan_leads_from_start_to_goal(backend):
    plan = backend.plan_joints(HOME, TURNED, 2.0, never)
    assert np.allclose(plan.start, HOME) and np.allclose(plan.end, TURNED)


def test_planning_is_tried_again_within_its_time(backend, moveit):
    moveit.plans_to_fail = 2
    assert backend.plan_joints(HOME, TURNED, 2.0, never).duration_s > 0.0
    moveit.plans_to_fail = 9
    with pytest.raises(NoPlan, match="planning"):
        backend.plan_joints(HOME, TURNED, 2.0, never)


def test_planning_is_cancelled_between_two_tries(backend, moveit):
    moveit.plans_to_fail = 9
    with pytest.raises(Cancelled):
        backend.plan_joints(HOME, TURNED, 2.0, lambda: moveit.plans_to_fail < 8)
    assert moveit.plans_to_fail == 7


def test_our_obstacles_come_and_go(backend, moveit):
    moveit.world.add("somebody_elses")
    backend.set_scene(SCENE)
    assert moveit.world == {"somebody_elses", *OURS}
    backend.clear_scene()
    assert moveit.world == {"somebody_elses"}


def test_what_is_held_is_attached_until_it_is_let_go(backend, moveit):
    backend.close_gripper(20.0, never)
    assert not moveit.scene.current_state.attached
    backend.set_scene(SCENE)
    backend.close_gripper(20.0, never)
    held = moveit.scene.current_state.attached["rt_grasp_target"]
    assert held.link_name == ROBOT.tip_frame
    assert set(held.touch_links) == set(ROBOT.links_beyond_tip)
    backend.open_gripper(0.06, 20.0, never)
    assert not moveit.scene.current_state.attached
    assert moveit.world == OURS


def test_what_is_held_goes_with_our_obstacles(backend, moveit):
    backend.set_scene(SCENE)
    backend.close_gripper(20.0, never)
    backend.clear_scene()
    assert not moveit.world and not moveit.scene.current_state.attached


def test_configurations_in_collision_are_left_out(backend, moveit):
    pose = backend.tip_pose(HOME)
    found = backend.solve_ik(pose, HOME, never)
    moveit.scene.is_colliding = lambda _, joints: abs(joints["panda_joint1"] - HOME[0]) < 0.01
    assert len(backend.solve_ik(pose, HOME, never)) == len(found) - 1
    moveit.scene.is_colliding = lambda scene, positions: True
    with pytest.raises(NoPlan, match="touches something"):
        backend.solve_ik(pose, HOME, never)


def test_a_pose_out_of_reach_has_no_positions(backend):
    pose = backend.tip_pose(HOME).copy()
    pose[2, 3] += 2.0
    assert backend.solve_ik(pose, HOME, never) == []


def test_a_line_may_touch_the_target_and_that_what_is_around_it(backend, moveit):
    backend.set_scene(SCENE)
    allowed = []
    moveit.scene.is_colliding = lambda scene, _: allowed.append(
        scene.allowed_collision_matrix.allowed
    )
    path = backend.plan_line(HOME, down(backend), never)
    assert np.allclose(backend.tip_pose(path.end), down(backend), atol=1e-3)
    others = {*ROBOT.links_beyond_tip, "rt_grasp_table", "rt_grasp_obstacles"}
    assert {other for _, other in allowed[-1]} == others
    assert not moveit.scene.allowed_collision_matrix.allowed  # of the scene itself: nothing


def test_a_blocked_line_is_refused(backend, moveit):
    first = HOME[0]
    moveit.scene.is_colliding = lambda _, joints: abs(joints["panda_joint2"] - HOME[1]) > 0.02
    with pytest.raises(NoPlan, match="blocked"):
        backend.plan_line(HOME, down(backend), never)
    assert HOME[0] == first


def test_the_arm_is_moved_and_seen_there(backend, moveit, io):
    plan = backend.plan_joints(HOME, TURNED, 2.0, never)
    io.on_sleep = lambda: moveit.done.set() if np.allclose(io.arm, TURNED) else None
    backend.execute(plan, 20.0, never)
    assert np.allclose(io.arm, TURNED)


def test_cancelling_stops_moveit_and_the_controller(backend, moveit, io):
    plan = backend.plan_joints(HOME, TURNED, 2.0, never)
    with pytest.raises(Cancelled):
        backend.execute(plan, 20.0, lambda: io.now_s() > 100.3)
    assert io.held >= 1
    assert moveit.stops >= 1
    assert not np.allclose(io.arm, TURNED)


def test_moveit_is_told_to_stop_when_the_arm_stands(backend, moveit, io):
    """Told at once, its controller holds the measured position, and races with the braking."""
    plan = backend.plan_joints(HOME, TURNED, 2.0, never)
    io.rests_from_s = 100.8
    told_s = []
    stop_execution = moveit.stop_execution

    def note_and_stop():
        told_s.append(io.now_s())
        stop_execution()

    moveit.stop_execution = note_and_stop
    with pytest.raises(Cancelled):
        backend.execute(plan, 20.0, lambda: io.now_s() > 100.3)
    assert io.held >= 1
    assert 100.8 <= told_s[0] < 100.9
    assert len(io.expected) == 1 and np.allclose(io.expected[0].end, TURNED)


def test_an_arm_that_never_comes_to_rest_holds_up_no_stop(backend, moveit, io):
    plan = backend.plan_joints(HOME, TURNED, 2.0, never)
    io.rests_from_s = np.inf
    with pytest.raises(Cancelled):
        backend.execute(plan, 20.0, lambda: io.now_s() > 100.3)
    assert moveit.stops >= 1


def test_a_stop_that_moveit_forgets_is_repeated_until_the_motion_has_ended(backend, moveit, io):
    plan = backend.plan_joints(HOME, TURNED, 2.0, never)
    moveit.prepared.clear()
    threading.Timer(0.2, moveit.prepared.set).start()
    with pytest.raises(Cancelled):
        backend.execute(plan, 20.0, lambda: True)
    assert not moveit.is_executing
    assert io.held >= 2


def test_a_controller_that_does_not_answer_holds_up_no_stop(backend, moveit, io, monkeypatch):
    module = sys.modules[type(backend).__module__]
    monkeypatch.setattr(module, "_STOP_TIMEOUT_S", 0.1)
    plan = backend.plan_joints(HOME, TURNED, 2.0, never)
    moveit.controller_answers.clear()
    with pytest.raises(Cancelled):
        backend.execute(plan, 20.0, lambda: moveit.is_sent)
    assert io.held >= 1
    with pytest.raises(BackendUnavailable, match="did not end"):
        backend.execute(plan, 20.0, never)
    moveit.controller_answers.set()


def test_a_controller_that_aborts_is_a_failure(backend, moveit, io):
    moveit.outcome = stand_in.Status("ABORTED")
    plan = backend.plan_joints(HOME, TURNED, 2.0, never)
    io.on_sleep = lambda: moveit.done.set() if moveit.is_sent else time.sleep(0.001)
    with pytest.raises(ControllerFailed, match="ABORTED"):
        backend.execute(plan, 20.0, never)


def test_a_configuration_that_does_not_load_is_unavailable(make):
    with pytest.raises(BackendUnavailable, match="no_such_robot"):
        make("no_such_robot")


def test_no_speed_is_full_speed(make):
    with pytest.raises(ValueError, match="speed"):
        make(speed=0.0)
