import importlib.util
from pathlib import Path

import pytest

CMAKE = Path(__file__).parents[2] / "cmake"


@pytest.fixture
def backend():
    spec = importlib.util.spec_from_file_location("build_backend", CMAKE / "build_backend.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def without_ros(backend, monkeypatch):
    """The environment that `python -m build` makes: empty, and no ROS sourced."""
    monkeypatch.delenv("AMENT_PREFIX_PATH", raising=False)
    monkeypatch.delenv("ROS_DISTRO", raising=False)
    monkeypatch.setattr(backend.importlib.util, "find_spec", lambda name: None)


@pytest.mark.usefixtures("without_ros")
@pytest.mark.parametrize("distro", [None, "jazzy", "kilted"])
def test_an_isolated_build_brings_the_ros_that_was_chosen(backend, monkeypatch, distro):
    if distro:
        monkeypatch.setenv("ROS_DISTRO", distro)
    required = backend.get_requires_for_build_wheel()
    rclpy = [line for line in required if "rclpy" in line]
    assert [line.split("[")[0] for line in rclpy] == [f"ros-{distro or 'jazzy'}-rclpy"]
    assert not any(line.startswith("#") for line in required)


def test_a_ros_that_is_there_is_taken(backend, monkeypatch):
    monkeypatch.setenv("AMENT_PREFIX_PATH", "/opt/ros/jazzy")
    assert not [line for line in backend.get_requires_for_build_wheel() if "ros-" in line]


def test_a_source_distribution_needs_no_ros(backend):
    assert not [line for line in backend.get_requires_for_build_sdist() if "ros-" in line]
