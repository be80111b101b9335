"""Stops of a moving arm, through the cell's controller and a model of ros2_control's.

Bounds are literals: what a user relies on is that no joint brakes harder than its profile says, and
that none turns back, whatever its driver sends.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ros2_controller import points_of
from stopped_arm import CONTROLLERS, LIMIT, NAMES, STOP_S, assert_even, harshness, way_of

from rt_grasp_ros.motion.braking import arm_now, braking
from rt_grasp_ros.motion.joint_history import JointHistory
from rt_grasp_ros.motion.joint_reading import read_joints
from rt_grasp_ros.motion.sent_motion import SentMotion
from rt_grasp_ros.motion.trajectory import JointMotion, JointState, Trajectory


def said(kind, velocities):
    return {
        "measured": velocities,
        "missing": [],
        "zero": np.zeros(2),
        "not a number": np.full(2, np.nan),
        "shorter": velocities[:1],
    }[kind]


def stop(
    velocity,
    *,
    controller="measured",
    rate_hz=100.0,
    age_s=0.0,
    noise_rad=0.0,
    velocities="measured",
    has_stamps=True,
    is_sent_known=True,
    late_s=0.003,
    knows_velocities=None,
    rng=None,
):
    """Let an arm move, stop it, and return its controller when it stands."""
    rng = rng or np.random.default_rng(0)
    way = way_of(velocity)
    arm = CONTROLLERS[controller](np.zeros(2))
    arm.accept(NAMES, points_of(way))
    heard = JointHistory()
    for time_s in STOP_S - age_s - np.arange(0.2, -1e-9, -1 / rate_hz):
        arm.advance(time_s)
        # Between two cycles the joints go on as they are.
        now = arm.positions + (time_s - arm.time_s) * arm.velocities
        noisy = now + noise_rad * rng.uniform(-1, 1, 2)
        stamp_s = 1e5 + time_s if has_stamps else 0.0
        heard.hear(
            read_joints(NAMES, noisy, said(velocities, arm.velocities), NAMES), time_s, stamp_s
        )
    arm.advance(STOP_S)
    sent = SentMotion(way, 0.0) if is_sent_known else None
    now = arm_now(
        heard.state_of(NAMES, is_fitted=True), sent, STOP_S, knows_velocities=knows_velocities
    )
    arm.advance(STOP_S + late_s)
    arm.accept(NAMES, points_of(braking(now, LIMIT).command))
    arm.advance(STOP_S + 1.8)
    return arm


speed = st.floats(-1.5, 1.5).filter(lambda v: abs(v) > 0.02)
motions = st.tuples(speed, speed)
rates = st.sampled_from([20.0, 50.0, 125.0, 250.0, 500.0, 1000.0])


@settings(max_examples=150, deadline=None)
@given(
    motions,
    st.sampled_from(["cell", "measured", "desired"]),
    rates,
    st.floats(0.0, 1.0),
    st.booleans(),
    st.floats(0.0, 0.006),
)
def test_with_velocities_every_stop_is_even_and_never_backwards(
    velocity, controller, rate_hz, age_s, is_sent_known, late_s
):
    arm = stop(
        velocity,
        controller=controller,
        rate_hz=rate_hz,
        age_s=age_s,
        is_sent_known=is_sent_known,
        late_s=late_s,
    )
    assert_even(arm, velocity)


@settings(max_examples=200, deadline=None)
@given(
    motions,
    st.sampled_from(["cell", "measured", "positions only", "desired"]),
    rates,
    st.floats(0.0, 0.5),
    st.sampled_from(["missing", "zero", "not a number", "shorter"]),
    st.booleans(),
    st.booleans(),
    st.floats(0.0, 0.006),
)
def test_without_velocities_every_stop_is_even_and_never_backwards(
    velocity, controller, rate_hz, age_s, velocities, has_stamps, is_sent_known, late_s
):
    arm = stop(
        velocity,
        controller=controller,
        rate_hz=rate_hz,
        age_s=age_s,
        velocities=velocities,
        has_stamps=has_stamps,
        is_sent_known=is_sent_known,
        late_s=late_s,
    )
    assert_even(arm, velocity)


@settings(max_examples=50, deadline=None)
@given(motions, rates, st.floats(0.0, 0.5), st.booleans(), st.floats(0.0, 0.006))
def test_a_controller_that_says_it_knows_no_velocities_is_believed(
    velocity, rate_hz, age_s, is_sent_known, late_s
):
    """Its driver has them for the joint states, its controller no interface."""
    arm = stop(
        velocity,
        controller="positions only",
        rate_hz=rate_hz,
        age_s=age_s,
        is_sent_known=is_sent_known,
        late_s=late_s,
        knows_velocities=False,
    )
    assert_even(arm, velocity)


@settings(max_examples=100, deadline=None)
@given(
    motions,
    st.sampled_from(list(CONTROLLERS)),
    rates,
    st.floats(0.0, 0.2),
    st.sampled_from(["measured", "missing", "zero"]),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_noise_of_the_encoders_does_no_harm(
    velocity, controller, rate_hz, age_s, velocities, is_sent_known, seed
):
    """0.1 mrad; the difference of two positions 50 ms apart is 4 mrad/s off by that."""
    if controller == "positions only":
        velocities = "missing"
    arm = stop(
        velocity,
        controller=controller,
        rate_hz=rate_hz,
        age_s=age_s,
        noise_rad=1e-4,
        velocities=velocities,
        is_sent_known=is_sent_known,
        rng=np.random.default_rng(seed),
    )
    harsh, back_rad_s = harshness(arm, np.array(velocity))
    assert harsh < 1.5 and back_rad_s < 0.01  # 1.3 at worst where states are old, too


@pytest.mark.parametrize("velocities", ["measured", "missing", "zero"])
@pytest.mark.parametrize("velocity", [0.2, 1.0])
def test_there_is_no_cliff_in_age(velocity, velocities):
    """At 99 and 101 ms the same arm once got 10 and 99 rad/s^2."""
    ends, times_s = [], []
    for age_s in np.arange(0.0, 1.0, 0.001):
        state = JointState(
            NAMES,
            np.zeros(2),
            np.full(2, velocity),
            0.0,
            velocity_spans_s=0.0 if velocities == "measured" else 0.05,
        )
        command = braking(arm_now(state, None, age_s), LIMIT).command
        ends.append(command.end - velocity * age_s)
        times_s.append(command.duration_s)
    assert np.abs(np.diff(ends, axis=0)).max() < 0.002 * velocity
    assert np.abs(np.diff(times_s)).max() < 0.002
    assert (np.array(ends) > 0.0).all()  # ahead of the arm at every age


def test_an_arm_at_rest_stays():
    state = JointState(NAMES, np.array([0.5, -0.5]), np.zeros(2), 0.0)
    command = braking(arm_now(state, None, 0.02), LIMIT).command
    assert command.end.tolist() == [0.5, -0.5]
    assert command.duration_s == pytest.approx(0.06)
    assert command.velocities.tolist() == [[0.0, 0.0]]


def test_a_fast_arm_stands_within_the_time_that_its_joints_need():
    """0.7 rad/s at 7.5 rad/s^2 take 93 ms; 5 ms of doubt and 5 % less acceleration cost 29."""
    state = JointState(NAMES, np.zeros(2), np.array([0.7, 0.7]), 0.0)
    assert braking(arm_now(state, None, 0.0), LIMIT).command.duration_s == pytest.approx(
        0.122, abs=0.002
    )


@pytest.mark.parametrize(("age_s", "span_s", "brake_s"), [(0.0, 0.05, 0.1619), (0.1, 0.0, 0.1909)])
def test_the_less_is_known_the_longer_an_arm_is_braked(age_s, span_s, brake_s):
    """A quarter of the age of a velocity counts as doubt in time."""
    state = JointState(NAMES, np.zeros(2), np.array([0.7, 0.7]), 0.0, span_s)
    command = braking(arm_now(state, None, age_s, knows_velocities=True), LIMIT).command
    assert command.duration_s == pytest.approx(brake_s, abs=1e-4)


def test_a_joint_whose_velocity_nobody_knows_adds_no_doubt_to_the_others():
    """It is taken to stand; the others brake as if it had been measured."""
    state = JointState(NAMES, np.zeros(2), np.array([0.7, 0.0]), 0.0, np.inf)
    command = braking(arm_now(state, None, 0.0, knows_velocities=True), LIMIT).command
    assert command.duration_s == pytest.approx(0.122, abs=0.002)


def test_an_arm_that_speeds_up_is_braked_from_the_speed_it_has_by_now():
    """By differences of positions it would be the speed of 60 ms ago; 4 ms later it is told."""
    way = way_of([1.0, 1.0], ramp_s=0.5)
    sent = SentMotion(way, 10.0)
    positions, _ = way.sample(np.array([0.2, 0.25]))
    state = JointState(NAMES, positions[1], np.diff(positions, axis=0)[0] / 0.05, 10.25, 0.05)
    now = arm_now(state, sent, 10.296)
    np.testing.assert_allclose(now.velocities, way.sample(np.array([0.3]))[1][0], atol=1e-3)
    np.testing.assert_allclose(now.positions, way.sample(np.array([0.3]))[0][0], atol=1e-4)


def test_an_arm_that_does_not_follow_is_held_where_it_is():
    """It stands against something: what was sent would lead it on."""
    sent = SentMotion(way_of([1.0, 1.0]), 10.0)
    stuck = JointState(NAMES, np.array([0.1, 0.1]), np.zeros(2), 10.6)
    now = arm_now(stuck, sent, 10.6)
    assert now.positions.tolist() == [0.1, 0.1] and now.velocities.tolist() == [0.0, 0.0]


def test_an_arm_whose_way_is_over_stays_at_its_end_however_old_its_state():
    way = way_of([1.0, 1.0], even_s=1.0)
    state = JointState(NAMES, way.sample(np.array([1.0]))[0][0], np.ones(2), 11.0)
    now = arm_now(state, SentMotion(way, 10.0), 20.0)
    np.testing.assert_allclose(now.positions, way.end, atol=1e-6)
    assert now.velocities.tolist() == [0.0, 0.0]


def test_without_any_state_the_arm_is_where_it_was_sent():
    way = way_of([1.0, 1.0])
    now = arm_now(None, SentMotion(way, 10.0), 11.0)
    np.testing.assert_allclose(now.velocities, [1.0, 1.0])
    assert arm_now(None, None, 11.0) is None


def test_what_stopped_unseen_is_not_hurled_forward():
    """A state of 0.8 s ago said 1 rad/s: to where it may be, in 0.8 s at least."""
    state = JointState(NAMES, np.zeros(2), np.ones(2), 0.0)
    command = braking(arm_now(state, None, 0.8), LIMIT).command
    assert command.duration_s >= 0.8


@pytest.mark.parametrize("turn_rad", [0.0, -2 * np.pi])
@pytest.mark.parametrize("velocity", [(1.0, 0.4), (np.nan, np.nan)])
def test_an_arm_over_pi_is_on_its_way_whatever_turn_it_reports(turn_rad, velocity):
    way = Trajectory(
        NAMES, np.array([[3.0, 0.0], [5.0, 0.8]]), np.array([[1.0, 0.4]] * 2), np.array([0.0, 2.0])
    )
    sent = SentMotion(way, 10.0, is_continuous=(True, False))
    measured = np.array([3.5 + turn_rad, 0.2])
    span_s = np.inf if np.isnan(velocity[0]) else 0.0
    state = JointState(NAMES, measured, np.nan_to_num(np.array(velocity)), 10.5, span_s)
    now = arm_now(state, sent, 10.546)
    assert now.velocities == pytest.approx([1.0, 0.4])
    assert now.positions == pytest.approx(measured + 0.05 * np.array([1.0, 0.4]), abs=1e-3)
    command = braking(now, LIMIT).command
    assert np.abs(command.end - measured).max() < 0.32  # ahead of where it is reported
    assert ((command.end - measured) > 0.0).all()


def test_a_joint_with_limits_a_turn_away_is_not_on_its_way():
    way = Trajectory(NAMES, np.array([[3.0, 0.0]] * 2), np.zeros((2, 2)), np.array([0.0, 2.0]))
    state = JointState(NAMES, np.array([3.0 - 2 * np.pi, 0.0]), np.zeros(2), 10.5)
    assert SentMotion(way, 10.0).lag_s(state) is None
    assert SentMotion(way, 10.0, is_continuous=(True, False)).lag_s(state) is not None


def carried(position, velocity, acceleration, age_s):
    motion = JointMotion(*(np.full(2, value) for value in (position, velocity, acceleration)))
    state = JointState(NAMES, np.full(2, 9.0), np.full(2, 9.0), 5.0, motion=motion)
    now = arm_now(state, None, 5.0 + age_s - 0.004)  # it is told 4 ms later
    return now.positions[0], now.velocities[0]


def test_an_arm_goes_on_speeding_up_for_a_tenth_of_a_second():
    assert carried(1.0, 0.5, 4.0, 0.05) == pytest.approx((1.03, 0.7))
    assert carried(1.0, -0.5, -4.0, 0.05) == pytest.approx((0.97, -0.7))
    assert carried(1.0, 0.0, 4.0, 0.05) == pytest.approx((1.005, 0.2))
    assert carried(1.0, 0.5, 4.0, 0.1) == pytest.approx((1.07, 0.9))
    assert carried(1.0, 0.5, 4.0, 0.2) == pytest.approx((1.16, 0.9))


def test_an_arm_that_slows_down_comes_to_rest_and_does_not_turn_back():
    assert carried(1.0, 0.5, -4.0, 0.05) == pytest.approx((1.02, 0.3))
    assert carried(1.0, 0.2, -4.0, 0.2) == pytest.approx((1.005, 0.0))
    assert carried(1.0, -0.2, 4.0, 0.2) == pytest.approx((0.995, 0.0))
