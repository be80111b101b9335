"""Commands as goals of the action `grasp`: told on the way, ended by the action's own cancel."""

import time
from functools import partial

import pytest
from action_msgs.msg import GoalStatus
from active_perception import COMMAND, perception_node, refused
from arm_world import eventually
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from rt_grasp_ros.action import GraspByCommand
from world import FakeCamera, User, reply_of

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.motion.pick_outcome import Stage
from rt_grasp_ros.pipeline.command_stage import CommandStage
from rt_grasp_ros.ros.messages.stamps import seconds_from_duration

pytestmark = pytest.mark.ros


SUCCEEDED, ABORTED, CANCELED = (
    GoalStatus.STATUS_SUCCEEDED,
    GoalStatus.STATUS_ABORTED,
    GoalStatus.STATUS_CANCELED,
)
RAMBLE = "grasp the ramble box"


@pytest.fixture(scope="module")
def node(world):
    """A node whose deadlines end nothing that a test has to end."""
    node = perception_node(world)
    patient = {"model_timeout_s": 120.0, "execution_timeout_s": 120.0, "frame_timeout_s": 30.0}
    node.set_parameters([Parameter(name, value=value) for name, value in patient.items()])
    world.add(FakeCamera(world))
    return node


@pytest.fixture(scope="module")
def user(world, node):
    return world.add(User(world))


def stages_of(goal):
    return [CommandStage(feedback.stage) for feedback in goal.feedback]


def has_come_to(goal, stage):
    return stage in stages_of(goal)


def is_rambling(goal):
    return any("and" in feedback.reasoning for feedback in goal.feedback)


def test_the_stages_are_numbered_as_in_the_action_and_in_order():
    named = {
        name.removeprefix("STAGE_"): getattr(GraspByCommand.Feedback, name)
        for name in dir(GraspByCommand.Feedback)
        if name.startswith("STAGE_")
    }
    assert named == {stage.name: int(stage) for stage in CommandStage}
    assert [int(stage) for stage in CommandStage] == list(range(18))
    assert {stage.name for stage in Stage} <= named.keys()


def test_a_goal_ends_in_a_grasp_with_durations(user):
    status, result = user.start(COMMAND, max_candidates=2).end()
    assert ErrorCode(result.error_code) is ErrorCode.OK, result.error_message
    assert status == SUCCEEDED
    assert len(result.grasps) == 2 and result.dialogue_id and not result.executed
    assert "in the middle" in result.reasoning
    assert [stage.name for stage in result.stages] == ["frame", "model", "geometry", "show"]
    assert all(seconds_from_duration(stage.duration) > 0.0 for stage in result.stages)


def test_stages_and_reasoning_are_told_in_order(user):
    def is_told():  # what is said before the two are connected is not heard
        start_s = time.monotonic()
        goal = user.start(COMMAND)
        assert goal.end()[0] == SUCCEEDED
        took_s = time.monotonic() - start_s
        stages = stages_of(goal)
        assert stages == sorted(stages)
        elapsed_s = [seconds_from_duration(feedback.elapsed) for feedback in goal.feedback]
        assert elapsed_s == sorted(elapsed_s)
        assert all(0 <= each_s <= took_s for each_s in elapsed_s)  # since the goal began
        texts = list(dict.fromkeys(feedback.reasoning for feedback in goal.feedback))
        said = ["", "It lies", "It lies in the middle."]
        # rclpy drops feedback that arrives after the result.
        return stages[:2] == [CommandStage.FRAME, CommandStage.MODEL] and texts == said

    assert eventually(is_told)


def test_a_goal_moves_the_arm_and_tells_of_each_of_its_stages(user, make_executor):
    picking = [Stage.CHECKING, Stage.PLANNING, Stage.OPENING, Stage.PREGRASP, Stage.APPROACH]
    executor = make_executor(duration_s=120.0, stages=picking)
    for _ in range(10):  # feedback is not heard before the two are connected
        goal = user.start(COMMAND, execute=True)
        if eventually(partial(has_come_to, goal, CommandStage.APPROACH), 5.0):
            break
        goal.cancel()
        goal.end()
    stages = list(dict.fromkeys(stages_of(goal)))
    assert [stage.name for stage in stages][-6:] == ["EXECUTION", *(one.name for one in picking)]
    assert stages == sorted(stages)
    executor.release()
    status, result = goal.end()
    assert (status, result.error_code) == (SUCCEEDED, ErrorCode.OK)
    assert result.executed and result.held
    stages_s = {stage.name: seconds_from_duration(stage.duration) for stage in result.stages}
    assert stages_s["execution/planning"] == pytest.approx(0.2)


def test_a_dialogue_goes_on_from_the_service_to_the_action(user):
    dialogue_id = user.ask(COMMAND).dialogue_id
    _, result = user.start("the other end", dialogue_id=dialogue_id).end()
    assert result.dialogue_id == dialogue_id
    assert result.reasoning == f"It lies in the middle ({COMMAND}; the other end)."


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"command": ""}, ErrorCode.COMMAND_EMPTY),
        ({"command": COMMAND, "max_candidates": 0}, ErrorCode.REQUEST_INVALID),
        ({"command": COMMAND, "dialogue_id": "nonsense"}, ErrorCode.DIALOGUE_UNKNOWN),
        ({"command": "grasp the absent spoon"}, ErrorCode.OBJECT_NOT_FOUND),
    ],
)
def test_a_goal_that_fails_is_aborted_with_the_code_of_the_service(user, fields, code):
    status, result = user.start(**fields).end()
    assert status == ABORTED
    refused(result, code)
    assert user.ask(**fields).error_code == code


def test_a_goal_is_cancelled_while_the_model_writes(user):
    goal = user.start(RAMBLE)
    assert eventually(lambda: is_rambling(goal))
    assert len(goal.cancel().goals_canceling) == 1
    status, result = goal.end()
    assert status == CANCELED
    refused(result, ErrorCode.CANCELLED, "while it was written")
    assert user.start(COMMAND).end()[0] == SUCCEEDED


def test_a_goal_is_cancelled_while_the_arm_moves(user, make_executor):
    executor = make_executor(duration_s=120.0)
    goal = user.start(COMMAND, execute=True)
    assert executor.running.wait(60.0)
    goal.cancel()
    status, result = goal.end()
    assert status == CANCELED
    refused(result, ErrorCode.CANCELLED, "stands still")
    assert executor.cancelled.is_set(), "it has ended before the command says so"


def test_a_cancel_in_any_moment_leaves_no_arm_moving(user, make_executor):
    """From the moment a goal is accepted on; whichever wins, goal and executor agree."""
    executor = make_executor(duration_s=120.0)
    for _ in range(10):
        goal = user.start(COMMAND, execute=True)
        goal.cancel()
        status, result = goal.end()
        assert (status, result.error_code) == (CANCELED, ErrorCode.CANCELLED)
    assert executor.cancels == len(executor.goals)


def test_the_service_cancel_command_ends_a_goal(user):
    goal = user.start(RAMBLE)
    assert eventually(lambda: is_rambling(goal))
    assert user.cancel().success
    status, result = goal.end()
    assert status == ABORTED  # not by the action's own cancel
    refused(result, ErrorCode.CANCELLED)


def test_of_two_goals_the_second_is_told_at_once_that_the_first_is_carried_out(user):
    first = user.start(RAMBLE)
    assert eventually(lambda: is_rambling(first))
    status, result = user.start(COMMAND).end()
    assert status == ABORTED
    refused(result, ErrorCode.BUSY, "again")
    assert not first.is_over()
    first.cancel()
    assert first.end()[0] == CANCELED


def test_cancelling_a_goal_that_was_turned_away_does_not_touch_the_other(user):
    first = user.start(RAMBLE)
    assert eventually(lambda: is_rambling(first))
    second = user.start(COMMAND)
    second.cancel()
    second.end()
    heard = len(first.feedback)
    assert eventually(lambda: len(first.feedback) > heard + 5), "the first writes no more"
    first.cancel()
    assert first.end()[0] == CANCELED


def test_a_goal_waits_for_no_service_nor_a_service_for_a_goal(user):
    goal = user.start(RAMBLE)
    assert eventually(lambda: is_rambling(goal))
    refused(user.ask(COMMAND), ErrorCode.BUSY)
    goal.cancel()
    assert goal.end()[0] == CANCELED
    reply = user.send("slow please")
    results = []

    def is_refused():  # the request may be on its way still
        results.append(user.start(COMMAND).end()[1].error_code)
        return results[-1] == ErrorCode.BUSY

    assert eventually(lambda: is_refused() or reply.done())
    assert ErrorCode(reply_of(reply).error_code) in (ErrorCode.OK, ErrorCode.BUSY)
    assert set(results) <= {ErrorCode.OK, ErrorCode.BUSY}


def test_a_goal_whose_client_is_gone_is_carried_out_and_holds_up_no_other(
    world, user, make_executor
):
    executor = make_executor(duration_s=120.0)
    other = world.add(User(world))
    other.start(COMMAND, execute=True)
    assert executor.running.wait(60.0)
    world.remove(other)
    refused(user.start(COMMAND).end()[1], ErrorCode.BUSY)
    executor.release()
    assert eventually(lambda: user.start(COMMAND).end()[0] == SUCCEEDED)
    assert not executor.cancelled.is_set()


@pytest.mark.parametrize("what", ["the motion", "the thinking"])
def test_deactivating_aborts_the_goal_and_refuses_the_next(node, user, make_executor, what):
    executor = make_executor(duration_s=120.0)
    goal = user.start(COMMAND if what == "the motion" else RAMBLE, execute=True)
    if what == "the motion":
        assert executor.running.wait(60.0)
    else:
        assert eventually(lambda: is_rambling(goal))
    assert node.trigger_deactivate() == TransitionCallbackReturn.SUCCESS
    status, result = goal.end()
    assert status == ABORTED
    refused(result, ErrorCode.CANCELLED)
    assert executor.cancelled.is_set() is (what == "the motion")
    status, result = user.start(COMMAND).end()
    assert status == ABORTED
    refused(result, ErrorCode.NOT_ACTIVE, "activate")
    assert node.trigger_activate() == TransitionCallbackReturn.SUCCESS
    assert user.start(COMMAND).end()[0] == SUCCEEDED
