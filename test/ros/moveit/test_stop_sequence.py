"""Braking first, MoveIt's own stop when the arm stands."""

import threading
import time

import pytest

from rt_grasp_ros.ros.moveit.stop_sequence import StopSequence

pytestmark = [pytest.mark.ros, pytest.mark.moveit]


class Io:
    """Comes to rest when it is told to by the test."""

    def __init__(self):
        self.log = []
        self.slept_s = []
        self.is_resting = threading.Event()

    def hold(self):
        self.log.append("hold")

    def has_come_to_rest(self):
        return self.is_resting.is_set()

    def now_s(self):
        return time.monotonic()

    def sleep(self, duration_s):
        self.slept_s.append(duration_s)
        time.sleep(duration_s)


@pytest.fixture
def io():
    return Io()


@pytest.fixture
def stops(io):
    return StopSequence(io, lambda: io.log.append("end"))


def test_the_arm_is_braked_at_once_and_moveit_told_when_it_stands(io, stops):
    stops.begin()
    assert io.log == ["hold"]
    time.sleep(0.1)
    assert io.log == ["hold"]
    io.is_resting.set()
    stops.wait()
    assert io.log == ["hold", "end"]
    assert io.slept_s[-1] == 0.05  # what MoveIt is told reaches it before the next motion


def test_two_stops_at_once_tell_moveit_once(io, stops):
    stops.begin()
    stops.begin()
    io.is_resting.set()
    stops.wait()
    assert io.log == ["hold", "hold", "end"]


def test_a_later_stop_tells_it_again(io, stops):
    io.is_resting.set()
    for _ in range(2):
        stops.begin()
        stops.wait()
    assert io.log == ["hold", "end", "hold", "end"]


def test_an_arm_that_never_stands_is_waited_for_three_seconds(io, stops):
    start_s = time.monotonic()
    stops.begin()
    stops.wait()
    assert io.log == ["hold", "end"]
    assert 2.9 < time.monotonic() - start_s < 30.0


def test_nothing_to_wait_for_is_no_wait(stops):
    start_s = time.monotonic()
    stops.wait()
    assert time.monotonic() - start_s < 2.5  # of the three seconds
