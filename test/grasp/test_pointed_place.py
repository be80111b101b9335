"""The rectangle that shows a place that was pointed at."""

import math

import pytest

from rt_grasp_ros.grasp.pointed import Pointed


def test_a_point_is_shown_by_a_tenth_of_the_longer_side():
    shown = Pointed(100.0, 50.0).provisional(640, 480)
    assert (shown.x_px, shown.y_px, shown.theta_rad) == (100.0, 50.0, 0.0)
    assert shown.opening_px == pytest.approx(64.0)
    assert shown.jaw_px == pytest.approx(25.6)


@pytest.mark.parametrize(
    ("box", "opening_px", "theta_rad"),
    [
        ((90.0, 10.0, 110.0, 90.0), 20.0, 0.0),
        ((60.0, 40.0, 140.0, 60.0), 20.0, math.pi / 2),
        ((100.0, 10.0, 100.0, 90.0), 1.0, 0.0),
        ((60.0, 50.0, 140.0, 50.0), 1.0, math.pi / 2),
    ],
)
def test_a_box_is_shown_across_its_shorter_side(box, opening_px, theta_rad):
    shown = Pointed(100.0, 50.0, box_px=box).provisional(640, 480)
    assert shown.opening_px == pytest.approx(opening_px)
    assert shown.theta_rad == pytest.approx(theta_rad)
