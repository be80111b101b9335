"""The nodes say on /diagnostics, once a second, how they are."""

import time

import pytest
from active_perception import COMMAND, perception_node
from arm_world import eventually, executor_node
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from world import FakeCamera, User

pytestmark = pytest.mark.ros


@pytest.fixture(scope="module")
def heard(world):
    """Start the nodes and a camera; return the newest status by its name, and all arrays."""
    perception_node(world, namespace="left")
    executor_node(world, namespace="left")
    world.add(FakeCamera(world, namespace="left"))
    user = world.add(User(world, namespace="left"))
    newest, arrays = {}, []

    def hear(message):
        arrays.append((time.monotonic(), message))
        newest.update({status.name: status for status in message.status})

    user.create_subscription(DiagnosticArray, "/diagnostics", hear, 10)
    newest["user"] = user
    return newest, arrays


def values_of(status):
    return {value.key: value.value for value in status.values}


def test_a_healthy_perception_node(heard):
    newest, _ = heard
    names = ("colour", "aligned depth", "camera_info", "model", "commands", "recorder")
    for name in names:
        name = f"left/perception_node: {name}"
        assert eventually(
            lambda name=name: name in newest and newest[name].level == DiagnosticStatus.OK, 30.0
        ), newest.get(name)
    assert float(values_of(newest["left/perception_node: colour"])["rate_hz"]) > 1
    assert values_of(newest["left/perception_node: model"])["replaced"] == "0"
    newest["user"].ask(COMMAND)
    assert eventually(
        lambda: f"'{COMMAND}' ended with OK" in newest["left/perception_node: commands"].message
    )


def test_an_executor_without_joint_states(heard):
    newest, _ = heard
    assert eventually(lambda: "left/executor_node: joint states" in newest, 30.0)
    joints = newest["left/executor_node: joint states"]
    assert joints.level == DiagnosticStatus.ERROR
    assert "joint_states" in joints.message
    assert joints.hardware_id == "panda"
    executor = newest["left/executor_node: executor"]
    assert executor.level == DiagnosticStatus.OK
    assert "embedded" in executor.message


def test_once_a_second(heard):
    _, arrays = heard
    del arrays[:]

    def of_perception():
        return [(heard_s, a) for heard_s, a in arrays if "perception_node" in a.status[0].name]

    assert eventually(lambda: len(of_perception()) >= 6)
    first, *_, last = of_perception()[:6]
    assert 3.0 < last[0] - first[0] < 25.0  # 5 s, and what a loaded machine makes of them
    assert all(array.header.stamp.sec > 0 for _, array in of_perception())
