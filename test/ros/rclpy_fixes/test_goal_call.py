"""A goal is waited for with a deadline, and cancelled whenever that was asked for."""

import pytest
from arm_world import eventually
from rclpy.node import Node
from rt_grasp_ros.action import ExecuteGrasp

from rt_grasp_ros.ros.rclpy_fixes.action_client import ActionClient
from rt_grasp_ros.ros.rclpy_fixes.goal_call import GoalCall
from rt_grasp_ros.ros.rclpy_fixes.service_call import NotReady

pytestmark = pytest.mark.ros

LONG_S = 60.0


@pytest.fixture
def world(new_world):
    """Return a world of one test alone, also where `make_executor` adds to it."""
    return new_world


@pytest.fixture
def client(world):
    asker = world.add(Node("asker", context=world.context))
    return ActionClient(asker, ExecuteGrasp, "execute_grasp")


def call(client, hear=lambda feedback: None):
    assert client.wait_for_server(LONG_S)
    return GoalCall(client, ExecuteGrasp.Goal(), hear)


def test_the_result_comes_back(make_executor, client):
    make_executor()
    asked = call(client)
    assert asked.result(LONG_S, "Nothing came").held
    assert asked.is_over()


def test_feedback_is_heard(make_executor, client):
    make_executor(duration_s=LONG_S, stages=[10, 0, 1])

    def is_heard():  # not before the two are connected
        heard = []
        asked = call(client, lambda feedback: heard.append(feedback.stage))
        came = eventually(lambda: heard == [10, 0, 1], 2.0)
        asked.cancel()
        asked.result(LONG_S, "Nothing came")
        return came

    assert eventually(is_heard)


def test_a_cancel_before_the_goal_is_known_to_be_accepted_is_kept(make_executor, client):
    executor = make_executor(duration_s=LONG_S)
    for _ in range(5):
        asked = call(client)
        asked.cancel()
        asked.result(LONG_S, "Nothing came")
    assert executor.cancels == len(executor.goals) == 5


def test_a_goal_that_nobody_waits_for_any_more_is_cancelled(make_executor, client):
    executor = make_executor(duration_s=LONG_S)
    with pytest.raises(NotReady, match=r"^Nothing came within 0.2 s"):
        call(client).result(0.2, "Nothing came")
    assert executor.cancelled.wait(LONG_S)


def test_a_wait_that_breaks_off_cancels_the_goal(make_executor, client):
    executor = make_executor(duration_s=LONG_S)
    asked = call(client)

    def break_off():
        if executor.running.is_set():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        asked.result(LONG_S, "Nothing came", break_off)
    assert executor.cancelled.wait(LONG_S)


def test_a_goal_that_is_rejected_says_so(make_executor, client):
    make_executor(accept=False)
    asked = call(client)
    with pytest.raises(NotReady, match=r"^Nothing came: it was refused"):
        asked.result(LONG_S, "Nothing came")
    assert asked.is_over()
    asked.cancel()
