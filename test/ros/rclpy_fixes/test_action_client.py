"""No response of an action is lost, however fast it comes."""

import threading
import time

import pytest
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rt_grasp_ros.action import ExecuteGrasp

from rt_grasp_ros.ros.rclpy_fixes.action_client import ActionClient

pytestmark = pytest.mark.ros


class Handle:
    """A client's handle that does as the one that it is made of, but for what is overridden."""

    def __init__(self, handle):
        self._handle = handle

    def __getattr__(self, name):
        return getattr(self._handle, name)

    def __enter__(self):
        return self._handle.__enter__()

    def __exit__(self, *error):
        return self._handle.__exit__(*error)


class SlowHandle(Handle):
    """Returns from sending only after the response is there."""

    def _slowly(self, name, request):
        number = getattr(self._handle, name)(request)
        time.sleep(0.5)
        return number

    def send_goal_request(self, request):
        return self._slowly("send_goal_request", request)

    def send_result_request(self, request):
        return self._slowly("send_result_request", request)


class LossyHandle(Handle):
    """Loses what is said to a goal, as a server does that does not know its client yet."""

    def take_goal_response(self, kind):
        self._handle.take_goal_response(kind)
        return None, None


class LateHandle(Handle):
    """Hears of acceptance after the server's status."""

    def take_goal_response(self, kind):
        time.sleep(0.5)
        return self._handle.take_goal_response(kind)


def client_with(handle, world):
    node = world.add(Node(f"client_{time.monotonic_ns()}", context=world.context))
    client = ActionClient(
        node, ExecuteGrasp, "execute_grasp", callback_group=ReentrantCallbackGroup()
    )
    assert client.wait_for_server(timeout_sec=30.0)
    client._client_handle = handle(client._client_handle)
    return client


def is_done(future, timeout_s=60.0):
    done = threading.Event()
    future.add_done_callback(lambda _: done.set())
    return done.wait(timeout_s)


@pytest.mark.parametrize("handle", [Handle, SlowHandle, LossyHandle, LateHandle])
def test_acceptance_and_result_arrive(world, make_executor, handle):
    make_executor()
    client = client_with(handle, world)
    accepting = client.send_goal_async(ExecuteGrasp.Goal(grasps=[]))
    assert is_done(accepting)
    assert accepting.result().accepted
    result = accepting.result().get_result_async()
    assert is_done(result)
    assert result.result().result.held


def test_a_goal_whose_acceptance_was_lost_can_be_cancelled(world, make_executor):
    busy = make_executor(duration_s=60.0)
    client = client_with(LossyHandle, world)
    accepting = client.send_goal_async(ExecuteGrasp.Goal(grasps=[]))
    assert is_done(accepting)
    accepting.result().cancel_goal_async()
    assert busy.cancelled.wait(60.0)


def test_what_is_refused_is_not_taken_for_accepted(world, make_executor):
    make_executor(accept=False)
    accepting = client_with(Handle, world).send_goal_async(ExecuteGrasp.Goal(grasps=[]))
    assert is_done(accepting)
    assert not accepting.result().accepted
