"""How far an arm is behind on what it was sent, by messages whose times are uneven."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.motion.joint_history import JointHistory
from rt_grasp_ros.motion.joint_reading import read_joints
from rt_grasp_ros.motion.sent_motion import SentMotion
from rt_grasp_ros.motion.trajectory import JointState, Trajectory

NAMES = ("shoulder", "elbow")
SENT_S = 50.0
WAY = Trajectory(
    NAMES,
    np.array([[0.0, 0.0], [0.2, -0.1], [3.0, -1.5], [3.2, -1.6]]),
    np.array([[0.0, 0.0], [0.8, -0.4], [0.8, -0.4], [0.0, 0.0]]),
    np.array([0.0, 0.5, 4.0, 4.5]),
)
RIGHT = np.zeros(2)


def following(
    until_s,
    *,
    rate_hz=100.0,
    off_s=0.0,
    late_s=0.0,
    lag_s=0.03,
    beside=RIGHT,
    scaling=1.0,
    is_stamped=True,
    seed=0,
    is_continuous=(),
):
    """Let an arm go, messages of it come, and return how it is said to follow."""
    rng, heard = np.random.default_rng(seed), JointHistory()
    arrival_s = -np.inf
    for time_s in until_s - np.arange(0.6, -1e-9, -1 / rate_hz):
        (position,), _ = WAY.sample(np.array([scaling * (time_s - lag_s)]))
        stamp_s = 1e5 + time_s + rng.uniform(-off_s, off_s) if is_stamped else 0.0
        arrival_s = max(arrival_s, SENT_S + time_s + rng.uniform(0.0, late_s))
        heard.hear(read_joints(NAMES, position + beside, [], NAMES), arrival_s, stamp_s)
    sent = SentMotion(WAY, SENT_S, is_continuous=is_continuous)
    return sent.following(heard.state_of(NAMES, is_fitted=True))


@given(
    st.floats(0.6, 3.5),
    st.sampled_from([20.0, 50.0, 250.0, 1000.0]),
    st.floats(0.0, 0.3),
    st.booleans(),
)
def test_where_times_are_even_the_lag_is_known_exactly(until_s, rate_hz, lag_s, is_stamped):
    found = following(until_s, rate_hz=rate_hz, lag_s=lag_s, is_stamped=is_stamped)
    assert found.lag_s == pytest.approx(lag_s, abs=1e-3)
    assert found.unsure_s < 1e-3
    assert np.abs(found.beside).max() < 1e-3


@pytest.mark.parametrize("rate_hz", [20.0, 50.0, 125.0])
@pytest.mark.parametrize("is_stamped", [True, False])
def test_messages_off_by_4_ms_and_late_by_8_leave_the_lag_known_within_4_ms(rate_hz, is_stamped):
    """That of the newest message alone is up to 8 ms off."""
    found = [
        following(2.0, rate_hz=rate_hz, off_s=0.004, late_s=0.008, is_stamped=is_stamped, seed=n)
        for n in range(40)
    ]
    off_s = np.array([each.lag_s - 0.03 for each in found])
    assert np.abs(off_s).max() < 0.004 and abs(off_s.mean()) < 0.0015


def test_how_unsure_it_is_is_told_by_few_messages():
    """It has moved for 60 ms: the messages before that tell how uneven times are."""
    few = following(0.1, rate_hz=50.0, off_s=0.004, late_s=0.008)
    many = following(2.0, rate_hz=50.0, off_s=0.004, late_s=0.008)
    assert few.unsure_s > 1.5 * many.unsure_s > 0.0
    assert following(0.1, rate_hz=50.0).unsure_s < 1e-4


def test_an_arm_that_falls_behind_more_and_more_is_where_it_was_measured_last():
    """It is slowed down to nine tenths: of the last half second the mean would be 25 ms off."""
    found = following(2.0, scaling=0.9, lag_s=0.0)
    assert found.lag_s == pytest.approx(0.2, abs=2e-3)


def test_what_is_beside_the_way_stays_there():
    beside = np.array([0.005, 0.01])  # across the way
    found = following(2.0, beside=beside, off_s=0.004, late_s=0.008)
    np.testing.assert_allclose(found.beside, beside, atol=1e-3)


@pytest.mark.parametrize("turns", [-1, 0, 1])
def test_a_joint_that_is_reported_in_another_turn_is_beside_by_that_turn(turns):
    turned = np.array([2.0 * np.pi * turns, 0.0])
    found = following(2.0, beside=turned, is_continuous=(True, False))
    np.testing.assert_allclose(found.beside, turned, atol=1e-3)
    assert found.lag_s == pytest.approx(0.03, abs=1e-3)


def test_an_arm_that_was_not_seen_since_it_was_sent_is_taken_to_follow():
    found = following(-0.01)
    assert (found.lag_s, found.unsure_s, found.beside.tolist()) == (0.0, 0.0, [0.0, 0.0])


def test_one_message_says_what_it_can():
    (position,), (velocity,) = WAY.sample(np.array([2.0]))
    state = JointState(NAMES, position + 0.001, velocity, SENT_S + 2.02)
    found = SentMotion(WAY, SENT_S).following(state)
    assert found.lag_s == pytest.approx(0.0195, abs=1e-3)
    assert np.abs(found.beside).max() < 0.002


def test_an_arm_beside_its_way_does_not_follow():
    assert following(2.0, beside=np.array([0.04, 0.04])) is None
