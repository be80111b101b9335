"""Stops of a moving arm whose joint states come as drivers and networks send them.

Clocks are set while the arm moves, messages come late, twice or without a joint, velocities in
degrees or with another sign. Bounds are literals, see test_braking.py.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ros2_controller import points_of
from stopped_arm import CONTROLLERS, LIMIT, NAMES, STOP_S, assert_even, harshness, peaks, way_of

from rt_grasp_ros.motion.braking import arm_now, braking
from rt_grasp_ros.motion.joint_history import JointHistory
from rt_grasp_ros.motion.joint_reading import read_joints
from rt_grasp_ros.motion.sent_motion import SentMotion

HEARD_S = 0.6
EPOCH_S = 1e5


def clock_set(by_s):
    """The driver's clock is set in the middle, some messages before the stop."""

    def messages(time_s, index, count, q, v, rng):
        stamp_s = EPOCH_S + time_s + (by_s if index >= count - 5 else 0.0)
        yield time_s, stamp_s, NAMES, q, v

    return messages


def stamped_in_milliseconds(time_s, index, count, q, v, rng):
    yield time_s, EPOCH_S + 1000.0 * time_s, NAMES, q, v


def velocities_times(*factors):
    def messages(time_s, index, count, q, v, rng):
        yield time_s, EPOCH_S + time_s, NAMES, q, v * np.array(factors)

    return messages


def sent_twice(time_s, index, count, q, v, rng):
    """A relay repeats what it hears, a little later."""
    for late_s in (0.0, 0.008):
        yield time_s + late_s, EPOCH_S + time_s, NAMES, q, v


def one_joint_missing(time_s, index, count, q, v, rng):
    """The last messages say nothing of the elbow."""
    some = slice(None) if index < count - 5 else slice(1)
    yield time_s, EPOCH_S + time_s, NAMES[some], q[some], v[some]


def in_parts(time_s, index, count, q, v, rng):
    """Two broadcasters, one of them eight times slower."""
    yield time_s, EPOCH_S + time_s, NAMES[:1], q[:1], v[:1]
    if index % 8 == 0:
        yield time_s, EPOCH_S + time_s, NAMES[1:], q[1:], v[1:]


def reordered(time_s, index, count, q, v, rng):
    order = rng.permutation(2)
    yield time_s, EPOCH_S + time_s, [NAMES[i] for i in order], q[order], v[order]


def late_by_chance(time_s, index, count, q, v, rng):
    """On a busy machine most messages are in time, some 40 ms late."""
    late_s = 0.04 if index % 5 == 2 else 0.0
    yield time_s + late_s, EPOCH_S + time_s, NAMES, q, v


def stamped_in_the_future(time_s, index, count, q, v, rng):
    yield time_s, EPOCH_S + time_s + 1e8, NAMES, q, v


def named_twice_among_others(time_s, index, count, q, v, rng):
    """The gripper's joint in the middle, and every joint once more."""
    names = [NAMES[0], "finger", NAMES[1], *NAMES]
    positions, velocities = np.array([q[0], 0.02, q[1], *q]), np.array([v[0], 0.0, v[1], *v])
    yield time_s, EPOCH_S + time_s, names, positions, velocities


def empty_and_broken_between(time_s, index, count, q, v, rng):
    yield time_s, EPOCH_S + time_s, NAMES, q, v
    yield time_s, EPOCH_S + time_s, (), [], []
    yield time_s, EPOCH_S + time_s, NAMES, np.full(2, np.nan), v
    yield time_s, 0.0, NAMES, [], []


STREAMS = {
    "clock set ahead": clock_set(100.0),
    "clock set a little ahead": clock_set(0.2),
    "clock set back": clock_set(-100.0),
    "clock set a little back": clock_set(-0.2),
    "stamps in milliseconds": stamped_in_milliseconds,
    "velocities in degrees": velocities_times(57.3, 57.3),
    "velocities with another sign": velocities_times(-1.0, -1.0),
    "one velocity zero": velocities_times(1.0, 0.0),
    "one velocity not a number": velocities_times(1.0, np.nan),
    "no velocities": velocities_times(np.nan, np.nan),
    "sent twice": sent_twice,
    "one joint missing": one_joint_missing,
    "in parts": in_parts,
    "reordered": reordered,
    "late by chance": late_by_chance,
    "stamps of the future": stamped_in_the_future,
    "named twice among others": named_twice_among_others,
    "empty and broken between": empty_and_broken_between,
}


def uneven(*, stamps_off, arrivals_off, is_stamped=True):
    """No velocities; stamps are off by up to 4 ms, arrivals late by up to 8."""

    def messages(time_s, index, count, q, v, rng):
        off_s = rng.uniform(-0.004, 0.004) if stamps_off else 0.0
        late_s = rng.uniform(0.0, 0.008) if arrivals_off else 0.0
        stamp_s = EPOCH_S + time_s + off_s if is_stamped else 0.0
        yield time_s + late_s, stamp_s, NAMES, q, []

    return messages


UNEVEN = {
    "stamps off": (uneven(stamps_off=True, arrivals_off=False), 1.0),
    "late": (uneven(stamps_off=False, arrivals_off=True), 1.0),
    "late without stamps": (uneven(stamps_off=False, arrivals_off=True, is_stamped=False), 2.0),
    "stamps off and late": (uneven(stamps_off=True, arrivals_off=True), 2.0),
}
"""Streams, and by how much a stop of a motion that is not ours may be harder than the profile."""

STREAMS |= {name: stream for name, (stream, _) in UNEVEN.items()}

speed = st.floats(-1.5, 1.5).filter(lambda v: abs(v) > 0.05)


def stop(
    stream, velocity, controller, rate_hz, age_s, is_sent_known, seed, ramp_s=0.25, at_s=STOP_S
):
    rng = np.random.default_rng(seed)
    way = way_of(velocity, ramp_s=ramp_s)
    arm = CONTROLLERS[controller](np.zeros(2))
    arm.accept(NAMES, points_of(way))
    heard, messages = JointHistory(), []
    times_s = at_s - age_s - np.arange(min(HEARD_S, at_s - age_s), -1e-9, -1 / rate_hz)
    for index, time_s in enumerate(times_s):
        arm.advance(time_s)
        now = arm.positions + (time_s - arm.time_s) * arm.velocities
        messages += STREAMS[stream](time_s, index, len(times_s), now, arm.velocities, rng)
    for arrival_s, stamp_s, names, q, v in sorted(messages, key=lambda message: message[0]):
        if arrival_s <= at_s:
            heard.hear(read_joints(names, q, v, NAMES), arrival_s, stamp_s)
    arm.advance(at_s)
    sent = SentMotion(way, 0.0) if is_sent_known else None
    knows = False if controller == "positions only" else None
    now = arm_now(heard.state_of(NAMES, is_fitted=True), sent, at_s, knows_velocities=knows)
    arm.advance(at_s + 0.003)
    arm.accept(NAMES, points_of(braking(now, LIMIT).command))
    arm.advance(at_s + 1.8)
    return arm


@pytest.mark.parametrize("stream", [stream for stream in STREAMS if stream not in UNEVEN])
@settings(max_examples=12, deadline=None)
@given(
    st.tuples(speed, speed),
    st.sampled_from(list(CONTROLLERS)),
    st.sampled_from([20.0, 50.0, 125.0, 250.0, 1000.0]),
    st.floats(0.0, 0.2),
    st.booleans(),
    st.integers(0, 99),
)
def test_every_stop_is_even_and_never_backwards(
    stream, velocity, controller, rate_hz, age_s, is_sent_known, seed
):
    arm = stop(stream, velocity, controller, rate_hz, age_s, is_sent_known, seed)
    assert_even(arm, velocity)


@pytest.mark.parametrize("stream", UNEVEN)
@settings(max_examples=25, deadline=None)
@given(
    st.tuples(speed, speed),
    st.sampled_from(list(CONTROLLERS)),
    st.sampled_from([20.0, 50.0, 125.0, 250.0, 1000.0]),
    st.floats(0.0, 0.1),
    st.integers(0, 2**32 - 1),
)
def test_uneven_times_make_no_stop_hard(stream, velocity, controller, rate_hz, age_s, seed):
    """By the difference of the last positions it was up to 16 times the profile's."""
    arm = stop(stream, velocity, controller, rate_hz, age_s, False, seed)
    harsh, back_rad_s = harshness(arm, np.array(velocity))
    assert harsh <= UNEVEN[stream][1] + 1e-3 and back_rad_s < 0.01


@pytest.mark.parametrize("stream", UNEVEN)
@settings(max_examples=25, deadline=None)
@given(
    st.tuples(speed, speed),
    st.sampled_from(list(CONTROLLERS)),
    st.sampled_from([20.0, 50.0, 125.0, 250.0, 1000.0]),
    st.floats(0.0, 1.0),
    st.integers(0, 2**32 - 1),
)
def test_on_our_own_way_uneven_times_do_not_matter(
    stream, velocity, controller, rate_hz, age_s, seed
):
    """By the newest message alone it was up to 1.7 times the profile's."""
    arm = stop(stream, velocity, controller, rate_hz, age_s, True, seed)
    assert_even(arm, velocity)


@pytest.mark.parametrize("stream", ["reordered", "no velocities", "stamps off and late"])
@pytest.mark.parametrize("is_sent_known", [True, False])
@pytest.mark.parametrize("controller", ["measured", "positions only"])
def test_states_that_are_little_older_make_no_other_stop(stream, is_sent_known, controller):
    """At 99 and 101 ms the same arm once got 10 and 99 rad/s^2."""
    velocity = (1.0, -0.6)
    ages_s = [*np.arange(0.0, 0.16, 0.01), *np.arange(0.16, 1.0, 0.08)]
    peaks_of = [
        harshness(stop(stream, velocity, controller, 50.0, age_s, is_sent_known, 3), velocity)[0]
        for age_s in ages_s
    ]
    assert max(peaks_of) <= 1.0
    assert np.abs(np.diff(peaks_of)).max() < 0.3


@pytest.mark.parametrize("stream", ["reordered", "no velocities"])
@settings(max_examples=40, deadline=None)
@given(
    st.tuples(speed, speed),
    st.sampled_from(list(CONTROLLERS)),
    st.sampled_from([125.0, 250.0, 1000.0]),
    st.floats(0.0, 0.02),
    st.floats(0.3, 0.95),
)
def test_an_arm_that_somebody_else_speeds_up_is_stopped_evenly(
    stream, velocity, controller, rate_hz, age_s, part
):
    """Its way is not known: by the speed of its last state it was up to 18 times the profile's."""
    ramp_s = 1.3 * float(np.max(np.abs(velocity) / LIMIT)) + 0.15
    at_s = 0.05 + part * (ramp_s - 0.05)
    arm = stop(stream, velocity, controller, rate_hz, age_s, False, 0, ramp_s, at_s=at_s)
    harsh, back_rad_s = peaks(arm, np.array(velocity), at_s - 0.02)
    assert harsh < 2.0 and back_rad_s < 0.01


@pytest.mark.parametrize("stream", STREAMS)
@settings(max_examples=8, deadline=None)
@given(
    st.tuples(speed, speed),
    st.sampled_from(list(CONTROLLERS)),
    st.sampled_from([125.0, 250.0]),
    st.floats(0.1, 1.2),
)
def test_an_arm_that_speeds_up_on_the_way_it_was_sent_is_stopped_evenly(
    stream, velocity, controller, rate_hz, part
):
    """It speeds up with three quarters of what the profile allows."""
    ramp_s = 1.3 * float(np.max(np.abs(velocity) / LIMIT)) + 0.1
    arm = stop(
        stream, velocity, controller, rate_hz, 0.01, True, 0, ramp_s, at_s=0.05 + part * ramp_s
    )
    harsh, back_rad_s = harshness(arm, np.array(velocity))
    assert harsh < 2.0 and back_rad_s < 0.01
