"""The rectangle's geometry: angles modulo a half turn, Cornell's corners, the metric."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.grasp.rectangle import GraspRectangle, jaw_angle_difference, wrap_half_turn

angles = st.floats(-20, 20)
rectangles = st.builds(
    GraspRectangle,
    x_px=st.floats(0, 640),
    y_px=st.floats(0, 480),
    theta_rad=angles,
    opening_px=st.floats(1, 300),
    jaw_px=st.floats(1, 300),
    image_width_px=st.just(640),
    image_height_px=st.just(480),
)


def rectangle(theta_rad=0.0, x_px=100.0, opening_px=40.0, jaw_px=20.0):
    return GraspRectangle(x_px, 100.0, theta_rad, opening_px, jaw_px, 640, 480)


@given(angles)
def test_wrapped_angle_names_the_same_jaw_line(theta_rad):
    wrapped = wrap_half_turn(theta_rad)
    assert -math.pi / 2 < wrapped <= math.pi / 2
    assert jaw_angle_difference(wrapped, theta_rad) < 1e-9


@given(angles, angles)
def test_angle_difference_is_symmetric_and_at_most_a_right_angle(first, second):
    difference = jaw_angle_difference(first, second)
    assert 0 <= difference <= math.pi / 2
    assert difference == pytest.approx(jaw_angle_difference(second, first))
    assert difference == pytest.approx(jaw_angle_difference(first + math.pi, second), abs=1e-9)


@given(rectangles)
def test_corners_and_back(original):
    back = GraspRectangle.from_corners(original.corners(), 640, 480)
    assert (back.x_px, back.y_px) == pytest.approx((original.x_px, original.y_px))
    assert (back.opening_px, back.jaw_px) == pytest.approx((original.opening_px, original.jaw_px))
    assert jaw_angle_difference(back.theta_rad, original.theta_rad) < 1e-6


@given(rectangles)
def test_jaw_centres_are_the_middles_of_the_jaws(original):
    corners = original.corners()
    middles = np.stack([corners[[0, 3]].mean(axis=0), corners[[1, 2]].mean(axis=0)])
    np.testing.assert_allclose(original.jaw_centres(), middles, atol=1e-9)


def test_angle_is_counter_clockwise_as_seen():
    low, high = rectangle(math.radians(30)).jaw_centres()
    assert high[0] > low[0]
    assert high[1] < low[1]


@given(rectangles)
def test_overlap_with_itself_is_whole(original):
    assert original.overlap(original) == pytest.approx(1.0, abs=0.01)
    assert original.matches(original)


@given(rectangles, rectangles)
def test_overlap_is_symmetric(first, second):
    assert 0.0 <= first.overlap(second) <= 1.0
    assert first.overlap(second) == pytest.approx(second.overlap(first), abs=0.01)


def test_overlap_of_a_half_shift():
    assert rectangle().overlap(rectangle(x_px=120.0)) == pytest.approx(1 / 3, abs=1e-3)
    assert rectangle().overlap(rectangle(x_px=300.0)) == 0.0


def test_metric_wants_both_overlap_and_angle():
    square = rectangle(jaw_px=40.0)
    assert square.matches(square.rotated_by(math.radians(29)))
    assert not square.matches(square.rotated_by(math.radians(31)))
    assert square.matches(square.rotated_by(math.pi))
    assert not square.matches(rectangle(x_px=130.0, jaw_px=40.0))


@pytest.mark.parametrize("bad", [math.nan, math.inf, 0.0, -3.0])
def test_refuses_what_is_no_rectangle(bad):
    with pytest.raises(ValueError):
        rectangle(opening_px=bad)
    with pytest.raises(ValueError):
        rectangle(jaw_px=bad)


def test_knows_whether_it_is_in_the_picture():
    assert rectangle().is_inside_image
    assert not rectangle(x_px=640.0).is_inside_image
    assert not rectangle(x_px=-0.1).is_inside_image


def test_rectangles_that_share_an_edge_overlap_the_same_both_ways():
    tall = GraspRectangle(0.0, 0.0, 0.0, 2.0, 2.0, 640, 480)
    half = GraspRectangle(0.5, 0.0, 0.0, 1.0, 2.0, 640, 480)
    assert tall.overlap(half) == pytest.approx(0.5)
    assert half.overlap(tall) == pytest.approx(0.5)


@given(rectangles, st.integers(100, 2000), st.integers(100, 2000))
def test_resizing_there_and_back_changes_nothing(rectangle, width_px, height_px):
    there = rectangle.resized(width_px, height_px)
    back = there.resized(rectangle.image_width_px, rectangle.image_height_px)
    np.testing.assert_allclose(back.corners(), rectangle.corners(), atol=1e-6)


@given(rectangles, st.integers(100, 2000), st.integers(100, 2000))
def test_resizing_moves_the_jaws_with_the_picture(rectangle, width_px, height_px):
    scale = [width_px / rectangle.image_width_px, height_px / rectangle.image_height_px]
    moved = rectangle.resized(width_px, height_px).jaw_centres()
    expected = rectangle.jaw_centres() * scale
    assert min(np.abs(moved - expected).max(), np.abs(moved[::-1] - expected).max()) < 1e-6


def test_the_jaw_line_straight_up_is_that_straight_down():
    assert wrap_half_turn(-math.pi / 2) == math.pi / 2
    assert wrap_half_turn(-math.pi / 2 + 0.01) == pytest.approx(-math.pi / 2 + 0.01)


@pytest.mark.parametrize(
    ("x_px", "y_px", "is_inside"),
    [(0, 0, True), (639.9, 479.9, True), (640, 100, False), (100, 480, False), (-0.1, 100, False)],
)
def test_the_picture_ends_at_its_last_pixels(x_px, y_px, is_inside):
    rectangle = GraspRectangle(x_px, y_px, 0.0, 40.0, 20.0, 640, 480)
    assert rectangle.is_inside_image is is_inside
