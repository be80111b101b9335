"""A perception node, its camera and its user; ROS is imported where used, it may be missing."""

import pytest


@pytest.fixture(scope="module")
def node(world):
    from active_perception import perception_node

    return perception_node(world)


@pytest.fixture(scope="module")
def user(world, node):
    from world import User

    return world.add(User(world))


@pytest.fixture(scope="module")
def the_camera(world, node):
    from world import FakeCamera

    return world.add(FakeCamera(world))


@pytest.fixture
def camera(the_camera):
    yield the_camera
    the_camera.mend()
