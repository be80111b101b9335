"""The move_group backend against the real move_group, with a Panda (docs/moveit.md)."""

import signal
import threading
import time

import numpy as np
import pytest
from arm_world import ROBOT, Commander, Operator, eventually, executor_node
from moveit_msgs.srv import GetStateValidity
from moveit_tasks import (
    CLOUD,
    GRIPPER,
    HOME,
    SPEED,
    STANDS_WITHIN_S,
    TURNED,
    SceneUser,
    assert_nothing_of_ours_in,
    candidate,
    has_left,
    pick,
    wall,
)
from rclpy.node import Node
from rclpy.parameter import Parameter
from real_moveit import ControlledArm, MoveGroupProcess
from rt_grasp_ros.action import ExecuteGrasp
from world import FakeCamera, reply_of

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import (
    BackendUnavailable,
    Cancelled,
    MotionTimeout,
    NoPlan,
    TransformUnavailable,
)
from rt_grasp_ros.motion.backend import never
from rt_grasp_ros.motion.embedded import MotionSettings
from rt_grasp_ros.motion.pick_outcome import Stage
from rt_grasp_ros.motion.planning_scene import PlanningScene
from rt_grasp_ros.ros.moveit.messages import robot_state
from rt_grasp_ros.ros.moveit.move_group_backend import MoveGroupBackend, MoveItSettings
from rt_grasp_ros.ros.robot.robot_topics import RobotTopics

pytestmark = [pytest.mark.ros, pytest.mark.real_moveit]

DEADLINE_S = 30.0


@pytest.fixture(scope="module")
def arm(world):
    return world.add(ControlledArm(world))


@pytest.fixture(scope="module")
def user(world):
    user = world.add(SceneUser(world))
    user.validity = user.create_client(
        GetStateValidity, "check_state_validity", callback_group=user.group
    )
    return user


@pytest.fixture(scope="module")
def move_group(arm):
    process = MoveGroupProcess()
    process.wait_until_ready()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def the_backend(user, move_group):
    backend = connect(user)
    assert eventually(lambda: knows_base_frame(backend))
    return backend


def connect(node):
    """Return the backend of a node."""
    io = RobotTopics(node, node, ROBOT, GRIPPER)
    settings = MotionSettings(speed=SPEED, line_speed=SPEED)
    backend = MoveGroupBackend(node, ROBOT, GRIPPER, io, settings, MoveItSettings())
    io.wait_for_state(10.0)
    return backend


def knows_base_frame(backend):
    """Whether move_group has heard of the frame that poses are in; its TF takes a moment."""
    try:
        return backend.solve_ik(backend.tip_pose(HOME), HOME, never)
    except TransformUnavailable:
        return False


@pytest.fixture
def backend(the_backend, arm):
    arm.go_home()
    time.sleep(0.2)  # until move_group knows it
    yield the_backend
    the_backend.clear_scene()


def is_free(user, positions_rad):
    """Ask move_group whether the arm touches anything at positions of shape (7,)."""
    request = GetStateValidity.Request(group_name=ROBOT.planning_group)
    request.robot_state = robot_state(ROBOT, positions_rad)
    return reply_of(user.validity.call_async(request)).valid


def test_an_object_is_picked_and_nothing_is_left_in_the_scene(backend, arm, user):
    before = user.scene()
    outcome = pick(backend, candidate(0.5))
    assert outcome.error is None
    assert outcome.held
    print({time.stage.name: round(time.duration_s, 2) for time in outcome.stages})
    after = user.scene()
    assert_nothing_of_ours_in(after)
    assert after.allowed_collision_matrix == before.allowed_collision_matrix


def test_what_is_held_is_attached_and_hangs_below_the_hand(backend, arm, user):
    backend.set_scene(PlanningScene(CLOUD, CLOUD[:, 1] < 0.1, 0.0, 0.06))
    backend.close_gripper(5.0, never)
    (held,) = user.scene().robot_state.attached_collision_objects
    assert held.link_name == ROBOT.tip_frame
    assert "rt_grasp" in held.object.id
    backend.open_gripper(0.06, 5.0, never)
    assert not user.scene().robot_state.attached_collision_objects


def test_the_arm_goes_around_a_wall(backend, arm, user):
    straight = [HOME + share * (TURNED - HOME) for share in np.linspace(0.0, 1.0, 40)]
    backend.set_scene(wall())
    blocked = [positions for positions in straight if not is_free(user, positions)]
    assert blocked and is_free(user, HOME) and is_free(user, TURNED)
    plan = backend.plan_joints(HOME, TURNED, 10.0, never)
    start_s = time.monotonic()
    backend.execute(plan, 30.0, never)
    assert np.allclose(arm.arm_rad(), TURNED, atol=0.01)
    gone = [rad for at_s, rad in arm.way if at_s > start_s]
    assert all(is_free(user, positions) for positions in gone[::5])
    print(f"{len(blocked)} of 40 states of the straight way touch the wall")


def test_no_position_reaches_a_pose_out_of_reach(backend):
    T_base_tip = backend.tip_pose(HOME)
    T_base_tip[2, 3] += 2.0
    assert backend.solve_ik(T_base_tip, HOME, never) == []


def test_a_pose_in_reach_and_inside_a_wall_is_no_pose_out_of_reach(backend):
    backend.set_scene(wall())
    T_base_tip = backend.tip_pose(TURNED)
    T_base_tip[:3, 3] = 0.25, -0.25, 0.45
    with pytest.raises(NoPlan, match="touches something"):
        backend.solve_ik(T_base_tip, HOME, never)


def test_a_candidate_out_of_reach_is_rejected_and_the_next_one_taken(backend, user):
    outcome = pick(backend, candidate(1.5), candidate(0.5))
    assert outcome.held
    assert outcome.executed_index == 1
    rejected = {verdict.rejected_code for verdict in outcome.verdicts if verdict.grasp_index == 0}
    assert rejected == {ErrorCode.OUT_OF_REACH}
    assert_nothing_of_ours_in(user.scene())


@pytest.mark.parametrize("stage", [Stage.PREGRASP, Stage.APPROACH, Stage.LIFTING])
def test_a_pick_stopped_on_its_way_leaves_nothing_behind(backend, user, stage):
    reached = []
    pressed = threading.Event()

    def report(now, _):
        if now is stage:
            reached.append(now)
            threading.Timer(0.2, pressed.set).start()

    outcome = pick(backend, candidate(0.5), is_cancelled=pressed.is_set, on_progress=report)
    assert reached
    assert outcome.error.code is ErrorCode.CANCELLED
    assert_nothing_of_ours_in(user.scene())


@pytest.mark.parametrize("way", ["every way", "move_group's event alone", "the controller alone"])
def test_a_stop_in_the_middle_makes_the_arm_stand(backend, arm, monkeypatch, way):
    if way == "move_group's event alone":
        monkeypatch.setattr(backend._io, "hold", lambda: None)
    if way == "the controller alone":
        monkeypatch.setattr(backend._events, "publish", lambda _: None)
    plan = backend.plan_joints(HOME, TURNED, 10.0, never)
    pressed_s = []

    def is_cancelled():
        if has_left(arm) and not pressed_s:
            pressed_s.append(time.monotonic())
        return bool(pressed_s)

    with pytest.raises(Cancelled):
        backend.execute(plan, 30.0, is_cancelled)
    ended_s = time.monotonic() - pressed_s[0]
    time.sleep(STANDS_WITHIN_S + 0.5)
    stood_s, way_rad = arm.stood_after_s(pressed_s[0])
    print(f"{way}: stands after {stood_s * 1000:.0f} ms and {way_rad * 1000:.0f} mrad, ")
    print(f"  execute ended after {ended_s * 1000:.0f} ms")
    assert stood_s < STANDS_WITHIN_S
    assert not np.allclose(arm.arm_rad(), TURNED, atol=0.1)
    # move_group is ready for the next motion.
    backend.execute(backend.plan_joints(arm.arm_rad(), HOME, 10.0, never), 30.0, never)


def test_the_executor_carries_out_a_grasp_then_is_stopped(world, arm, move_group, user):
    parameters = {"backend": "move_group", "speed": SPEED, "line_speed": SPEED}
    overrides = [Parameter(name, value=value) for name, value in parameters.items()]
    executor = executor_node(world, parameter_overrides=overrides)
    camera = world.add(FakeCamera(world))
    commander, operator = world.add(Commander(world)), world.add(Operator(world))
    arm.go_home()
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
    for node in (executor, camera, commander, operator):
        world.remove(node)


# --- lost connection: each test has a move_group of its own, which does not come back


@pytest.mark.parametrize(
    ("number", "error"), [(signal.SIGINT, MotionTimeout), (signal.SIGKILL, BackendUnavailable)]
)
def test_a_move_group_that_ends_in_the_middle_is_an_error_and_the_arm_stands(
    new_world, number, error
):
    """One that gets Ctrl-C while it executes neither ends nor answers: the deadline ends it."""
    arm = new_world.add(ControlledArm(new_world))
    process = MoveGroupProcess()
    try:
        process.wait_until_ready()
        backend = connect(new_world.add(Node("user", context=new_world.context)))
        plan = backend.plan_joints(HOME, TURNED, 10.0, never)
        ended_s = []

        def watch():
            if has_left(arm) and not ended_s:
                process.send(number)
                ended_s.append(time.monotonic())
            return False

        with pytest.raises(error):
            backend.execute(plan, DEADLINE_S, watch)
        print(f"{number.name}: noticed after {time.monotonic() - ended_s[0]:.1f} s")
        assert time.monotonic() - ended_s[0] < DEADLINE_S + 5.0
        stands_from_s = time.monotonic() + 0.5
        time.sleep(1.5)
        assert arm.stood_after_s(stands_from_s)[0] == 0.0
    finally:
        process.stop()
