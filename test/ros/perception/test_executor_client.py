"""An executor that is replaced while it carries out a grasp is not waited for."""

import threading
import time

import pytest
from action_msgs.msg import GoalStatusArray
from action_msgs.srv import CancelGoal
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rt_grasp_ros.action import ExecuteGrasp
from rt_grasp_ros.msg import Grasp, GraspVerdict
from world import FakeExecutor

from rt_grasp_ros.grasp.errors import ExecutorUnavailable
from rt_grasp_ros.ros.node.qos import LATCHED
from rt_grasp_ros.ros.perception.executor_client import ExecutorClient

pytestmark = pytest.mark.ros

DEADLINE_S, PROMPTLY_S = 60.0, 20.0


class ForgetfulExecutor(Node):
    """Accepts goals, and answers as one that was started after them: it knows of none."""

    def __init__(self, world):
        super().__init__("forgetful_executor", context=world.context)
        self.cancelled = threading.Event()
        impl, group = ExecuteGrasp.Impl, ReentrantCallbackGroup()
        name = "execute_grasp/_action"
        for kind, service, reply in (
            (impl.SendGoalService, "send_goal", {"accepted": True}),
            (impl.GetResultService, "get_result", {}),
        ):
            self.create_service(
                kind,
                f"{name}/{service}",
                lambda _, __, kind=kind, reply=reply: kind.Response(**reply),
                callback_group=group,
            )
        self.create_service(
            CancelGoal, f"{name}/cancel_goal", self._hear_cancel, callback_group=group
        )
        self.create_publisher(impl.FeedbackMessage, f"{name}/feedback", 10)
        self.create_publisher(GoalStatusArray, f"{name}/status", LATCHED)

    def _hear_cancel(self, request, response):
        self.cancelled.set()
        return response


@pytest.fixture
def client(new_world):
    asker = new_world.add(Node("asker", context=new_world.context))
    return ExecutorClient(asker)


def execute(client, grasps=(), wait_s=20.0, on_verdicts=lambda verdicts: None):
    return client.execute(
        list(grasps),
        wait_s=wait_s,
        timeout_s=DEADLINE_S,
        on_verdicts=on_verdicts,
        on_stage=lambda stage: None,
        is_cancelled=lambda: False,
    )


def test_another_executor_in_its_place_ends_the_wait(new_world, client):
    first = new_world.add(FakeExecutor(new_world, duration_s=2 * DEADLINE_S))

    def replace():
        assert first.running.wait(DEADLINE_S)
        # The first still counts as there, as one that was killed.
        new_world.add(FakeExecutor(new_world))

    threading.Thread(target=replace, daemon=True).start()
    start_s = time.monotonic()
    with pytest.raises(ExecutorUnavailable, match=r"started anew.*look at the arm"):
        execute(client)
    assert time.monotonic() - start_s < PROMPTLY_S
    assert first.cancelled.wait(DEADLINE_S), "the arm may still be moved by the first"


def test_an_executor_that_does_not_know_the_goal_any_more_is_no_success(new_world, client):
    forgetful = new_world.add(ForgetfulExecutor(new_world))
    with pytest.raises(ExecutorUnavailable, match=r"started anew.*look at the arm"):
        execute(client)
    assert forgetful.cancelled.wait(DEADLINE_S), "whoever does know it may still move the arm"


def test_where_nobody_is_it_says_what_to_start(client):
    with pytest.raises(ExecutorUnavailable) as failure:
        execute(client, wait_s=0.2)
    assert failure.value.message == (
        "No executor appeared within 0.2 s; start the executor_node, or send the command with "
        "execute=false."
    )


def test_verdicts_about_grasps_that_nobody_sent_are_left_out(new_world, client):
    said = [GraspVerdict(grasp_index=index, is_twin=True) for index in (1, 2, 0, 3)]
    new_world.add(FakeExecutor(new_world, result=ExecuteGrasp.Result(verdicts=said)))
    heard = []
    execute(client, [Grasp(), Grasp()], on_verdicts=heard.append)
    assert [verdict.grasp_index for verdict in heard[-1]] == [1, 0]
