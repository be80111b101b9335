"""Around a command: what was freed before is not handed back in its middle."""

import time

import pytest
from active_perception import COMMAND, DEADLINES, refused
from listening import wait_until
from rclpy.parameter import Parameter
from world import reply_of

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.ros.perception import malloc_thresholds

pytestmark = pytest.mark.ros

LONGER_THAN_THE_PAUSE_S = 1.2


def test_freed_memory_is_handed_back_after_a_command_and_not_while_one_lasts(
    node, camera, user, monkeypatch
):
    times_s = []
    monkeypatch.setattr(
        malloc_thresholds, "give_freed_memory_back", lambda: times_s.append(time.monotonic())
    )
    node.set_parameters([Parameter("model_timeout_s", value=60.0)])
    assert user.ask(COMMAND).error_code == ErrorCode.OK
    reply = user.send("grasp the ramble box")
    wait_until(lambda: node._commands._flow.is_busy)
    refused(user.ask(COMMAND), ErrorCode.BUSY)
    before = len(times_s)
    time.sleep(LONGER_THAN_THE_PAUSE_S)
    assert len(times_s) == before
    assert user.cancel().success
    assert reply_of(reply).error_code == ErrorCode.CANCELLED
    wait_until(lambda: len(times_s) == before + 1)
    node.set_parameters([Parameter("model_timeout_s", value=DEADLINES["model_timeout_s"])])
