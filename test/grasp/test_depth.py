"""Depth images become metres, and regions of them points."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tabletop import VGA

from rt_grasp_ros.grasp.depth import (
    decode_depth,
    points_above,
    require_size,
    samples_in_polygon,
)
from rt_grasp_ros.grasp.distortion import distortion_of
from rt_grasp_ros.grasp.errors import EncodingUnknown, NoDepth, SizeMismatch
from rt_grasp_ros.grasp.plane import Plane


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


TILTED = Plane(np.array([0.1, -0.3, -np.sqrt(1 - 0.1)]), 0.6, 0.001)
LENS = replace(VGA, distortion=distortion_of("plumb_bob", [0.1, -0.2, 0.001, 0.002, 0.05]))


@pytest.mark.parametrize("camera", [VGA, LENS])
@pytest.mark.parametrize(("step_px", "radius_px"), [(1, 40.0), (3, 70.5), (2, 1000.0)])
def test_points_above_a_plane_are_those_of_the_square_that_stand_higher(camera, step_px, radius_px):
    rng = np.random.default_rng(0)
    depth_m = rng.uniform(0.4, 0.9, (480, 640)).astype(np.float32)
    depth_m[rng.random(depth_m.shape) < 0.2] = np.nan
    centre_px = np.array([100.4, 330.7])
    found = points_above(depth_m, camera, TILTED, 0.05, centre_px, radius_px, step_px)
    left, top = np.maximum(0, np.floor(centre_px - radius_px)).astype(int)
    right, bottom = np.minimum((640, 480), np.ceil(centre_px + radius_px)).astype(int)
    all_m = camera.back_project_all(depth_m)[top:bottom:step_px, left:right:step_px]
    all_m = all_m.reshape(-1, 3)
    expected = all_m[TILTED.height_m(all_m) > 0.05]  # NaN is not
    assert len(expected) > 100
    np.testing.assert_allclose(found, expected)


def test_region_outside_the_image_holds_nothing():
    depth_m = np.ones((480, 640), np.float32)
    corners = np.array([[700.0, 10], [720, 10], [720, 30], [700, 30]])
    assert samples_in_polygon(depth_m, VGA, corners).valid_fraction == 0.0
    outside_px = np.array([-99.0, 5])
    assert len(points_above(depth_m, VGA, TILTED, -9.0, outside_px, 9, step_px=1)) == 0


def test_polygon_holds_no_pixel_more_on_one_side_than_on_the_other():
    depth_m = np.ones((480, 640), np.float32)
    off_px = []
    for part in np.linspace(0.0, 0.95, 20):
        centre = np.array([200.0 + part, 100.0 + part])
        corners = centre + 4.6 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        points_m = samples_in_polygon(depth_m, VGA, corners).points_m
        off_px.append(VGA.project(points_m).mean(axis=0) - centre)
    np.testing.assert_allclose(np.mean(off_px, axis=0), [0.0, 0.0], atol=0.1)
