"""The moveit_py backend against the real moveit_py, with a Panda (docs/moveit.md)."""

import contextlib
import signal
import subprocess
import threading
import time
from unittest import mock

import numpy as np
import pytest
from arm_world import Commander, Operator, assert_stands_still, eventually
from moveit_tasks import (
    CLOUD,
    HOME,
    SPEED,
    STANDS_WITHIN_S,
    TURNED,
    SceneUser,
    assert_nothing_of_ours_in,
    barrier,
    candidate,
    has_left,
    pick,
    wall,
)
from real_moveit import ControlledArm
from real_moveit_py import (
    PACKAGE,
    UPSTREAMS_PACKAGE,
    BackendProcess,
    environment_with,
    make_config_package,
)
from rt_grasp_ros.action import ExecuteGrasp
from std_srvs.srv import Trigger
from world import FakeCamera, reply_of

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import BackendUnavailable, Cancelled, NoPlan
from rt_grasp_ros.motion.backend import never
from rt_grasp_ros.motion.pick_outcome import Stage
from rt_grasp_ros.motion.planning_scene import PlanningScene
from rt_grasp_ros.with_parent import start_with_parent

pytestmark = [pytest.mark.ros, pytest.mark.real_moveit, pytest.mark.real_moveit_py]

OPENING_M = 0.06


@pytest.fixture(scope="module")
def arm(world):
    return world.add(ControlledArm(world))


@pytest.fixture(scope="module")
def user(world):
    return world.add(SceneUser(world))


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """The prefix in which MoveIt's configuration package is found."""
    prefix = tmp_path_factory.mktemp("prefix")
    make_config_package(prefix)
    return prefix


@pytest.fixture(scope="module")
def the_backend(arm, prefix):
    process = BackendProcess(prefix)
    yield process
    process.stop()


@pytest.fixture
def backend(the_backend, arm):
    arm.go_home()
    time.sleep(0.2)  # until MoveIt knows it
    yield the_backend
    the_backend.run(clear_scene)


# --- tasks of the backend's process


def clear_scene(backend, is_cancelled):
    backend.clear_scene()


def see_wall(backend, is_cancelled):
    backend.set_scene(wall())


def see_barrier(backend, is_cancelled):
    backend.set_scene(barrier())


def see_box(backend, is_cancelled):
    backend.set_scene(PlanningScene(CLOUD, CLOUD[:, 1] < 0.1, 0.0, OPENING_M))


def grip(backend, is_cancelled):
    backend.close_gripper(5.0, is_cancelled)


def let_go(backend, is_cancelled):
    backend.open_gripper(OPENING_M, 5.0, is_cancelled)


def pick_one_of(backend, is_cancelled, *candidates):
    return pick(backend, *candidates, is_cancelled=is_cancelled)


def pick_and_stop_in(backend, is_cancelled, stage):
    """Return the stages begun and the outcome of a pick that is stopped 0.2 s into a stage."""
    begun, pressed = [], threading.Event()

    def report(now, _):
        begun.append(now)
        if now is stage:
            threading.Timer(0.2, pressed.set).start()

    outcome = pick(backend, candidate(0.5), is_cancelled=pressed.is_set, on_progress=report)
    return begun, outcome


def go_to(backend, is_cancelled, goal_rad):
    plan = backend.plan_joints(backend.arm_positions(), goal_rad, 10.0, is_cancelled)
    backend.execute(plan, 30.0, is_cancelled)


def go_with_one_way_of_stopping(backend, is_cancelled, way):
    """Go to TURNED; only one of the ways of stopping is there."""
    deaf = {"MoveIt alone": (backend._io, "hold"), "the controller alone": (backend, "_execution")}
    with mock.patch.object(*deaf[way]) if way in deaf else mock.patch.dict({}):
        go_to(backend, is_cancelled, TURNED)


def stop_before_it_moves(backend, is_cancelled):
    """Begin motions to TURNED and stop each at once; returns how many were said to be stopped."""
    plan = backend.plan_joints(HOME, TURNED, 10.0, never)
    stopped = 0
    for _ in range(5):
        try:
            backend.execute(plan, 30.0, lambda: True)
        except Cancelled:
            stopped += 1
    return stopped


def plan_to(backend, is_cancelled, goal_rad, timeout_s):
    backend.plan_joints(HOME, goal_rad, timeout_s, is_cancelled)


def longest_silence_while_planning(backend, is_cancelled, goal_rad, timeout_s):
    """Return for how long at most, in seconds, no other Python thread ran."""
    beats, ended = [time.monotonic()], threading.Event()

    def beat():
        while not ended.wait(0.005):
            beats.append(time.monotonic())

    beating = threading.Thread(target=beat)
    beating.start()
    with contextlib.suppress(NoPlan):
        backend.plan_joints(HOME, goal_rad, timeout_s, is_cancelled)
    ended.set()
    beating.join()
    return float(np.diff([*beats, time.monotonic()]).max())


def age_of_joints_after_planning(backend, is_cancelled, goal_rad, timeout_s):
    """Return how old the newest joint state is, in seconds, when planning has just ended."""
    with contextlib.suppress(NoPlan):
        backend.plan_joints(HOME, goal_rad, timeout_s, is_cancelled)
    return backend._io.now_s() - backend._io.joint_state().stamp_s


def which_are_free(backend, is_cancelled, configurations_rad):
    """Return for each configuration whether the arm touches nothing there."""
    with backend._checker(may_touch_target=False) as checker:
        return [checker.is_free(positions) for positions in configurations_rad]


def configurations_at(backend, is_cancelled, x_m, y_m, z_m):
    """Return the configurations with the hand at a place, turned as in TURNED."""
    T_base_tip = backend.tip_pose(TURNED)
    T_base_tip[:3, 3] = x_m, y_m, z_m
    return backend.solve_ik(T_base_tip, HOME, is_cancelled)


# --- tests


def test_the_arm_goes_to_a_configuration(backend, arm):
    backend.run(go_to, TURNED)
    assert np.allclose(arm.arm_rad(), TURNED, atol=0.01)


def test_an_object_is_picked_and_nothing_is_left_in_the_scene(backend, user):
    before = user.scene()
    outcome = backend.run(pick_one_of, candidate(0.5))
    assert outcome.error is None
    assert outcome.held
    print({time.stage.name: round(time.duration_s, 2) for time in outcome.stages})
    after = user.scene()
    assert_nothing_of_ours_in(after)
    assert after.allowed_collision_matrix == before.allowed_collision_matrix


def test_what_is_held_is_attached_and_hangs_below_the_hand(backend, user):
    backend.run(see_box)
    backend.run(grip)
    (held,) = user.scene().robot_state.attached_collision_objects
    assert held.link_name == "panda_hand"
    assert "rt_grasp" in held.object.id
    backend.run(let_go)
    assert not user.scene().robot_state.attached_collision_objects


def test_the_arm_goes_around_a_wall(backend, arm):
    straight = [HOME + share * (TURNED - HOME) for share in np.linspace(0.0, 1.0, 40)]
    backend.run(see_wall)
    free = backend.run(which_are_free, straight)
    assert free[0] and free[-1] and not all(free)
    start_s = time.monotonic()
    backend.run(go_to, TURNED)
    assert np.allclose(arm.arm_rad(), TURNED, atol=0.01)
    gone = [rad for at_s, rad in arm.way if at_s > start_s]
    assert all(backend.run(which_are_free, gone[::5]))
    print(f"{free.count(False)} of 40 states of the straight way touch the wall")


def test_no_position_reaches_a_pose_out_of_reach(backend):
    assert backend.run(configurations_at, 0.0, -0.5, 2.5) == []


def test_a_pose_in_reach_and_inside_a_wall_is_no_pose_out_of_reach(backend):
    backend.run(see_wall)
    with pytest.raises(NoPlan, match="touches something"):
        backend.run(configurations_at, 0.25, -0.25, 0.45)


def test_a_candidate_out_of_reach_is_rejected_and_the_next_one_taken(backend, user):
    outcome = backend.run(pick_one_of, candidate(1.5), candidate(0.5))
    assert outcome.held
    assert outcome.executed_index == 1
    rejected = {verdict.rejected_code for verdict in outcome.verdicts if verdict.grasp_index == 0}
    assert rejected == {ErrorCode.OUT_OF_REACH}
    assert_nothing_of_ours_in(user.scene())


@pytest.mark.parametrize("stage", [Stage.PREGRASP, Stage.APPROACH, Stage.LIFTING])
def test_a_pick_stopped_on_its_way_leaves_nothing_behind(backend, user, stage):
    begun, outcome = backend.run(pick_and_stop_in, stage)
    assert stage in begun
    assert outcome.error.code is ErrorCode.CANCELLED
    assert_nothing_of_ours_in(user.scene())


@pytest.mark.parametrize("way", ["every way", "MoveIt alone", "the controller alone"])
def test_a_stop_in_the_middle_makes_the_arm_stand(backend, arm, way):
    backend.begin(go_with_one_way_of_stopping, way)
    assert eventually(lambda: has_left(arm))
    pressed_s = time.monotonic()
    backend.pressed.set()
    with pytest.raises(Cancelled):
        backend.result()
    ended_s = time.monotonic() - pressed_s
    time.sleep(STANDS_WITHIN_S + 0.5)
    stood_s, way_rad = arm.stood_after_s(pressed_s)
    print(f"{way}: stands after {stood_s * 1000:.0f} ms and {way_rad * 1000:.0f} mrad, ")
    print(f"  execute ended after {ended_s * 1000:.0f} ms")
    assert stood_s < STANDS_WITHIN_S
    assert not np.allclose(arm.arm_rad(), TURNED, atol=0.1)
    backend.run(go_to, HOME)  # MoveIt is ready for the next motion


def test_a_motion_that_is_stopped_as_it_begins_never_moves_the_arm(backend, arm):
    assert backend.run(stop_before_it_moves) == 5
    time.sleep(1.5)
    assert np.allclose(arm.arm_rad(), HOME, atol=0.05)


def test_a_goal_inside_a_wall_is_refused(backend):
    backend.run(see_wall)
    with pytest.raises(NoPlan):
        backend.run(plan_to, HOME + (TURNED - HOME) / 2, 2.0)


def test_planning_that_leads_nowhere_ends_in_time(backend):
    backend.run(see_barrier)
    assert all(backend.run(which_are_free, [HOME, TURNED]))
    start_s = time.monotonic()
    with pytest.raises(NoPlan):
        backend.run(plan_to, TURNED, 2.0)
    took_s = time.monotonic() - start_s
    print(f"no plan after {took_s:.2f} s; 2 s were given")
    assert took_s < 4.0


@pytest.mark.parametrize("moment_s", [0.8, 1.0, 1.15, 1.3])
def test_planning_is_stopped_by_a_service_after_a_slice_at_most(backend, user, moment_s):
    press = user.create_client(Trigger, "press", callback_group=user.group)
    assert press.wait_for_service(10.0)
    backend.run(see_barrier)
    backend.begin(plan_to, TURNED, 60.0)
    time.sleep(moment_s)
    pressed_s = time.monotonic()
    reply_of(press.call_async(Trigger.Request()))
    served_s = time.monotonic() - pressed_s
    with pytest.raises(Cancelled):
        backend.result()
    ended_s = time.monotonic() - pressed_s
    print(f"the stop was served after {served_s:.2f} s, planning ended after {ended_s:.2f} s")
    assert ended_s < 2.0


def test_planning_keeps_other_threads_waiting_for_a_slice_at_most(backend):
    backend.run(see_wall)
    around_s = backend.run(longest_silence_while_planning, TURNED, 10.0)
    backend.run(see_barrier)
    nowhere_s = backend.run(longest_silence_while_planning, TURNED, 2.0)
    print(f"longest silence: {around_s:.2f} s around the wall, {nowhere_s:.2f} s at the barrier")
    assert max(around_s, nowhere_s) < 2.0


def test_joint_states_are_fresh_after_planning(backend):
    """The motion that follows is watched from its first moment."""
    backend.run(see_barrier)
    ages_s = [backend.run(age_of_joints_after_planning, TURNED, 1.0) for _ in range(4)]
    print(f"the newest joint state is at most {max(ages_s) * 1000:.0f} ms old")
    assert max(ages_s) < 0.3


# --- a world and a backend of its own for each test


@pytest.fixture
def connect(prefix):
    """Start processes of a backend; none outlives the test."""
    started = []

    def connect(**options):
        started.append(BackendProcess(prefix, **options))
        return started[-1]

    yield connect
    for process in started:
        process.stop()


def test_a_controller_that_does_not_answer_holds_up_no_stop(new_world, connect):
    arm = new_world.add(ControlledArm(new_world))
    answers = threading.Event()
    arm.answer_cancelling_after(answers)
    backend = connect()
    backend.begin(go_to, TURNED)
    assert eventually(lambda: has_left(arm))
    pressed_s = time.monotonic()
    backend.pressed.set()
    with pytest.raises(Cancelled):
        backend.result()
    print(f"execute ended after {time.monotonic() - pressed_s:.1f} s")
    assert time.monotonic() - pressed_s < 5.0
    stood_s, _ = arm.stood_after_s(pressed_s)
    assert stood_s < STANDS_WITHIN_S
    with pytest.raises(BackendUnavailable, match="did not end"):
        backend.run(go_to, HOME)
    answers.set()
    time.sleep(0.5)
    backend.run(go_to, HOME)


def test_a_robot_in_a_namespace_is_moved(new_world, connect):
    arm = new_world.add(ControlledArm(new_world, namespace="robot1"))
    backend = connect(namespace="robot1")
    backend.run(go_to, TURNED)
    assert np.allclose(arm.arm_rad(), TURNED, atol=0.01)


# --- the executor's process: a world of its own for each test


@pytest.fixture
def start(prefix):
    """Start executor processes; none outlives the test."""
    started = []

    def start(package=PACKAGE):
        parameters = {
            "backend": "moveit_py",
            "moveit_config_package": package,
            "speed": SPEED,
            "line_speed": SPEED,
            "autostart": True,
        }
        command = ["-m", "rt_grasp_ros.ros.executor.executor_node", "--ros-args"]
        for name, value in parameters.items():
            command += ["-p", f"{name}:={value}"]
        environment = environment_with(prefix)
        started.append(
            start_with_parent(command, stderr=subprocess.PIPE, text=True, env=environment)
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait(5.0)


def test_the_executor_carries_out_a_grasp_then_is_stopped(new_world, start):
    arm = new_world.add(ControlledArm(new_world))
    start()
    user = new_world.add(SceneUser(new_world))
    new_world.add(FakeCamera(new_world))
    commander, operator = new_world.add(Commander(new_world)), new_world.add(Operator(new_world))
    arm.publish_camera_pose()
    result = commander.result_of(commander.send())
    assert ErrorCode(result.error_code) is ErrorCode.OK, result.error_message
    assert result.held
    assert_nothing_of_ours_in(user.scene())
    arm.go_home()
    time.sleep(0.2)
    handle = commander.send()
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_PREGRASP)
    assert eventually(lambda: has_left(arm))
    pressed_s = time.monotonic()
    assert operator.stop().success
    result = commander.result_of(handle, 10.0)
    assert ErrorCode(result.error_code) is ErrorCode.CANCELLED
    time.sleep(STANDS_WITHIN_S)
    stood_s, _ = arm.stood_after_s(pressed_s)
    print(f"stop of the executor: the arm stands after {stood_s * 1000:.0f} ms")
    assert stood_s < STANDS_WITHIN_S
    assert_nothing_of_ours_in(user.scene())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_ending_the_executor_in_the_middle_stops_the_arm(new_world, start, number):
    arm = new_world.add(ControlledArm(new_world))
    process = start()
    new_world.add(FakeCamera(new_world))
    commander = new_world.add(Commander(new_world))
    arm.publish_camera_pose()
    assert eventually(lambda: "arm_guard" in arm.get_node_names())
    assert commander.send().accepted
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_PREGRASP)
    assert eventually(lambda: has_left(arm))
    sent_s = time.monotonic()
    process.send_signal(number)
    _, complaint = process.communicate(timeout=60.0)
    print(f"{number.name}: exit status {process.returncode}, {time.monotonic() - sent_s:.2f} s")
    assert process.returncode == (-number if number is signal.SIGKILL else 0), complaint
    assert_stands_still(arm)
    stood_s, _ = arm.stood_after_s(sent_s)
    print(f"  the arm stands after {stood_s * 1000:.0f} ms")


def test_a_configuration_without_moveit_cpp_ends_the_executor_with_a_sentence(new_world, start):
    new_world.add(ControlledArm(new_world))
    process = start(UPSTREAMS_PACKAGE)
    _, complaint = process.communicate(timeout=60.0)
    assert process.returncode == 1, complaint
    assert "moveit_cpp.yaml" in complaint.strip().splitlines()[-1]


def test_without_joint_states_the_executor_ends_with_a_sentence(new_world, start):
    process = start()
    _, complaint = process.communicate(timeout=60.0)
    assert process.returncode == 1, complaint
    assert "joint_states" in complaint.strip().splitlines()[-1]
