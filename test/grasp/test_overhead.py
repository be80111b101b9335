"""Rectangles go to the view from above and come back as they were."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tabletop import VGA, Box, look_at_table, rectangle_of

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.distortion import distortion_of
from rt_grasp_ros.grasp.overhead import Overhead, TableAxes
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.grasp.rectangle import GraspRectangle, jaw_angle_difference

VIEW = Intrinsics(659.4, 659.4, 319.5, 239.5, 640, 480)

cameras = st.builds(
    look_at_table,
    distance_m=st.floats(0.45, 1.2),
    tilt_rad=st.floats(0.0, math.radians(60)),
    heading_rad=st.floats(-math.pi, math.pi),
)


def above(T_table_camera, place_m=(0.0, 0.0), distance_m=0.7):
    """Return a camera above a place given from the origin of the table's frame."""
    axes = TableAxes.of(Plane(T_table_camera[2, :3], T_table_camera[2, 3], noise_m=0.0))
    origin_m = -T_table_camera[:3, :3].T @ T_table_camera[:3, 3]
    place_m = axes.coordinates_m(origin_m) + place_m
    return Overhead.above(VGA, VIEW, axes, place_m, distance_m)


@settings(max_examples=200)
@given(
    camera=cameras,
    x_px=st.floats(80, 560),
    y_px=st.floats(80, 400),
    theta_rad=st.floats(-1.57, 1.57),
    opening_px=st.floats(10, 120),
    height_m=st.floats(0.0, 0.15),
)
def test_there_and_back(camera, x_px, y_px, theta_rad, opening_px, height_m):
    overhead = above(camera, (0.02, -0.01))
    rectangle = GraspRectangle(x_px, y_px, theta_rad, opening_px, opening_px / 2, 640, 480)
    back = overhead.to_view(overhead.to_picture(rectangle, height_m), height_m)
    np.testing.assert_allclose(back.centre, rectangle.centre, atol=1e-6)
    assert jaw_angle_difference(back.theta_rad, rectangle.theta_rad) < 1e-6
    assert back.opening_px == pytest.approx(rectangle.opening_px, abs=1e-6)
    assert back.jaw_px == pytest.approx(rectangle.jaw_px, abs=1e-6)


@settings(max_examples=60)
@given(camera=cameras, yaw_rad=st.floats(-1.5, 1.5), height_m=st.floats(0.0, 0.12))
def test_a_grasp_seen_from_above_is_where_the_real_camera_sees_it(camera, yaw_rad, height_m):
    box = Box(0.03, -0.02, yaw_rad, 0.1, 0.04, height_m + 1e-6)
    across = box.T_table_box[:3, 1]
    ends_m = np.array([0.03, -0.02, height_m]) + np.outer([-0.03, 0.03], across)
    overhead = above(camera)
    in_camera_m = (ends_m - camera[:3, 3]) @ camera[:3, :3]
    ends_px = overhead.view.project(overhead.in_view_m(in_camera_m))
    along = ends_px[1] - ends_px[0]
    rectangle = GraspRectangle(
        *ends_px.mean(axis=0), math.atan2(-along[1], along[0]), np.hypot(*along), 20, 640, 480
    )
    truth = rectangle_of(VGA, camera, ends_m)
    carried = overhead.to_picture(rectangle, height_m)
    np.testing.assert_allclose(carried.centre, truth.centre, atol=1e-3)
    assert jaw_angle_difference(carried.theta_rad, truth.theta_rad) < 1e-4
    assert carried.opening_px == pytest.approx(truth.opening_px, abs=1e-3)
    # From above the opening is what it measures, at its height.
    assert rectangle.opening_px == pytest.approx(0.06 * 659.4 / (0.7 - height_m), rel=1e-6)


def test_up_stays_up_and_the_place_is_in_the_middle():
    camera = look_at_table(0.8, math.radians(40), 0.0)
    overhead = above(camera)
    origin_m = -camera[:3, :3].T @ camera[:3, 3]
    np.testing.assert_allclose(
        overhead.view.project(overhead.in_view_m(origin_m)), [320, 240], atol=1e-9
    )
    further_m = (np.array([0.1, 0.0, 0.0]) - camera[:3, 3]) @ camera[:3, :3]
    x_px, y_px = overhead.view.project(overhead.in_view_m(further_m))
    assert x_px == pytest.approx(320)
    assert y_px == pytest.approx(240 - 0.1 * 659.4 / 0.7)


def test_coordinates_and_points_are_inverse():
    axes = TableAxes.of(
        Plane(np.array([0.1, -0.5, -0.86]) / np.linalg.norm([0.1, 0.5, 0.86]), 0.6, 0)
    )
    places_m = np.array([[0.1, -0.2], [0.0, 0.3]])
    points_m = axes.point_m(places_m)
    np.testing.assert_allclose(axes.plane.height_m(points_m), 0.0, atol=1e-12)
    np.testing.assert_allclose(axes.coordinates_m(points_m), places_m, atol=1e-12)


LENS = replace(VGA, distortion=distortion_of("plumb_bob", [0.1, -0.2, 0.001, 0.002, 0.05]))


@pytest.mark.parametrize("camera", [VGA, LENS])
@pytest.mark.parametrize("tilt_deg", [0, 40, 80])
def test_the_whole_view_is_where_its_pixels_one_by_one_are(camera, tilt_deg):
    overhead = above(look_at_table(0.7, math.radians(tilt_deg), 0.4), (0.05, -0.1))
    overhead = replace(overhead, camera=camera)
    height_m = np.random.default_rng(0).uniform(0, 0.3, (480, 640)).astype(np.float32)
    rows, columns = np.indices(height_m.shape) + 0.5
    points_m = overhead.points_of_m(np.stack([columns, rows], axis=-1), height_m)
    x_px, y_px, is_in_front = overhead.pixels_px(height_m)
    np.testing.assert_array_equal(is_in_front, points_m[..., 2] > 0)
    expected = camera.project(points_m[is_in_front]) - 0.5
    found = np.stack([x_px, y_px], axis=-1)
    np.testing.assert_allclose(found[is_in_front], expected, rtol=1e-5, atol=1e-3)
    assert np.isfinite(found).all()
