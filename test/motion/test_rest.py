"""When an arm that was told to brake counts as standing, or as deaf."""

import numpy as np
import pytest

from rt_grasp_ros.motion.braking import ArmNow
from rt_grasp_ros.motion.rest import RestWatch
from rt_grasp_ros.motion.trajectory import JointState


def watch(speed=0.7):
    told = ArmNow(("a",), np.zeros(1), np.array([speed]), 0.005, 0.0, 0.06, True)
    return RestWatch(told, brake_s=0.1, told_s=10.0)


def at(time_s, speed):
    return JointState(("a",), np.zeros(1), np.array([speed]), time_s)


def over_at(speed_at, until_s=1.0):
    """Return when the watch was over, seconds from the stop, looking every 10 ms."""
    rest = watch()
    for waited_s in np.arange(0.0, until_s, 0.01):
        if rest.is_over(speed_at(waited_s), 10.0 + waited_s):
            return waited_s
    return None


def test_an_arm_that_brakes_is_waited_for_until_it_stands():
    braked = over_at(lambda t: at(10.0 + t, max(0.0, 0.7 - 7.0 * t)))
    assert 0.12 <= braked <= 0.15


def test_an_arm_that_goes_on_is_not_waited_for_long():
    assert over_at(lambda t: at(10.0 + t, 0.7)) == pytest.approx(0.11)


def test_an_arm_that_nobody_sees_is_given_its_time():
    assert over_at(lambda t: None) == pytest.approx(0.26)
    assert over_at(lambda t: at(9.9, 0.0)) == pytest.approx(0.26)


def test_an_arm_that_slows_too_little_ends_the_wait_all_the_same():
    assert over_at(lambda t: at(10.0 + t, 0.3)) == pytest.approx(0.26)


def test_an_arm_stands_below_20_mrad_a_second():
    assert over_at(lambda t: at(10.0 + t, 0.019)) == pytest.approx(0.04, abs=0.011)
    assert over_at(lambda t: at(10.0 + t, 0.021)) == pytest.approx(0.26)


def test_a_slow_arm_goes_on_as_if_it_had_not_been_told_above_50_mrad_a_second():
    rest = watch(speed=0.04)
    assert not rest.is_over(at(10.11, 0.049), 10.11)
    assert rest.is_over(at(10.12, 0.051), 10.12)
    fast = watch(speed=0.4)
    assert not fast.is_over(at(10.11, 0.31), 10.11)
    assert fast.is_over(at(10.12, 0.33), 10.12)
