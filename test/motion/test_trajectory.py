import numpy as np
import pytest

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
