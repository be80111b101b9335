import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.grasp.errors import ControllerFailed
from rt_grasp_ros.sim.controller import JointTrajectoryController, TrajectoryPoint

NAMES = ("shoulder", "elbow")
numbers = st.floats(-3, 3)


@pytest.fixture
def controller() -> JointTrajectoryController:
    return JointTrajectoryController(NAMES, [0.5, -0.5])


def point(time_s, positions, velocities=None) -> TrajectoryPoint:
    return TrajectoryPoint(tuple(positions), time_s, velocities and tuple(velocities))


def test_holds_its_first_position(controller):
    position, velocity = controller.sample(12.0)
    assert position.tolist() == [0.5, -0.5]
    assert velocity.tolist() == [0.0, 0.0]


def test_interpolates_linearly_without_velocities(controller):
    controller.accept(NAMES, [point(2.0, [1.5, -0.5])], time_s=10.0)
    position, velocity = controller.sample(11.0)
    assert position == pytest.approx([1.0, -0.5])
    assert velocity == pytest.approx([0.5, 0.0])
    assert controller.end_time_s == 12.0
    assert controller.sample(13.0)[0] == pytest.approx([1.5, -0.5])


def test_waits_for_a_first_point_at_time_zero(controller):
    controller.accept(NAMES, [point(0.0, [1, 1]), point(1.0, [2, 2])], time_s=5.0)
    assert controller.sample(5.0)[0] == pytest.approx([1, 1])


def test_takes_joints_in_any_order(controller):
    controller.accept(NAMES[::-1], [point(1.0, [7, 8], [0, 0])], time_s=0.0)
    assert controller.sample(1.0)[0] == pytest.approx([8, 7])


def test_new_trajectory_leads_on_from_the_commanded_state(controller):
    controller.accept(NAMES, [point(2.0, [2.5, 0], [0, 0])], time_s=0.0)
    before = controller.sample(1.0)
    controller.accept(NAMES, [point(1.0, [0, 0], [0, 0])], time_s=1.0)
    after = controller.sample(1.0)
    np.testing.assert_allclose(after, before)
    assert controller.sample(2.0)[0] == pytest.approx([0, 0])


def test_empty_trajectory_is_refused_and_the_running_one_goes_on(controller):
    controller.accept(NAMES, [point(2.0, [2.5, 0.0])], time_s=0.0)
    for names in ((), NAMES):
        with pytest.raises(ControllerFailed):
            controller.accept(names, [], time_s=1.0)
    assert controller.sample(2.0)[0] == pytest.approx([2.5, 0.0])


def test_hold_keeps_the_present_position(controller):
    controller.accept(NAMES, [point(2.0, [2.5, 0.0])], time_s=0.0)
    controller.hold(time_s=1.0)
    for time_s in (1.0, 1.5, 9.0):
        assert controller.sample(time_s)[0] == pytest.approx([1.5, -0.25])


@given(
    st.lists(st.tuples(numbers, numbers, numbers, numbers), min_size=1, max_size=5),
    st.floats(0.01, 0.99),
)
def test_passes_through_its_points_with_their_velocities(rows, phase):
    controller = JointTrajectoryController(NAMES, [0.0, 0.0])
    points = [point(1.0 + i, row[:2], row[2:]) for i, row in enumerate(rows)]
    points.append(point(1.0 + len(rows), [0, 0], [0, 0]))
    controller.accept(NAMES, points, time_s=3.0)
    for wanted in points[:-1]:
        time_s = 3.0 + wanted.time_from_start_s
        position, velocity = controller.sample(time_s)
        np.testing.assert_allclose(position, wanted.positions, atol=1e-9)
        np.testing.assert_allclose(velocity, wanted.velocities, atol=1e-9)
        step_s = 1e-6
        early, late = (controller.sample(time_s + phase + d)[0] for d in (-step_s, step_s))
        slope = (late - early) / (2 * step_s)
        np.testing.assert_allclose(controller.sample(time_s + phase)[1], slope, atol=1e-4)


@pytest.mark.parametrize(
    ("names", "points", "sentence"),
    [
        (("shoulder",), [point(1.0, [0])], "for the joints shoulder"),
        (("shoulder", "wrist"), [point(1.0, [0, 0])], "send one for shoulder, elbow"),
        (NAMES, [point(1.0, [0])], "2 numbers"),
        (NAMES, [point(1.0, [0, 0], [0])], "2 numbers"),
        (NAMES, [point(1.0, [0, math.nan])], "not finite"),
        (NAMES, [point(math.inf, [0, 0])], "not finite"),
        (NAMES, [point(1.0, [0, 0], [0, math.inf])], "not finite"),
        (NAMES, [point(-1.0, [0, 0])], "do not increase"),
        (NAMES, [point(1.0, [0, 0]), point(1.0, [1, 1])], "do not increase"),
        (NAMES, [point(1.0, [0, 0], [0, 1])], "ends in motion"),
    ],
)
def test_refuses_and_goes_on_with_the_old_trajectory(controller, names, points, sentence):
    controller.accept(NAMES, [point(2.0, [1.5, -0.5])], time_s=0.0)
    with pytest.raises(ControllerFailed, match=sentence):
        controller.accept(names, points, time_s=0.5)
    assert controller.sample(1.0)[0] == pytest.approx([1.0, -0.5])
