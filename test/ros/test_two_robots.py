"""Two robots at once, each in a namespace of its own: neither hears of the other.

Both have the same joints and frames. The cameras hang at different places, so that each arm has
to go somewhere else: an arm that took the other's transforms would grasp at the wrong place.
"""

from functools import partial

import numpy as np
import pytest
from arm_world import ROBOT, T_BASE_CAMERA, FakeArm, Operator, assert_stands_still, eventually
from graph import used_by
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from world import FakeCamera, User, reply_of

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.model.worker.worker_messages import EngineSource
from rt_grasp_ros.motion.kinematics import Kinematics
from rt_grasp_ros.ros.perception.perception_node import PerceptionNode
from rt_grasp_ros.ros.recording.attempt_file import read_attempt
from rt_grasp_ros.with_parent import start_with_parent

pytestmark = pytest.mark.ros

PRIVATE_TF = ["--ros-args", "-r", "/tf:=tf", "-r", "/tf_static:=tf_static"]
CAMERA_Y_M = {"left": 0.12, "right": -0.12}
PATIENCE = {"frame_timeout_s": 30.0, "model_timeout_s": 60.0, "executor_wait_s": 60.0}
FULL_SPEED = ["-p", "speed:=1.0", "-p", "line_speed:=1.0", "-p", "gripper_timeout_s:=20.0"]
FULL_SPEED += ["-p", "autostart:=true"]
FULL_SPEED += ["-p", "frame_timeout_s:=30.0", "-p", "planning_timeout_s:=60.0"]
OF_ALL_NODES = {"/rosout", "/parameter_events", "/diagnostics", "/clock"}


class Robot:
    """Everything of one robot, in its namespace; its executor is a process of its own."""

    def __init__(self, world, namespace, record_dir):
        options = {"namespace": namespace, "cli_args": PRIVATE_TF}
        self.namespace = namespace
        self.record_dir = record_dir
        self.camera = world.add(FakeCamera(world, **options))
        self.arm = world.add(FakeArm(world, **options))
        self.perception = world.add(
            PerceptionNode(
                engine=EngineSource("fake_engines:well_behaved"),
                context=world.context,
                parameter_overrides=[
                    Parameter("record_dir", value=str(record_dir)),
                    *(Parameter(name, value=value) for name, value in PATIENCE.items()),
                ],
                **options,
            )
        )
        self.user = world.add(User(world, **options))
        self.operator = world.add(Operator(world, **options))
        arguments = [*PRIVATE_TF, "-r", f"__ns:=/{namespace}", *FULL_SPEED]
        self.executor = start_with_parent(
            ["-m", "rt_grasp_ros.ros.executor.executor_node", *arguments]
        )
        self.arm.publish_camera_pose(self.T_base_camera())
        assert self.perception.trigger_configure() == TransitionCallbackReturn.SUCCESS
        assert self.perception.trigger_activate() == TransitionCallbackReturn.SUCCESS

    def T_base_camera(self):
        T_base_camera = T_BASE_CAMERA.copy()
        T_base_camera[1, 3] = CAMERA_Y_M[self.namespace]
        return T_base_camera

    def tip_y_m(self):
        return Kinematics(ROBOT).tip_pose(self.arm.arm_rad())[1, 3]

    def has_moved(self):
        return np.abs(self.arm.arm_rad() - ROBOT.home_rad).max() > 0.02


@pytest.fixture(scope="module")
def robots(world, tmp_path_factory):
    record_dir = tmp_path_factory.mktemp("attempts")
    made = [Robot(world, namespace, record_dir) for namespace in CAMERA_Y_M]
    node = made[0].user
    for robot in made:  # a graph is found bit by bit
        assert eventually(
            lambda own=f"/{robot.namespace}": (
                f"{own}/execute_grasp/_action/send_goal" in entries_of(node, "executor_node", own)
            ),
            60.0,
        )
    yield made
    for robot in made:
        robot.executor.kill()
        robot.executor.wait(5.0)


@pytest.fixture
def left_and_right(robots):
    for robot in robots:
        robot.arm.be_home()
    return robots


def entries_of(observer, name, namespace):
    """Return all that a node publishes, hears, serves or calls."""
    return set().union(*used_by(observer, name, namespace))


def is_complete(entries, last):
    return last in entries()


def test_each_node_stays_in_its_namespace(left_and_right):
    last_made = {
        "perception_node": "cancel_command",
        "executor_node": "execute_grasp/_action/get_result",
    }
    for robot in left_and_right:
        own = f"/{robot.namespace}"
        for name, service in last_made.items():
            entries = partial(entries_of, robot.user, name, own)
            assert eventually(partial(is_complete, entries, f"{own}/{service}"), 60.0)
            heard = partial(entries_of, robot.user, f"{name}_listener", own)
            last_heard = "tf_static" if name == "executor_node" else "camera/color/camera_info"
            assert eventually(partial(is_complete, heard, f"{own}/{last_heard}"), 60.0)
            assert f"{own}/camera/color/image_raw" in heard()
            everything = entries() | heard()
            strangers = {entry for entry in everything if not entry.startswith(f"{own}/")}
            assert strangers <= OF_ALL_NODES


def test_two_commands_at_once_each_for_its_robot(left_and_right):
    replies = [
        robot.user.send(f"grasp the {robot.namespace} box", execute=True)
        for robot in left_and_right
    ]
    for robot, future in zip(left_and_right, replies, strict=True):
        reply = reply_of(future, 200.0)
        assert ErrorCode(reply.error_code) is ErrorCode.OK, reply.error_message
        assert reply.held
        assert reply.grasps[0].command == f"grasp the {robot.namespace} box"
        assert robot.tip_y_m() == pytest.approx(CAMERA_Y_M[robot.namespace], abs=0.02)


def is_recorded(robot, command):
    newest = robot.perception.recorder_state.newest
    return newest is not None and read_attempt(newest).request.command == command


def test_each_attempt_is_recorded_for_its_robot(left_and_right):
    replies = [robot.user.send(f"grasp {robot.namespace}") for robot in left_and_right]
    for future in replies:
        reply_of(future)
    for robot in left_and_right:
        assert eventually(partial(is_recorded, robot, f"grasp {robot.namespace}"))
        attempt = read_attempt(robot.perception.recorder_state.newest)
        assert attempt.request.command == f"grasp {robot.namespace}"
        assert robot.perception.recorder_state.newest.parent == robot.record_dir / robot.namespace
        assert attempt.settings.node == f"/{robot.namespace}/perception_node"


def test_a_stop_stops_one_robot_alone(left_and_right):
    left, right = left_and_right
    left.arm.creep_in("arm", 1)
    replies = [robot.user.send("grasp the box", execute=True) for robot in left_and_right]
    assert eventually(lambda: left.has_moved() and right.has_moved(), 60.0)
    holds = right.arm.holds
    assert left.operator.stop().success
    assert eventually(lambda: left.arm.holds and left.arm.is_at_rest())
    stopped, went_on = (reply_of(future, 200.0) for future in replies)
    assert ErrorCode(stopped.error_code) is ErrorCode.CANCELLED
    assert ErrorCode(went_on.error_code) is ErrorCode.OK, went_on.error_message
    assert went_on.held
    assert right.arm.holds == holds
    assert_stands_still(left.arm)
