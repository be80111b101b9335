"""How a joint moves by its last positions, where their times are uneven or it speeds up."""

import numpy as np
import pytest

from rt_grasp_ros.motion.joint_fit import WINDOWS_S, fit, unevenness


def times(rate_hz, since_s=0.5):
    return np.arange(-since_s, 1e-9, 1 / rate_hz)


@pytest.mark.parametrize("rate_hz", [20.0, 50.0, 250.0, 1000.0])
@pytest.mark.parametrize("acceleration", [-4.0, 0.0, 9.0])
def test_an_even_motion_is_known_exactly(rate_hz, acceleration):
    t = times(rate_hz)
    found = fit(t, 0.3 + 0.7 * t + acceleration / 2 * t**2, 0.0)
    assert found.position == pytest.approx(0.3, abs=1e-6)
    assert found.velocity == pytest.approx(0.7, abs=1e-6)
    assert found.acceleration == pytest.approx(acceleration, abs=1e-6)
    assert found.off < 1e-6


@pytest.mark.parametrize("rate_hz", [50.0, 250.0, 1000.0])
@pytest.mark.parametrize("since_s", [0.06, 0.1, 0.25])
def test_what_was_before_the_speed_changed_does_not_count(rate_hz, since_s):
    """It sped up with 10 rad/s^2 and goes on at 0.8 rad/s since."""
    t = times(rate_hz)
    before = np.minimum(t + since_s, 0.0)
    found = fit(t, 0.8 * t + 5.0 * before**2, 0.0)
    assert found.velocity == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(("rate_hz", "most"), [(20.0, 0.03), (50.0, 0.02), (250.0, 0.02)])
def test_times_that_are_off_by_4_ms_make_hardly_another_speed(rate_hz, most):
    """Two positions 50 ms apart would be off by 0.15 rad/s."""
    for seed in range(30):
        t = times(rate_hz)
        off_s = np.random.default_rng(seed).uniform(-0.004, 0.004, len(t))
        found = fit(t, 1.0 * (t + off_s), 0.0023)
        assert found.velocity == pytest.approx(1.0, abs=most)
        assert found.acceleration == 0.0
        assert 0.0007 < found.off < 0.004


def test_times_that_are_even_explain_no_deviation():
    """The same positions are a motion that is not even, then: the shortest line counts."""
    t = times(250.0)
    q = np.where(t > -0.03, 1.2 * t, 0.4 * (t + 0.03) - 0.036)
    assert fit(t, q, 0.0).velocity == pytest.approx(1.2, abs=0.06)


def test_a_joint_at_rest_does_not_speed_up_by_the_noise_of_its_encoder():
    for seed in range(30):
        t = times(250.0)
        q = 0.5 + np.random.default_rng(seed).uniform(-1e-4, 1e-4, len(t))
        found = fit(t, q, 0.0005)
        assert found.acceleration == 0.0
        assert abs(found.velocity) < 0.001
        assert found.position == pytest.approx(0.5, abs=1e-4)


def test_few_positions_say_what_they_can():
    assert fit(np.array([0.0]), np.array([0.2]), np.inf) is None
    two = fit(np.array([-0.05, 0.0]), np.array([0.2, 0.25]), np.inf)
    assert (two.position, two.velocity, two.acceleration) == (
        pytest.approx(0.25),
        pytest.approx(1.0),
        0.0,
    )
    at_once = fit(np.array([0.0, 0.0, 0.0]), np.array([0.1, 0.2, 0.3]), np.inf)
    assert (at_once.position, at_once.velocity) == (0.3, 0.0)


def test_three_even_positions_show_that_a_joint_speeds_up():
    t = np.array([-0.04, -0.02, 0.0])
    q = 0.5 * t + 4.0 * t**2
    assert fit(t, q, 0.0).velocity == pytest.approx(0.5)
    assert fit(t, q, 0.0).acceleration == pytest.approx(8.0)
    assert fit(t, q, 0.005).acceleration == 0.0  # by uneven times they show nothing


def test_windows_are_dense_so_that_little_is_given_up_after_a_change():
    assert (WINDOWS_S[0], WINDOWS_S[-1]) == (0.4, 0.035)
    ratios = np.array(WINDOWS_S[1:]) / np.array(WINDOWS_S[:-1])
    assert ((ratios > 0.69) & (ratios < 0.73)).all()


def test_times_that_stray_slowly_from_an_even_clock_are_uneven():
    """As in a queue: from one to the next they hardly differ, and are milliseconds off."""
    even_s = 0.001 * np.arange(400.0)
    strayed_s = even_s + 0.004 * np.sin(2.0 * np.pi * np.arange(400) / 100)
    assert unevenness(even_s, even_s) == pytest.approx(0.0, abs=1e-9)
    assert unevenness(strayed_s, strayed_s) == pytest.approx(0.0028, abs=0.0001)
    assert unevenness(even_s, strayed_s) == pytest.approx(0.0, abs=1e-9)


def test_another_clock_bounds_how_uneven_times_are():
    """A driver that waits irregularly, and says when."""
    steps_s = np.random.default_rng(0).uniform(0.01, 0.05, 100)
    times_s = np.cumsum(steps_s)
    assert unevenness(times_s, times_s) > 0.01
    assert unevenness(times_s, times_s + 3.0) == pytest.approx(0.0, abs=1e-9)


def test_of_few_times_nobody_knows_how_uneven_they_are():
    assert unevenness(np.array([1.0]), np.array([1.0])) == np.inf
    assert unevenness(np.array([1.0, 1.1]), np.array([1.0, 1.1])) == np.inf
    assert unevenness(np.array([1.0, 1.1]), np.array([5.0, 5.1])) == pytest.approx(0.0, abs=1e-9)
