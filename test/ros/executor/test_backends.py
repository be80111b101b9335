"""Choosing a backend, also where MoveIt is not installed."""

import importlib.util
import sys
from types import SimpleNamespace

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
BY_MODULE = [("move_group", "move_group_backend"), ("moveit_py", "moveit_py_backend")]
BACKENDS_OF = {
    "move_group_backend": ("MoveGroupBackend", "MoveItSettings"),
    "moveit_py_backend": ("MoveItPyBackend",),
}


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


@pytest.mark.parametrize(("backend", "module"), BY_MODULE)
def test_a_backend_gets_the_settings_that_it_was_given(monkeypatch, backend, module):
    """By modules in the place of those that import MoveIt."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    for _, each in BY_MODULE:
        made = {name: kept(f"{each}.{name}") for name in BACKENDS_OF[each]}
        monkeypatch.setitem(sys.modules, f"rt_grasp_ros.ros.moveit.{each}", SimpleNamespace(**made))
    given = ExecutorParameters(
        backend=backend,
        speed=0.2,
        line_speed=0.05,
        path_tolerance_rad=0.3,
        goal_tolerance_rad=0.01,
        moveit_pipeline="ompl",
        moveit_planner="RRTConnect",
        moveit_timeout_s=7.0,
        moveit_config_package="our_moveit_config",
    )
    made, (node, robot, gripper, io, settings, last), _ = make_backend(
        "node", ROBOT, GRIPPER, "io", given
    )
    assert made == f"{module}.{BACKENDS_OF[module][0]}"
    assert (node, robot, gripper, io) == ("node", ROBOT, GRIPPER, "io")
    assert (settings.speed, settings.line_speed) == (0.2, 0.05)
    assert (settings.path_tolerance_rad, settings.goal_tolerance_rad) == (0.3, 0.01)
    if backend == "move_group":
        assert last[2] == {"pipeline": "ompl", "planner": "RRTConnect", "timeout_s": 7.0}
    else:
        assert last == "our_moveit_config"


def kept(name):
    """Return what is called in the place of a class, and gives back how."""
    return lambda *given, **named: (name, given, named)
