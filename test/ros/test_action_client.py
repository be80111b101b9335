"""No response of an action is lost, however fast it comes."""

import threading
import time

import pytest
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rt_grasp_ros.action import ExecuteGrasp
from world import FakeExecutor

from rt_grasp_ros.ros.action_client import ActionClient

pytestmark = pytest.mark.ros


class SlowHandle:
    """A client's handle that returns from sending only after the response is there."""

    def __init__(self, handle):
        self._handle = handle

    def __getattr__(self, name):
        return getattr(self._handle, name)

    def __enter__(self):
        return self._handle.__enter__()

    def __exit__(self, *error):
        return self._handle.__exit__(*error)

    def _slowly(self, name, request):
        number = getattr(self._handle, name)(request)
        time.sleep(0.5)
        return number

    def send_goal_request(self, request):
        return self._slowly("send_goal_request", request)

    def send_result_request(self, request):
        return self._slowly("send_result_request", request)


@pytest.fixture(scope="module")
def executor(world):
    return world.add(FakeExecutor(world))


def slow_client(world):
    node = world.add(Node(f"client_{time.monotonic_ns()}", context=world.context))
    client = ActionClient(
        node, ExecuteGrasp, "execute_grasp", callback_group=ReentrantCallbackGroup()
    )
    assert client.wait_for_server(timeout_sec=30.0)
    client._client_handle = SlowHandle(client._client_handle)
    return client


def is_done(future, timeout_s=60.0):
    done = threading.Event()
    future.add_done_callback(lambda _: done.set())
    return done.wait(timeout_s)


def test_acceptance_and_result_arrive(world, executor):
    client = slow_client(world)
    accepting = client.send_goal_async(ExecuteGrasp.Goal(grasps=[]))
    assert is_done(accepting)
    assert accepting.result().accepted
    result = accepting.result().get_result_async()
    assert is_done(result)
    assert result.result().result.held
