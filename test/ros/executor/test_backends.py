"""Choosing a backend where MoveIt is not installed."""

import importlib.util

import pytest

from rt_grasp_ros.grasp.errors import BackendUnavailable
from rt_grasp_ros.motion.embedded import EmbeddedBackend
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.robot import load_robot
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.executor.backends import make_backend
from rt_grasp_ros.ros.executor.executor_parameters import ExecutorParameters

pytestmark = pytest.mark.ros

ROBOT = load_robot(share_path("config/robots/panda.yaml"))
GRIPPER = load_gripper(share_path("config/grippers/panda_hand.yaml"))


def make(backend):
    return make_backend(None, ROBOT, GRIPPER, None, ExecutorParameters(backend=backend))


def test_the_embedded_backend_needs_nothing():
    assert isinstance(make("embedded"), EmbeddedBackend)


@pytest.mark.parametrize(
    ("backend", "debian"),
    [("move_group", "ros-jazzy-moveit-msgs"), ("moveit_py", "ros-jazzy-moveit-py")],
)
def test_a_backend_that_is_not_installed_says_how_to_install_it(monkeypatch, backend, debian):
    monkeypatch.setenv("ROS_DISTRO", "jazzy")
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name: None if name.startswith("moveit") else found(name),
    )
    with pytest.raises(BackendUnavailable) as failure:
        make(backend)
    assert f"apt install {debian}" in failure.value.message
    assert failure.value.message.endswith(".")
