"""The world and the robot of a test file; ROS is imported where it is used, it may be missing."""

import pytest

from rt_grasp_ros.ros.node.domain import take_domain


@pytest.fixture(scope="module")
def world():
    """The world of all tests of a file."""
    yield from spun_world()


@pytest.fixture
def new_world():
    """A world of one test alone, in a domain of its own."""
    take_domain()
    yield from spun_world()


def spun_world():
    from world import World

    world = World()
    world.start()
    yield world
    world.stop()


@pytest.fixture(autouse=True)
def patient_watch(monkeypatch):
    """Let joint states be seconds old: fake robots share a process with what plans for them."""
    monkeypatch.setattr("rt_grasp_ros.motion.watch.MAX_STATE_AGE_S", 4.0)


@pytest.fixture(scope="module")
def the_arm(world):
    from arm_world import FakeArm

    return world.add(FakeArm(world))


@pytest.fixture
def arm(the_arm):
    the_arm.be_home()
    yield the_arm
    the_arm.be_home()


@pytest.fixture
def make_executor(world):
    """Return what adds a `FakeExecutor`, or another `kind`; they have gone when the test ends."""
    from world import FakeExecutor

    made = []

    def make(kind=FakeExecutor, **options):
        made.append(world.add(kind(world, **options)))
        return made[-1]

    yield make
    for executor in made:
        executor.release()
        world.remove(executor)
