"""The world and the robot of a test file; ROS is imported where it is used, it may be missing."""

import pytest


@pytest.fixture(scope="module")
def world():
    from world import World

    world = World()
    world.start()
    yield world
    world.stop()


@pytest.fixture(scope="module")
def the_arm(world):
    from arm_world import FakeArm

    return world.add(FakeArm(world))


@pytest.fixture
def arm(the_arm):
    the_arm.go_home()
    yield the_arm
    the_arm.go_home()
