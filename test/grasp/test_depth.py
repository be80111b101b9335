"""Depth images become metres, and regions of them points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tabletop import VGA

from rt_grasp_ros.grasp.depth import (
    decode_depth,
    require_size,
    samples_around,
    samples_in_polygon,
)
from rt_grasp_ros.grasp.errors import EncodingUnknown, NoDepth, SizeMismatch


@pytest.mark.parametrize("encoding", ["16UC1", "mono16"])
def test_counts_are_millimetres_and_the_least_and_the_largest_are_invalid(encoding):
    depth_m = decode_depth(np.array([[0, 1, 1500, 65534, 65535]], np.uint16), encoding)
    assert depth_m.dtype == np.float32
    np.testing.assert_allclose(depth_m, [[np.nan, 0.001, 1.5, 65.534, np.nan]], rtol=1e-6)


def test_unit_of_a_file_wins_over_the_encodings():
    depth_m = decode_depth(np.array([[0, 8470]], np.uint16), "16UC1", unit_m=1e-4)
    np.testing.assert_allclose(depth_m, [[np.nan, 0.847]], rtol=1e-6)
    depth_m = decode_depth(np.array([[0, 847]], np.float32), "32FC1", unit_m=1e-3)
    np.testing.assert_allclose(depth_m, [[np.nan, 0.847]], rtol=1e-6)


def test_floats_are_metres_and_all_that_is_no_distance_is_invalid():
    image = np.array([[0.5, 0.0, -1.0, np.nan, np.inf, -np.inf]], np.float32)
    depth_m = decode_depth(image, "32FC1")
    np.testing.assert_array_equal(depth_m, [[0.5] + 5 * [np.nan]])
    assert np.isinf(image[0, 4]), "the camera's own array stays as it was"


def test_a_near_scene_in_millimetres_is_not_taken_for_metres():
    assert decode_depth(np.full((2, 2), 3, np.uint16), "16UC1")[0, 0] == pytest.approx(0.003)


@pytest.mark.parametrize(
    ("image", "encoding"),
    [
        (np.ones((4, 4), np.uint16), "rgb8"),
        (np.ones((4, 4), np.uint16), ""),
        (np.ones((4, 4), np.uint16), "32FC1"),
        (np.ones((4, 4), np.float32), "16UC1"),
        (np.ones((4, 4), np.uint8), "16UC1"),
        (np.ones((4, 4), np.float64), "32FC1"),
        (np.ones((4, 4, 3), np.uint16), "16UC1"),
    ],
)
def test_refuses_what_the_encoding_does_not_say(image, encoding):
    with pytest.raises(EncodingUnknown):
        decode_depth(image, encoding)


@pytest.mark.parametrize(
    ("image", "encoding"),
    [
        (np.zeros((4, 4), np.uint16), "16UC1"),
        (np.full((4, 4), 65535, np.uint16), "16UC1"),
        (np.zeros((4, 4), np.float32), "32FC1"),
        (np.full((4, 4), np.nan, np.float32), "32FC1"),
        (np.full((4, 4), np.inf, np.float32), "32FC1"),
        (np.empty((0, 0), np.uint16), "16UC1"),
    ],
)
def test_refuses_depth_without_a_valid_pixel(image, encoding):
    with pytest.raises(NoDepth):
        decode_depth(image, encoding)


def test_refuses_another_size():
    depth_m = np.ones((480, 640), np.float32)
    require_size(depth_m, 640, 480, of="the colour image")
    with pytest.raises(SizeMismatch, match="640x480 pixels but the colour image is 1280x720"):
        require_size(depth_m, 1280, 720, of="the colour image")


@given(
    x_px=st.floats(-50, 690),
    y_px=st.floats(-50, 530),
    half_x_px=st.floats(2, 60),
    half_y_px=st.floats(2, 60),
)
def test_polygon_holds_the_pixels_whose_centres_it_covers(x_px, y_px, half_x_px, half_y_px):
    depth_m = np.ones((480, 640), np.float32)
    corners = np.array(
        [
            [x_px - half_x_px, y_px - half_y_px],
            [x_px + half_x_px, y_px - half_y_px],
            [x_px + half_x_px, y_px + half_y_px],
            [x_px - half_x_px, y_px + half_y_px],
        ]
    )
    samples = samples_in_polygon(depth_m, VGA, corners)
    columns, rows = np.arange(640) + 0.5, np.arange(480) + 0.5

    def pixels_within(margin_px):
        inside_x = np.abs(columns - x_px) < half_x_px + margin_px
        inside_y = np.abs(rows - y_px) < half_y_px + margin_px
        return np.sum(inside_x) * np.sum(inside_y)

    assert pixels_within(-0.2) <= len(samples.points_m) <= pixels_within(1.0)
    if len(samples.points_m):
        pixels = VGA.project(samples.points_m)
        assert np.all(np.abs(pixels - [x_px, y_px]) <= [half_x_px + 1, half_y_px + 1])
        assert samples.valid_fraction == 1.0


def test_samples_are_the_valid_points_at_their_pixels():
    depth_m = np.full((480, 640), np.nan, np.float32)
    depth_m[100, 200] = 0.7
    samples = samples_around(depth_m, VGA, np.array([200.5, 100.5]), 2.5, step_px=1)
    np.testing.assert_allclose(samples.points_m, [VGA.back_project(np.array([200.5, 100.5]), 0.7)])
    assert samples.valid_fraction == pytest.approx(1 / 25)


def test_step_thins_the_points_out():
    depth_m = np.ones((480, 640), np.float32)
    dense = samples_around(depth_m, VGA, np.array([320.0, 240.0]), 30, step_px=1)
    thin = samples_around(depth_m, VGA, np.array([320.0, 240.0]), 30, step_px=3)
    assert len(dense.points_m) == 3600
    assert len(thin.points_m) == 400
    dense_set = {tuple(point) for point in dense.points_m.round(9)}
    assert {tuple(point) for point in thin.points_m.round(9)} <= dense_set


def test_region_outside_the_image_holds_nothing():
    depth_m = np.ones((480, 640), np.float32)
    corners = np.array([[700.0, 10], [720, 10], [720, 30], [700, 30]])
    assert samples_in_polygon(depth_m, VGA, corners).valid_fraction == 0.0
    assert len(samples_around(depth_m, VGA, np.array([-99.0, 5]), 9, step_px=1).points_m) == 0


def test_polygon_holds_no_pixel_more_on_one_side_than_on_the_other():
    depth_m = np.ones((480, 640), np.float32)
    off_px = []
    for part in np.linspace(0.0, 0.95, 20):
        centre = np.array([200.0 + part, 100.0 + part])
        corners = centre + 4.6 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        points_m = samples_in_polygon(depth_m, VGA, corners).points_m
        off_px.append(VGA.project(points_m).mean(axis=0) - centre)
    np.testing.assert_allclose(np.mean(off_px, axis=0), [0.0, 0.0], atol=0.1)
