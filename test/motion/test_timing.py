import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_grasp_ros.motion.timing import time_path

SHARES = st.lists(st.floats(0.05, 0.95), min_size=7, max_size=7).map(np.array)


@settings(max_examples=25, deadline=None)
@given(start=SHARES, end=SHARES, speed=st.floats(0.05, 1.0))
def test_limits_hold_and_the_ends_are_at_rest(robot, start, end, speed):
    span = robot.upper_rad - robot.lower_rad
    path = robot.lower_rad + np.linspace(start, end, 12) * span
    motion = time_path(robot, path, speed)
    assert np.allclose(motion.start, path[0], atol=1e-6)
    assert np.allclose(motion.end, path[-1], atol=1e-4)
    assert np.abs(motion.velocities[[0, -1]]).max() < 1e-3
    velocity_limit = robot.max_velocity_rad_s * speed
    assert (np.abs(motion.velocities) <= 1.02 * velocity_limit).all()
    steps_s = np.diff(motion.times_s)[:, None]
    acceleration = np.abs(np.diff(motion.velocities, axis=0) / steps_s)
    assert (acceleration[:-1] <= 1.1 * robot.max_acceleration_rad_s2 * speed**2 + 0.01).all()
    assert np.diff(motion.times_s).max(initial=0.0) <= 0.02 + 1e-9


def test_half_the_speed_takes_twice_as_long(robot):
    path = np.linspace(robot.home_rad, robot.home_rad + 0.5, 5)
    fast, slow = (time_path(robot, path, speed).duration_s for speed in (1.0, 0.5))
    assert slow == pytest.approx(2 * fast, rel=0.02)


def test_a_path_that_goes_nowhere_takes_one_sample(robot):
    motion = time_path(robot, np.stack([robot.home_rad] * 3), 0.5)
    assert motion.positions.shape == (1, 7)
    assert np.array_equal(motion.end, robot.home_rad)


@pytest.mark.parametrize("speed", [0.0, -0.1, 1.01, float("nan")])
def test_a_speed_out_of_bounds_is_refused(robot, speed):
    with pytest.raises(ValueError, match="speed"):
        time_path(robot, np.stack([robot.home_rad, robot.home_rad + 0.1]), speed)


def test_limits_hold_on_a_winding_way_too(robot):
    """Two waves of 0.2 rad: looked at in 50 places, it would be 2.4 times the acceleration."""
    along = np.linspace(0.0, 1.0, 40)[:, None]
    waves = 0.2 * np.sin(4.0 * np.pi * along) * np.array([1, 0, 0, 1, 0, 0, 0])
    path = robot.home_rad + waves + 0.5 * along * np.array([0, 1, 0, 0, 0, 1, 0])
    motion = time_path(robot, path, 1.0)
    acceleration = np.diff(motion.velocities, axis=0) / np.diff(motion.times_s)[:, None]
    assert (np.abs(acceleration) <= 1.2 * robot.max_acceleration_rad_s2).all()


def test_neighbours_that_hardly_differ_count(robot):
    path = robot.home_rad + np.array([[0.0], [0.1], [0.100002], [0.2]])
    assert time_path(robot, path, 0.5).end == pytest.approx(path[-1], abs=1e-4)
