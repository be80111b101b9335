"""What rclpy keeps to itself is looked for, and done without where it is not there."""

import re
from importlib import metadata

import pytest
import rclpy
from rclpy import action, lifecycle, node
from rclpy.context import Context
from rclpy.executors import MultiThreadedExecutor

from rt_grasp_ros.ros.rclpy_fixes import private_names
from rt_grasp_ros.ros.rclpy_fixes.private_names import KNOWN, private
from rt_grasp_ros.ros.rclpy_fixes.spinner import end_executor, make_executor

pytestmark = pytest.mark.ros


class Owner:
    _there = 7


@pytest.fixture
def warned(monkeypatch):
    said = []
    private_names._warn.cache_clear()
    logger = type("Logger", (), {"warning": lambda self, text: said.append(text)})()
    monkeypatch.setattr(private_names, "get_logger", lambda name: logger)
    yield said
    private_names._warn.cache_clear()


def test_what_is_there_is_returned_without_a_word(warned):
    assert private(Owner(), "_there", None) == 7
    assert warned == []


def test_what_is_not_there_is_warned_of_once(warned):
    assert [private(Owner(), "_gone", "instead") for _ in range(2)] == ["instead", "instead"]
    (text,) = warned
    assert "Owner._gone" in text
    assert all(version in text for version in KNOWN)


def test_this_rclpy_is_one_of_those_that_were_tried():
    names = [each.metadata["Name"] for each in metadata.distributions()]
    found = {
        metadata.version(name) for name in names if re.fullmatch(r"ros-rclpy|rclpy", name or "")
    }
    assert {".".join(version.split(".")[:2]) for version in found} <= set(KNOWN)


def test_this_rclpy_has_every_name():
    context = Context()
    rclpy.init(context=context)
    try:
        executor = MultiThreadedExecutor(1, context=context)
        executor._executor.shutdown()
        assert executor._futures == []
        executor.shutdown()
        made = node.Node("has_names", context=context)
        assert made._time_source
        made.destroy_node()
    finally:
        context.try_shutdown()
    assert "_LifecycleNodeMixin__change_state" in vars(lifecycle.node.LifecycleNodeMixin)
    assert {"_cancel_goal_async", "_get_result_async"} <= vars(action.ActionClient).keys()


def test_an_executor_without_the_private_pool_is_rclpys_own(monkeypatch, warned):
    """As a later rclpy may be, whose executor keeps its threads under another name."""
    monkeypatch.setattr(
        "rt_grasp_ros.ros.rclpy_fixes.spinner.private", lambda owner, name, otherwise: otherwise
    )
    context = Context()
    rclpy.init(context=context)
    try:
        executor = make_executor(2, context)
        assert end_executor(executor, 1.0)
    finally:
        context.try_shutdown()
