"""How fast joints are by messages that do not say it."""

import math

import numpy as np
import pytest

from rt_grasp_ros.motion.joint_history import JointHistory
from rt_grasp_ros.motion.joint_reading import JointReading

NAN = math.nan


def heard(*rows):
    """Return the history of one joint: rows of arrival, stamp, position, velocity."""
    history = JointHistory()
    for arrival_s, stamp_s, position, velocity in rows:
        history.hear(JointReading({"a": position}, {"a": velocity}, ()), arrival_s, stamp_s)
    return history


def motion(*rows):
    state = heard(*rows).state_of(("a",))
    return float(state.velocities[0]), float(state.velocity_spans_s[0])


def test_a_measured_velocity_counts():
    assert motion((0.0, 0.0, 0.0, 0.5), (0.1, 0.0, 0.06, 0.7)) == (0.7, 0.0)
    assert motion((0.0, 0.0, 0.0, 0.7)) == (0.7, 0.0)  # nothing speaks against it


def test_a_measured_velocity_counts_while_the_joint_is_braked_hard():
    """At 15 rad/s^2 the positions of 50 ms say 0.375 rad/s more."""
    rows = [(0.05 * n, 0.0, p, v) for n, (p, v) in enumerate([(0.0, 1.0), (0.03125, 0.25)])]
    assert motion(*rows) == (0.25, 0.0)


@pytest.mark.parametrize("sent", [57.3 * 0.4, -0.4 * 57.3, -0.7])
def test_a_velocity_that_the_positions_contradict_says_nothing(sent):
    """A driver sends degrees, or another sign: carried on, the arm would be sent far away."""
    rows = [(0.02 * n, 0.0, 0.008 * n, sent) for n in range(6)]
    velocity, span_s = motion(*rows)
    assert velocity == pytest.approx(0.4) and span_s > 0.0


def test_a_single_position_that_is_wrong_makes_no_joint_fast():
    rows = [(0.02 * n, 0.0, 0.008 * n, 0.4) for n in range(6)]
    rows[-1] = (0.1, 0.0, 0.9, 0.4)
    assert motion(*rows) == (0.4, 0.0)


@pytest.mark.parametrize("velocity", [NAN, 0.0])
def test_else_it_is_that_of_the_last_positions(velocity):
    rows = [(0.05 * n, 0.0, 0.02 * n, velocity) for n in range(5)]
    assert motion(*rows) == (pytest.approx(0.4), pytest.approx(0.05))


def test_of_many_positions_the_line_through_fifty_milliseconds_is_taken():
    rows = [(0.001 * n, 0.0, 0.3 if n < 100 else 0.3 + 0.001 * (n - 100), NAN) for n in range(200)]
    assert motion(*rows) == (pytest.approx(1.0), pytest.approx(0.05, abs=0.002))


def test_a_true_zero_is_one():
    """A driver that measured velocities a moment ago means it: the arm has just stopped."""
    assert motion((0.0, 0.0, 0.0, 0.4), (0.02, 0.0, 0.004, 0.0)) == (0.0, 0.0)
    assert motion((0.0, 0.0, 0.1, 0.0), (0.02, 0.0, 0.1001, 0.0)) == (0.0, 0.0)


def test_one_message_without_velocity_says_nothing_of_it():
    assert motion((0.0, 0.0, 0.1, NAN)) == (0.0, math.inf)
    assert motion((0.0, 0.0, 0.1, 0.0)) == (0.0, 0.0)


def test_positions_long_ago_say_nothing():
    assert motion((0.0, 0.0, 0.1, NAN), (3.0, 0.0, 0.9, NAN)) == (0.0, math.inf)


def test_stamps_count_where_they_increase_else_arrivals():
    late = [(0.0, 5.0, 0.0, NAN), (0.031, 5.02, 0.01, NAN)]
    assert motion(*late)[0] == pytest.approx(0.5)
    without = [(0.0, 0.0, 0.0, NAN), (0.02, 0.0, 0.01, NAN)]
    assert motion(*without)[0] == pytest.approx(0.5)
    the_same = [(0.0, 5.0, 0.0, NAN), (0.02, 5.0, 0.01, NAN)]
    assert motion(*the_same)[0] == pytest.approx(0.5)
    back = [(0.0, 9.0, 0.0, NAN), (0.02, 5.0, 0.01, NAN)]
    assert motion(*back)[0] == pytest.approx(0.5)


def test_a_burst_without_stamps_makes_no_joint_fast():
    """Three messages of 20 ms that were kept back come at once."""
    rows = [(0.0, 0.0, 0.0, NAN), *((0.1 + 1e-4 * n, 0.0, 0.04 + 0.01 * n, NAN) for n in range(3))]
    velocity, _ = motion(*rows)
    assert 0.0 < velocity < 1.0
    assert motion(*rows[1:]) == (0.0, math.inf)
    assert motion((0.1, 0.0, 0.0, NAN), (0.112, 0.0, 0.01, NAN)) == (0.0, math.inf)
    assert motion((0.1, 0.0, 0.0, NAN), (0.116, 0.0, 0.01, NAN))[0] == pytest.approx(0.625)


def test_a_state_is_as_old_as_its_oldest_joint():
    history = JointHistory()
    history.hear(JointReading({"a": 1.0}, {"a": 0.5}, ()), 1.0, 0.0)
    history.hear(JointReading({"b": 2.0}, {"b": NAN}, ()), 1.2, 0.0)
    state = history.state_of(("b", "a"))
    np.testing.assert_array_equal(state.positions, [2.0, 1.0])
    np.testing.assert_array_equal(state.velocities, [0.0, 0.5])
    assert state.stamp_s == 1.0 and state.velocity_spans_s.tolist() == [math.inf, 0.0]
    assert history.state_of(("a", "c")) is None
    history.forget()
    assert history.state_of(("a",)) is None


def test_a_joint_that_is_reported_in_another_turn_has_not_jumped():
    turned = [3.1 + 0.02 * n for n in range(6)]
    reported = [math.remainder(position, 2 * math.pi) for position in turned]
    rows = [(0.02 * n, 0.0, position, NAN) for n, position in enumerate(reported)]
    assert rows[-1][2] < -3.0  # it went over pi
    assert motion(*rows) == (pytest.approx(1.0), pytest.approx(0.06, abs=0.021))


def test_a_joint_that_goes_far_between_two_messages_has_not_turned_back():
    assert motion((0.0, 0.0, 0.0, NAN), (0.2, 0.0, 0.5, NAN)) == (pytest.approx(2.5), 0.2)


@pytest.mark.parametrize("stamp_s, position", [(10.01, 0.1), (10.06, 0.6), (9.7, 0.0), (10.3, 0.9)])
def test_positions_of_a_moment_are_those_measured_nearest_to_it(stamp_s, position):
    rows = [(0.01 * n, 10.0 + 0.01 * n, 0.1 * n, NAN) for n in range(10)]
    assert heard(*rows).positions_at(("a",), stamp_s) == pytest.approx([position])


@pytest.mark.parametrize("rate_hz", [20.0, 1000.0])
def test_positions_of_a_picture_two_seconds_old_are_known_at_every_rate(rate_hz):
    """128 messages were kept once: at 1000 Hz those of 0.13 s."""
    rows = [(n / rate_hz, 10.0 + n / rate_hz, n / rate_hz, NAN) for n in range(int(4 * rate_hz))]
    assert heard(*rows).positions_at(("a",), 12.0) == pytest.approx([2.0])


def test_a_thousand_messages_a_second_tell_as_much_as_twenty():
    """Half a second of them is looked at; of 128 the speed was off by 4 %."""
    off_s = np.random.default_rng(0).uniform(-0.008, 0.008, 1000)
    times_s = np.sort(0.001 * np.arange(1000) + off_s)
    rows = [(t, 0.0, 0.001 * n, NAN) for n, t in enumerate(times_s)]
    assert fitted(*rows)[1] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("first_stamp_s", [0.0, 500.0])
def test_where_stamps_say_nothing_of_the_moment_the_newest_position_counts(first_stamp_s):
    rows = [(0.01 * n, first_stamp_s, 0.1 * n, NAN) for n in range(10)]
    assert heard(*rows).positions_at(("a",), 10.0) == pytest.approx([0.9])


@pytest.mark.parametrize("sent", [57.3 * 0.3, -0.3, 0.0])
def test_what_velocities_led_to_of_late_tells_whether_they_count(sent):
    """Of a slow joint -0.3 rad/s is not far from 0.3, but never led to where it went."""
    assert motion(*((0.02 * n, 0.0, 0.006 * n, sent) for n in range(6)))[0] == pytest.approx(0.3)


def test_one_wrong_velocity_of_many_makes_no_driver_a_liar():
    rows = [(0.02 * n, 0.0, 0.006 * n, 0.3 if n != 2 else -5.0) for n in range(6)]
    assert motion(*rows) == (0.3, 0.0)


@pytest.mark.parametrize("jump_s", [100.0, 0.2, -0.2, -100.0])
def test_a_clock_that_is_set_makes_no_joint_slow_or_fast(jump_s):
    rows = [(0.02 * n, 50.0 + 0.02 * n + (jump_s if n > 3 else 0.0), 0.01 * n) for n in range(9)]
    state = heard(*((*row, NAN) for row in rows)).state_of(("a",))
    assert state.velocities[0] == pytest.approx(0.5) and state.stamp_s == pytest.approx(0.16)


def test_a_message_that_came_late_is_as_old_as_it_is():
    """By the message that was least late; else an arm is taken to be behind."""
    rows = [(0.02 * n + late_s, 5.0 + 0.02 * n, 0.01 * n, NAN) for n, late_s in enumerate(LATE_S)]
    state = heard(*rows).state_of(("a",))
    assert state.velocities[0] == pytest.approx(0.5)
    assert state.stamp_s == pytest.approx(0.02 * 5 + 0.001)


LATE_S = [0.001, 0.004, 0.002, 0.001, 0.015, 0.019]


def test_a_message_that_comes_behind_a_newer_one_is_not_the_newest():
    rows = [(0.02 * n, 5.0 + 0.02 * n, 0.01 * n, NAN) for n in range(6)]
    state = heard(*rows, (0.105, 5.06, 0.03, NAN)).state_of(("a",))
    assert state.positions[0] == pytest.approx(0.05)
    assert state.velocities[0] == pytest.approx(0.5)


def test_a_driver_that_repeats_its_last_message_has_nothing_new():
    """Of a robot that is gone, some drivers send the last state for ever."""
    rows = [(0.02 * n, 5.0 + 0.02 * n, 0.01 * n, NAN) for n in range(6)]
    again = [(0.1 + 0.02 * n, 5.1, 0.05, NAN) for n in range(1, 100)]
    assert heard(*rows, *again).state_of(("a",)).stamp_s == pytest.approx(0.1)


@pytest.mark.parametrize("tick_s", [1000.0, 1.0, 0.1])
def test_stamps_that_count_coarsely_make_no_joint_old(tick_s):
    """A joint at rest is as new as its last message, though its stamp is that of the tick."""
    rows = [(0.02 * n, tick_s * (1 + 0.02 * n // tick_s), 0.3, NAN) for n in range(200)]
    assert heard(*rows).state_of(("a",)).stamp_s > 3.98 - 0.1


def test_of_parts_that_come_apart_all_are_where_they_were_together():
    history = JointHistory()
    for n in range(11):
        history.hear(JointReading({"a": 0.01 * n}, {"a": 0.5}, ()), 0.02 * n, 0.0)
        if n <= 5:
            history.hear(JointReading({"b": -0.02 * n}, {"b": NAN}, ()), 0.02 * n, 0.0)
    state = history.state_of(("a", "b"))
    assert state.stamp_s == pytest.approx(0.1)
    np.testing.assert_allclose(state.positions, [0.05, -0.1])
    np.testing.assert_allclose(state.velocities, [0.5, -1.0])
    assert state.velocity_spans_s[0] == 0.0 and state.velocity_spans_s[1] == pytest.approx(0.04)


def fitted(*rows):
    state = heard(*rows).state_of(("a",), is_fitted=True)
    motion = state.motion
    return tuple(
        float(values[0]) for values in (motion.positions, motion.velocities, motion.accelerations)
    )


def test_how_joints_moved_of_late_is_told_where_it_is_asked_for():
    rows = [(0.02 * n, 0.0, 0.01 * n, NAN) for n in range(9)]
    assert heard(*rows).state_of(("a",)).motion is None
    assert fitted(*rows) == pytest.approx((0.08, 0.5, 0.0), abs=1e-9)


def test_measured_velocities_tell_whether_a_joint_speeds_up():
    rows = [(0.01 * n, 0.0, 2.0 * (0.01 * n) ** 2, 0.04 * n) for n in range(11)]
    assert fitted(*rows) == pytest.approx((0.02, 0.4, 4.0))
    assert fitted(*rows[:2]) == pytest.approx((0.0002, 0.04, 0.0))  # two say nothing yet
    assert fitted(*rows[:3]) == pytest.approx((0.0008, 0.08, 4.0))


def test_positions_tell_it_where_no_velocities_are_sent():
    rows = [(0.01 * n, 0.0, 2.0 * (0.01 * n) ** 2, NAN) for n in range(31)]
    assert fitted(*rows) == pytest.approx((0.18, 1.2, 4.0), abs=1e-6)


def test_stamps_that_are_less_even_than_arrivals_do_not_count():
    off_s = np.random.default_rng(0).uniform(-0.004, 0.004, 41)
    rows = [(0.01 * n, 7.0 + 0.01 * n + off_s[n], 0.008 * n, NAN) for n in range(41)]
    history = heard(*rows)
    state = history.state_of(("a",), is_fitted=True)
    assert state.motion.velocities[0] == pytest.approx(0.8, abs=1e-6)
    assert state.motion.positions[0] == pytest.approx(0.8 * state.stamp_s, abs=1e-6)


def test_arrivals_that_are_less_even_than_stamps_do_not_count():
    late_s = np.random.default_rng(0).uniform(0.0, 0.008, 41)
    late_s[3] = 0.0
    rows = [(0.01 * n + late_s[n], 7.0 + 0.01 * n, 0.008 * n, NAN) for n in range(41)]
    assert fitted(*rows) == pytest.approx((0.32, 0.8, 0.0), abs=1e-6)


def test_a_joint_is_ahead_of_where_late_messages_say_it_is():
    """Late by 4 ms in the mean, and nothing tells when they were sent: 3 mrad at 0.8 rad/s."""
    late_s = np.random.default_rng(0).uniform(0.0, 0.008, 49)
    rows = [(0.01 * n + late_s[n], 0.0, 0.008 * n, NAN) for n in range(49)]
    state = heard(*rows).state_of(("a",), is_fitted=True)
    behind = 0.8 * state.stamp_s - state.motion.positions[0]
    assert abs(behind) < 0.0012


def test_a_joint_of_which_nothing_is_known_does_not_move():
    assert fitted((0.0, 0.0, 0.1, NAN)) == (0.1, 0.0, 0.0)
