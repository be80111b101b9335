import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rt_grasp_ros.motion.braking import BRAKE_S, MAX_AGE_S, braking
from rt_grasp_ros.motion.trajectory import JointState
from rt_grasp_ros.sim.controller import JointTrajectoryController, TrajectoryPoint

NAMES = ("shoulder", "elbow")
LIMIT = np.array([7.5, 15.0])


def measured(position, velocity):
    return JointState(NAMES, np.array(position), np.array(velocity), 0.0)


joints = arrays(float, 2, elements=st.floats(-2.0, 2.0))


@given(joints, joints, st.floats(0.0, MAX_AGE_S))
def test_an_arm_comes_to_rest_without_turning_back_or_braking_too_hard(position, velocity, age_s):
    stop = braking(measured(position, velocity), age_s, LIMIT)
    assert stop.names == NAMES and (stop.velocities == 0.0).all()
    assert stop.duration_s >= BRAKE_S
    way = stop.end - (position + velocity * age_s)  # from where it is when the stop arrives
    np.testing.assert_allclose(way, velocity * stop.duration_s / 2, atol=1e-12)
    assert (np.abs(velocity) / stop.duration_s <= LIMIT + 1e-9).all()


@given(joints, joints)
def test_a_controller_in_motion_brakes_evenly(position, velocity):
    """The controller of the cell leads on from the state commanded, as ros2_control's does."""
    controller = JointTrajectoryController(NAMES, position - velocity)
    points = [
        TrajectoryPoint(tuple(position + velocity * s), 1.0 + s, tuple(velocity)) for s in (-0.5, 0)
    ]
    end = TrajectoryPoint(tuple(position + velocity), 2.0, (0.0, 0.0))
    controller.accept(NAMES, [*points, end], 0.0)
    stop = braking(measured(position, velocity), 0.0, LIMIT)
    last = TrajectoryPoint(tuple(stop.end), stop.duration_s, (0.0, 0.0))
    controller.accept(NAMES, [last], 1.0)
    for share in np.linspace(0.0, 1.0, 9):
        _, speed = controller.sample(1.0 + share * stop.duration_s)
        np.testing.assert_allclose(speed, velocity * (1 - share), atol=1e-6)


def test_an_arm_at_rest_stays():
    stop = braking(measured([0.5, -0.5], [0.0, 0.0]), 0.02, LIMIT)
    assert stop.end.tolist() == [0.5, -0.5]
    assert stop.duration_s == pytest.approx(BRAKE_S)


def test_an_arm_measured_a_while_ago_goes_back_there_no_faster_than_it_came():
    stop = braking(measured([0.5, -0.5], [1.0, 1.0]), 1.5, LIMIT)
    assert stop.end.tolist() == [0.5, -0.5]
    assert stop.duration_s == pytest.approx(1.5)
