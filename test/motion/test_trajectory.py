import numpy as np
import pytest
from scipy.interpolate import CubicHermiteSpline

from rt_grasp_ros.motion.trajectory import JointState, Trajectory


def trajectory(positions: list, times_s: list) -> Trajectory:
    values = np.array(positions, dtype=float)
    return Trajectory(("a", "b"), values, np.zeros_like(values), np.array(times_s))


def test_start_end_and_duration():
    motion = trajectory([[0, 0], [1, 2]], [0.0, 1.5])
    assert motion.duration_s == 1.5
    assert motion.start.tolist() == [0, 0]
    assert motion.end.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("positions", "times_s"),
    [
        ([[0, 0], [1, 2]], [0.0]),
        ([[0, 0, 0]], [0.0]),
        (np.empty((0, 2)), []),
        ([[0, 0], [1, np.nan]], [0.0, 1.0]),
        ([[0, 0], [1, 2]], [1.0, 1.0]),
        ([[0, 0], [1, 2]], [-1.0, 1.0]),
    ],
)
def test_what_does_not_fit_is_refused(positions, times_s):
    with pytest.raises(ValueError, match="trajectory"):
        trajectory(positions, times_s)


def test_joint_state_gives_joints_in_any_order():
    state = JointState(("a", "b", "c"), np.array([1.0, 2.0, 3.0]), np.zeros(3), 0.0)
    assert state.of(("c", "a")).tolist() == [3.0, 1.0]
    with pytest.raises(KeyError):
        state.of(("d",))


TIMES_S = np.array([0.0, 0.4, 1.0, 1.1])
WAY = np.array([[0.0, 1.0], [0.3, 0.7], [0.2, 1.5], [0.25, 1.4]])
SPEEDS = np.array([[0.5, -0.2], [0.1, 0.9], [-0.4, 0.3], [0.0, 0.0]])


def test_between_samples_it_goes_by_cubic_polynomials():
    spline = CubicHermiteSpline(TIMES_S, WAY, SPEEDS)
    times_s = np.linspace(0.0, 1.1, 57)[:-1]
    positions, velocities = Trajectory(("a", "b"), WAY, SPEEDS, TIMES_S).sample(times_s)
    np.testing.assert_allclose(positions, spline(times_s), atol=1e-12)
    np.testing.assert_allclose(velocities, spline(times_s, 1), atol=1e-12)


def test_between_samples_without_velocities_it_goes_straight():
    speeds = SPEEDS.copy()
    speeds[1] = np.nan
    positions, velocities = Trajectory(("a", "b"), WAY, speeds, TIMES_S).sample(
        np.array([0.1, 0.8])
    )
    np.testing.assert_allclose(
        positions, [[0.075, 0.925], [0.3 - 0.4 * 0.1 / 0.6, 0.7 + 0.8 / 1.5]]
    )
    np.testing.assert_allclose(velocities, [[0.75, -0.75], [-0.1 / 0.6, 0.8 / 0.6]])


@pytest.mark.parametrize(("time_s", "there"), [(-0.1, WAY[0]), (1.1, WAY[-1]), (5.0, WAY[-1])])
def test_before_and_after_it_stands(time_s, there):
    moving = SPEEDS.copy()
    moving[-1] = 0.3
    positions, velocities = Trajectory(("a", "b"), WAY, moving, TIMES_S).sample(np.array([time_s]))
    np.testing.assert_allclose(positions[0], there)
    assert velocities.tolist() == [[0.0, 0.0]]


def test_one_sample_is_a_place_to_stand_at():
    alone = Trajectory(("a", "b"), WAY[:1], SPEEDS[:1], TIMES_S[:1])
    positions, velocities = alone.sample(np.array([0.0, 2.0]))
    assert positions.tolist() == [[0.0, 1.0], [0.0, 1.0]]
    assert velocities.tolist() == [[0.0, 0.0], [0.0, 0.0]]
