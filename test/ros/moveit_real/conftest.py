"""A Panda behind the real moveit_py; ROS is imported where it is used, it may be missing."""

import time

import pytest


@pytest.fixture(scope="module")
def arm(world):
    from real_moveit import ControlledArm

    return world.add(ControlledArm(world))


@pytest.fixture(scope="module")
def user(world):
    from moveit_tasks import SceneUser

    return world.add(SceneUser(world))


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """The prefix in which MoveIt's configuration package is found."""
    from real_moveit_py import make_config_package

    prefix = tmp_path_factory.mktemp("prefix")
    make_config_package(prefix)
    return prefix


@pytest.fixture(scope="module")
def the_backend(arm, prefix):
    from real_moveit_py import BackendProcess

    process = BackendProcess(prefix)
    yield process
    process.stop()


@pytest.fixture
def backend(the_backend, arm):
    from moveit_py_tasks import clear_scene

    arm.go_home()
    time.sleep(0.2)  # until MoveIt knows it
    yield the_backend
    the_backend.run(clear_scene)
