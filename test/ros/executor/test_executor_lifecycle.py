"""The executor's states: what is loaded in each, what it takes, and that the arm stands first."""

import numpy as np
import pytest
from arm_world import (
    ROBOT,
    Commander,
    FakeArm,
    Operator,
    assert_stands_still,
    eventually,
)
from controllers import TrajectoryController
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from rt_grasp_ros.action import ExecuteGrasp
from world import FakeCamera, reply_of

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import ExecutorUnavailable
from rt_grasp_ros.ros.executor.executor_node import ExecutorNode
from rt_grasp_ros.ros.node.lifecycle import INACTIVE, UNCONFIGURED, bring_up

pytestmark = pytest.mark.ros

SUCCESS, FAILURE = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE
FULL_SPEED = {"speed": 1.0, "line_speed": 1.0, "gripper_timeout_s": 20.0, "frame_timeout_s": 30.0}
ARM_TOPIC = "/arm_controller/joint_trajectory"


def overrides(**values):
    return [Parameter(name, value=value) for name, value in values.items()]


@pytest.fixture(scope="module")
def the_node(world):
    node = ExecutorNode(context=world.context, parameter_overrides=overrides(**FULL_SPEED))
    return world.add(node)


@pytest.fixture(scope="module")
def commander(world):
    return world.add(Commander(world))


@pytest.fixture(scope="module")
def operator(world):
    return world.add(Operator(world))


@pytest.fixture(scope="module")
def the_camera(world):
    return world.add(FakeCamera(world))


@pytest.fixture
def node(the_node, the_camera, arm):
    """An unconfigured executor, with an arm at home and a camera."""
    arm.publish_camera_pose()
    yield the_node
    the_node.trigger_deactivate()
    the_node.trigger_cleanup()


def refused(result, code, *words):
    assert ErrorCode(result.error_code) is code, result.error_message
    assert result.executed_index == -1
    for word in words:
        assert word in result.error_message


def heard_of_the_robot(node):
    """Return what the node's listener has but the clock."""
    return [
        *(each.topic_name for each in node._listener.subscriptions),
        *(each.srv_name for each in node._listener.clients),
        *(each.topic_name for each in node._listener.publishers),
    ]


def test_unconfigured_nothing_is_loaded_and_goals_are_refused_with_the_state(
    node, arm, commander, operator
):
    assert not {"/joint_states", ARM_TOPIC} & {*heard_of_the_robot(node)}
    with pytest.raises(ExecutorUnavailable, match="not configured"):
        _ = node.arm
    result = commander.result_of(commander.send(to=UNCONFIGURED))
    refused(result, ErrorCode.EXECUTOR_UNAVAILABLE, "unconfigured", "configure", "activate")
    reply = operator.stop()
    assert not reply.success
    assert "not configured" in reply.message and "robot's own stop" in reply.message
    assert arm.moves == 0 and arm.holds == 0


def test_inactive_it_sees_the_arm_and_stops_it_and_refuses_goals(node, arm, commander, operator):
    assert node.trigger_configure() == SUCCESS
    assert {"/joint_states", ARM_TOPIC} <= {*heard_of_the_robot(node)}
    result = commander.result_of(commander.send(to=INACTIVE))
    refused(result, ErrorCode.EXECUTOR_UNAVAILABLE, "inactive", "activate")
    assert eventually(lambda: operator.stop().success)
    assert eventually(lambda: arm.holds >= 1)
    assert arm.moves == 0


@pytest.mark.parametrize("end", ["deactivate", "shutdown"])
def test_the_arm_stands_before_the_state_is_left(new_world, end):
    arm = new_world.add(FakeArm(new_world))
    new_world.add(FakeCamera(new_world))
    commander = new_world.add(Commander(new_world))
    node = new_world.add(
        ExecutorNode(context=new_world.context, parameter_overrides=overrides(**FULL_SPEED))
    )
    assert bring_up(node)
    arm.publish_camera_pose()
    arm.creep_in("arm", 1)
    handle = commander.send()
    assert eventually(lambda: np.abs(arm.arm_rad() - ROBOT.home_rad).max() > 0.02)
    assert getattr(node, f"trigger_{end}")() == SUCCESS
    refused_code = commander.result_of(handle).error_code
    assert ErrorCode(refused_code) is ErrorCode.CANCELLED
    assert_stands_still(arm)
    after = {"deactivate": INACTIVE, "shutdown": "finalized"}[end]
    moves = arm.moves
    refused(commander.result_of(commander.send(to=after)), ErrorCode.EXECUTOR_UNAVAILABLE, after)
    assert arm.moves == moves


def test_what_may_be_held_is_not_dropped_by_deactivating(node, arm, commander):
    assert bring_up(node)
    arm.creep_in("arm", 3)
    handle = commander.send()
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_LIFTING)
    hand_motions = arm._sent["hand"]
    assert node.trigger_deactivate() == SUCCESS
    result = commander.result_of(handle)
    assert ErrorCode(result.error_code) is ErrorCode.CANCELLED
    assert "may hold something" in result.error_message
    assert_stands_still(arm)
    assert arm._sent["hand"] == hand_motions
    assert node.trigger_activate() == SUCCESS
    assert arm._sent["hand"] == hand_motions


def test_goals_come_again_once_it_is_active_again(node, arm, commander):
    assert bring_up(node)
    assert node.trigger_deactivate() == SUCCESS
    assert node.trigger_activate() == SUCCESS
    handle = commander.send()
    commander.wait_for_stage(ExecuteGrasp.Feedback.STAGE_PREGRASP)
    reply_of(handle.cancel_goal_async())
    assert ErrorCode(commander.result_of(handle).error_code) is ErrorCode.CANCELLED


def test_what_was_seen_before_it_was_deactivated_does_not_move_the_arm(node, arm, commander):
    assert bring_up(node)
    seen_at = commander.get_clock().now().to_msg()
    assert node.trigger_deactivate() == SUCCESS
    assert node.trigger_activate() == SUCCESS
    moves = arm.moves
    result = commander.result_of(commander.send(stamp=seen_at))
    refused(result, ErrorCode.CANCELLED)
    assert arm.moves == moves


def test_cleaned_up_it_lets_go_of_all_and_can_be_configured_again(node, arm, commander):
    before = sorted(heard_of_the_robot(node))
    for _ in range(3):
        assert bring_up(node)
        assert len(heard_of_the_robot(node)) > len(before)
        assert node.trigger_deactivate() == SUCCESS
        assert node.trigger_cleanup() == SUCCESS
        assert sorted(heard_of_the_robot(node)) == before
    assert bring_up(node)
    result = commander.result_of(commander.send())
    assert ErrorCode(result.error_code) is ErrorCode.OK, result.error_message
    assert result.held


def test_no_goal_is_let_in_once_the_process_is_to_end(new_world):
    node = new_world.add(ExecutorNode(context=new_world.context))
    assert node.trigger_configure() == SUCCESS
    node.end_goals()
    assert node.trigger_activate() == FAILURE
    assert node._job.is_closed()


class Journal:
    """Stands in for the node's logger: what is told of failures."""

    def __init__(self):
        self.said = []

    def error(self, text, **options):
        self.said.append(text)

    warning = info = fatal = error


@pytest.fixture
def refused_because(new_world, monkeypatch):
    """Configure an executor that is to refuse, and return what its log says."""

    def refused_because(code, **parameters):
        node = new_world.add(
            ExecutorNode(context=new_world.context, parameter_overrides=overrides(**parameters))
        )
        journal = Journal()
        with monkeypatch.context() as patch:
            patch.setattr(node, "get_logger", lambda: journal)
            assert node.trigger_configure() == FAILURE
        (said,) = journal.said
        assert said.startswith(f"{code}: ")
        assert "/joint_states" not in heard_of_the_robot(node)
        refused(commander_of(new_world), ErrorCode.EXECUTOR_UNAVAILABLE, "unconfigured")
        return said

    return refused_because


def commander_of(world):
    commander = world.add(Commander(world))
    return commander.result_of(commander.send(to=UNCONFIGURED))


def test_a_robot_that_is_not_there_is_refused(refused_because):
    assert "nowhere.yaml" in refused_because("DATA_INVALID", robot="nowhere.yaml")


def test_a_gripper_that_is_none_is_refused(refused_because, tmp_path):
    (tmp_path / "gripper.yaml").write_text("name: a gripper without fingers\n")
    refused_because("DATA_INVALID", gripper=str(tmp_path / "gripper.yaml"))


def test_a_backend_that_is_not_installed_is_refused(refused_because):
    assert "moveit" in refused_because("BACKEND_UNAVAILABLE", backend="moveit_py")


def test_a_controller_of_other_joints_is_refused(new_world, refused_because):
    new_world.add(TrajectoryController(new_world, "arm_controller", ["elbow", "wrist"]))
    said = refused_because("CONTROLLER_FAILED")
    assert "elbow" in said
