"""What others give as grasps: refused where it is none, measured where it is."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.proposals.outside.given_grasps import (
    MOST,
    GivenGraspsInvalid,
    measured,
    require_grasps,
    scores_by_rank,
)


def test_grasps_without_scores_are_worth_less_one_after_the_other():
    np.testing.assert_allclose(scores_by_rank(3), [1.0, 0.75, 0.5])
    assert scores_by_rank(1).tolist() == [1.0]
    assert scores_by_rank(0).tolist() == []


TABLE = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)


def poses(count=3, z_m=0.68):
    many = np.tile(np.eye(4), (count, 1, 1))
    many[:, 2, 3] = z_m
    return many


def spoilt(change):
    many = poses()
    change(many)
    return many


def put(index, value):
    return lambda many: many.__setitem__(index, value)


@pytest.mark.parametrize(
    ("given", "scores", "words"),
    [
        (spoilt(put((1, 0, 3), np.nan)), np.ones(3), "grasp 1 of 3 is not finite"),
        (poses(), np.array([0.5, np.inf, 0.5]), "grasp 1 of 3 is not finite"),
        (spoilt(put((2, slice(3), slice(3)), 1.1 * np.eye(3))), np.ones(3), "grasp 2 of 3 is no"),
        (spoilt(put((0, 0, 0), -1.0)), np.ones(3), "grasp 0 of 3 is no rigid motion"),
        (spoilt(put((0, 3, 3), 2.0)), np.ones(3), "grasp 0 of 3 is no rigid motion"),
        (spoilt(put((0, 2, 3), 680.0)), np.ones(3), "another unit or frame"),
        (poses(MOST + 1), np.ones(MOST + 1), "2001 grasps are more than 2000"),
        (poses()[0], np.ones(1), "are no grasps"),
        (poses(), np.ones(2), "are no grasps"),
        (poses()[:, :3], np.ones(3), "are no grasps"),
    ],
)
def test_what_is_no_list_of_grasps_is_refused_with_what_is_wrong(given, scores, words):
    with pytest.raises(GivenGraspsInvalid, match=words.replace("(", r"\(")):
        require_grasps(given, scores)


def test_no_grasps_at_all_are_right():
    given, scores = require_grasps(np.empty((0, 4, 4), np.float32), np.empty(0, np.float32))
    assert measured(given, scores, np.zeros((10, 3)), TABLE, Gripper()) == []


def box_points(width_m=0.03, x_m=0.0):
    x, y = np.meshgrid(
        np.linspace(-width_m / 2, width_m / 2, 31) + x_m, np.linspace(-0.02, 0.02, 21)
    )
    return np.column_stack([x.ravel(), y.ravel(), np.full(x.size, 0.67)])


def test_width_opening_and_height_are_measured_and_the_best_comes_first():
    given, scores = require_grasps(poses(2), np.array([0.3, 1.7]))
    best, other = measured(given, scores, box_points(), TABLE, Gripper())
    assert (best.quality, other.quality) == (1.0, 0.3)
    assert best.object_width_m == pytest.approx(0.03, abs=0.002)
    assert best.opening_m == pytest.approx(best.object_width_m + 0.016)
    assert best.height_m == pytest.approx(0.02)


def test_the_fingers_are_put_to_both_sides_alike():
    (found,) = measured(
        *require_grasps(poses(1), np.ones(1)), box_points(x_m=0.01), TABLE, Gripper()
    )
    assert found.T_camera_grasp[0, 3] == pytest.approx(0.01, abs=0.001)


def test_a_pose_with_nothing_between_the_pads_is_left_out():
    far = poses(1)
    far[0, 0, 3] = 0.2
    assert measured(*require_grasps(far, np.ones(1)), box_points(), TABLE, Gripper()) == []


@pytest.mark.parametrize(("count", "is_something"), [(4, False), (5, True), (6, True)])
def test_fewer_than_five_points_between_the_pads_are_nothing(count, is_something):
    points_m = np.array([[step * 0.001, 0.0, 0.68] for step in range(count)])
    found = measured(*require_grasps(poses(1), np.ones(1)), points_m, TABLE, Gripper())
    assert bool(found) is is_something


@pytest.mark.parametrize(
    ("x_m", "y_m", "deeper_m", "is_between"),
    [
        (0.0, 0.0, 0.0, True),
        (0.039, 0.0, 0.0, True),
        (0.041, 0.0, 0.0, False),
        (-0.041, 0.0, 0.0, False),
        (0.0, 0.009, 0.0, True),
        (0.0, 0.011, 0.0, False),
        (0.0, -0.011, 0.0, False),
        (0.0, 0.0, 0.0075, True),
        (0.0, 0.0, 0.01, False),
        (0.0, 0.0, -0.044, True),
        (0.0, 0.0, -0.047, False),
    ],
)
def test_what_is_between_the_pads_is_within_opening_breadth_and_depth_of_the_fingers(
    x_m, y_m, deeper_m, is_between
):
    """Opened 80 mm, fingers of 20 mm breadth that reach 45 mm above the pads and 8 mm below."""
    gripper = Gripper(
        max_opening_m=0.08, finger_breadth_m=0.02, finger_depth_m=0.045, finger_overhang_m=0.008
    )
    points_m = np.tile([x_m, y_m, 0.68 + deeper_m], (10, 1))
    found = measured(*require_grasps(poses(1), np.ones(1)), points_m, TABLE, gripper)
    assert bool(found) is is_between
