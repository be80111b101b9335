"""Whether an arm follows what it was sent, and how far behind it is on that."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.motion.sent_motion import SentMotion
from rt_grasp_ros.motion.trajectory import JointState, Trajectory

NAMES = ("shoulder", "elbow")
SENT_S = 50.0


def even(speed=(0.6, -0.3), duration_s=4.0):
    """Return a motion at one speed, sped up and slowed down within half a second."""
    v = np.array(speed)
    ends_s = np.array([0.0, 0.5, duration_s - 0.5, duration_s])
    ways = np.array([0.0, 0.25, duration_s - 0.75, duration_s - 0.5])
    still = np.zeros(2)
    return Trajectory(NAMES, ways[:, None] * v, np.array([still, v, v, still]), ends_s)


WAY = even()


def seen(on_way_s, arrived_s, *, off_rad=0.0, velocity=None, span_s=0.0):
    """Return a state of an arm at a time of its way, heard of at another, seconds from sending."""
    (position,), (own,) = WAY.sample(np.array([on_way_s]))
    own = own if velocity is None else np.full(2, velocity)
    return JointState(NAMES, position + off_rad, own, SENT_S + arrived_s, span_s)


def lag_s(state, way=WAY):
    return SentMotion(way, SENT_S).lag_s(state)


@given(st.floats(0.6, 3.4), st.floats(0.0, 0.49))
def test_the_lag_is_found_wherever_the_arm_moves(on_way_s, behind_s):
    assert lag_s(seen(on_way_s, on_way_s + behind_s)) == pytest.approx(behind_s, abs=1e-4)


def test_an_arm_that_moveit_has_not_begun_to_move_is_at_the_start():
    lag = lag_s(seen(0.0, 0.3))
    assert lag == pytest.approx(0.3, abs=0.02)
    _, velocities = SentMotion(WAY, SENT_S).at(SENT_S + 0.3 - lag)
    assert np.abs(velocities).max() < 0.05


def test_an_arm_at_its_end_follows():
    sent = SentMotion(WAY, SENT_S)
    assert sent.end_s == 54.0
    assert sent.lag_s(seen(4.0, 4.1)) is not None
    assert sent.lag_s(seen(4.0, 9.0)) is not None


@pytest.mark.parametrize("off_rad", [0.04, -0.2])
def test_an_arm_beside_its_way_does_not_follow(off_rad):
    # both joints to the same side: that is nowhere on the way
    assert lag_s(seen(2.0, 2.0, off_rad=off_rad)) is None


def test_an_arm_that_sags_a_little_follows():
    assert lag_s(seen(2.0, 2.0, off_rad=0.01)) == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("velocity", [0.0, 0.3, 1.2])
def test_an_arm_of_another_speed_does_not_follow(velocity):
    """It stands against something, its operator slows it down, or somebody else moves it."""
    assert lag_s(seen(2.0, 2.05, velocity=velocity)) is None


def test_velocities_that_nobody_knows_speak_neither_for_nor_against():
    state = seen(2.0, 2.02, velocity=0.0, span_s=np.inf)
    assert lag_s(state) == pytest.approx(0.02, abs=1e-3)


def test_a_mean_of_the_past_is_compared_with_the_mean_of_the_past():
    """Half a second after the start of a steep ramp the mean of 50 ms is 0.06 rad/s less."""
    (then, now), (_, speed) = WAY.sample(np.array([0.25, 0.3]))
    mean = (now - then) / 0.05
    assert np.abs(mean - speed).max() > 0.02
    state = JointState(NAMES, now, mean, SENT_S + 0.3, 0.05)
    assert lag_s(state) == pytest.approx(0.0, abs=1e-3)


def test_a_state_from_before_it_was_sent_says_nothing_against_it():
    assert lag_s(seen(0.0, -0.01)) == 0.0


def test_an_arm_that_did_not_begin_within_half_a_second_does_not_follow():
    assert lag_s(seen(0.0, 2.0)) is None


def test_positions_and_velocities_at_a_time_are_those_of_the_way():
    positions, velocities = SentMotion(WAY, SENT_S).at(SENT_S + 2.0)
    np.testing.assert_allclose(positions, [0.6 * 1.75, -0.3 * 1.75])
    np.testing.assert_allclose(velocities, [0.6, -0.3])
    assert SentMotion(WAY, SENT_S).at(SENT_S + 9.0)[1].tolist() == [0.0, 0.0]
    assert SentMotion(WAY, SENT_S).at(SENT_S - 1.0)[0].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(("off_rad_s", "follows"), [(0.09, True), (0.11, False)])
def test_a_slow_arm_follows_within_a_tenth_of_a_radian_a_second(off_rad_s, follows):
    way = even(speed=(0.2, 0.2))
    (position,), _ = way.sample(np.array([2.0]))
    state = JointState(NAMES, position, np.array([0.2, 0.2 + off_rad_s]), SENT_S + 2.0)
    assert (SentMotion(way, SENT_S).lag_s(state) is not None) is follows


@pytest.mark.parametrize(("share", "follows"), [(1.24, True), (1.26, False)])
def test_a_fast_arm_follows_within_a_quarter(share, follows):
    way = even(speed=(0.8, 0.8))
    (position,), _ = way.sample(np.array([2.0]))
    state = JointState(NAMES, position, np.array([0.8, 0.8 * share]), SENT_S + 2.0)
    assert (SentMotion(way, SENT_S).lag_s(state) is not None) is follows


@pytest.mark.parametrize("turns", [-1, 0, 1])
def test_a_joint_without_end_may_be_reported_in_another_turn(turns):
    sent = SentMotion(WAY, SENT_S, is_continuous=(True, False))
    state = seen(2.0, 2.1)
    state.positions[0] += 2.0 * np.pi * turns
    assert sent.lag_s(state) == pytest.approx(0.1, abs=1e-3)
    state.positions[1] += 2.0 * np.pi
    assert sent.lag_s(state) is None
