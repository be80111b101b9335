import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sensor_msgs.msg import JointState as JointStateMessage
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.motion.trajectory import JointState, Trajectory
from rt_grasp_ros.ros import motion_conversions

pytestmark = pytest.mark.ros

angles = st.floats(-3.0, 3.0)


@given(arrays(float, (4, 2), elements=angles), arrays(float, (4, 2), elements=angles))
def test_a_trajectory_survives_the_round_trip(positions, velocities):
    times_s = np.array([0.0, 0.1, 0.25, 12.000000001])
    trajectory = Trajectory(("a", "b"), positions, velocities, times_s)
    message = motion_conversions.trajectory_to_message(trajectory)
    back = motion_conversions.trajectory_from_message(message)
    assert back is not None and back.names == ("a", "b")
    np.testing.assert_array_equal(back.positions, positions)
    np.testing.assert_array_equal(back.velocities, velocities)
    np.testing.assert_allclose(back.times_s, times_s, atol=1e-9)


def test_an_empty_trajectory_moves_nothing():
    assert motion_conversions.trajectory_from_message(JointTrajectory(joint_names=["a"])) is None


def test_points_without_velocities_stand_still():
    message = JointTrajectory(joint_names=["a"], points=[JointTrajectoryPoint(positions=[0.5])])
    trajectory = motion_conversions.trajectory_from_message(message)
    assert trajectory is not None
    np.testing.assert_array_equal(trajectory.velocities, [[0.0]])


@pytest.mark.parametrize("positions", [[0.1], [0.1, 0.2, 0.3], [0.1, float("nan")]])
def test_a_trajectory_that_does_not_fit_its_joints_is_refused(positions):
    point = JointTrajectoryPoint(positions=positions)
    with pytest.raises(RequestInvalid, match="trajectory"):
        motion_conversions.trajectory_from_message(
            JointTrajectory(joint_names=["a", "b"], points=[point])
        )


def test_points_of_different_lengths_are_refused():
    points = [JointTrajectoryPoint(positions=[0.1]), JointTrajectoryPoint(positions=[0.1, 0.2])]
    with pytest.raises(RequestInvalid, match="trajectory"):
        motion_conversions.trajectory_from_message(
            JointTrajectory(joint_names=["a"], points=points)
        )


def test_a_joint_state_survives_the_round_trip():
    state = JointState(("a", "b"), np.array([0.1, -0.2]), np.array([1.5, 0.0]), 1234.5)
    back = motion_conversions.joint_state_from_message(
        motion_conversions.joint_state_to_message(state)
    )
    assert (back.names, back.stamp_s) == (state.names, state.stamp_s)
    np.testing.assert_array_equal(back.positions, state.positions)
    np.testing.assert_array_equal(back.velocities, state.velocities)


@pytest.mark.parametrize("velocity", [[], [0.3], [np.nan, np.inf]])
def test_velocities_that_were_not_measured_are_zero(velocity):
    message = JointStateMessage(name=["a", "b"], position=[0.1, -0.2], velocity=velocity)
    back = motion_conversions.joint_state_from_message(message)
    assert back.velocities.tolist() == [0.0, 0.0]


def test_a_joint_state_without_a_position_for_each_name_is_refused():
    with pytest.raises(RequestInvalid, match="2 joints"):
        motion_conversions.joint_state_from_message(
            JointStateMessage(name=["a", "b"], position=[0.1])
        )
