"""A move_group, and the backend behind it; ROS is imported where it is used, it may be missing."""

import pytest


@pytest.fixture(scope="module")
def the_move_group():
    from moveit_world import FakeMoveGroup
    from world import World

    world = World()  # of its own: it may disappear
    move_group = world.add(FakeMoveGroup(world))
    move_group.disappear = lambda: world.remove(move_group)
    world.start()
    yield move_group
    world.stop()


@pytest.fixture
def move_group(the_move_group):
    the_move_group.mend()
    yield the_move_group
    the_move_group.release()


@pytest.fixture(scope="module")
def the_backend(world, the_arm, the_move_group):
    from move_group_arm import backend_of_move_group

    return backend_of_move_group(world)


@pytest.fixture
def backend(the_backend, arm, move_group):
    yield the_backend
    move_group.mend()
    move_group.world |= the_backend._scene._added
    the_backend.clear_scene()
