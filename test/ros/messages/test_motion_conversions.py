import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.motion.trajectory import JointState, Trajectory
from rt_grasp_ros.ros.messages import motion_conversions

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


def test_points_without_velocities_have_none_there_and_back():
    message = JointTrajectory(joint_names=["a"], points=[JointTrajectoryPoint(positions=[0.5])])
    trajectory = motion_conversions.trajectory_from_message(message)
    assert trajectory is not None
    np.testing.assert_array_equal(trajectory.velocities, [[np.nan]])
    (point,) = motion_conversions.trajectory_to_message(trajectory).points
    assert list(point.velocities) == []


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
    message = motion_conversions.joint_state_to_message(state)
    back = motion_conversions.reading_from_message(message, ("b", "a"))
    assert back.positions == {"a": 0.1, "b": -0.2}
    assert back.velocities == {"a": 1.5, "b": 0.0}
    assert (message.header.stamp.sec, message.header.stamp.nanosec) == (1234, 500_000_000)
