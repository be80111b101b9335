"""A camera that TF puts in the wrong place is found out by the table, by how much and which way."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from tabletop import VGA, Box, look_at_table, render_depth

from rt_grasp_ros.doctor.calibration import TableView, table_deviation, view_table
from rt_grasp_ros.grasp.errors import NoSupportPlane

BOXES = [Box(0.0, 0.05, 0.3, 0.15, 0.1, 0.08), Box(-0.1, -0.1, 1.0, 0.1, 0.1, 0.012)]


def misplaced(T_base_camera, higher_m, turn_rotvec):
    """Return the pose of a camera lifted, and turned about itself by a vector of base axes."""
    wrong = T_base_camera.copy()
    wrong[:3, :3] = Rotation.from_rotvec(turn_rotvec).as_matrix() @ T_base_camera[:3, :3]
    wrong[2, 3] += higher_m
    return wrong


@settings(max_examples=15, deadline=None)
@given(
    higher_m=st.floats(-0.05, 0.05),
    tilt_x_rad=st.floats(-0.08, 0.08),
    tilt_y_rad=st.floats(-0.08, 0.08),
    camera_tilt_rad=st.floats(0.0, 0.9),
    table_z_m=st.floats(-0.5, 0.5),
)
def test_height_and_tilt_are_found_and_put_right(
    higher_m, tilt_x_rad, tilt_y_rad, camera_tilt_rad, table_z_m
):
    T_table_camera = look_at_table(0.7, camera_tilt_rad, 0.4)
    depth_m = render_depth(VGA, T_table_camera, BOXES)
    T_base_camera = T_table_camera.copy()
    T_base_camera[2, 3] += table_z_m
    wrong = misplaced(T_base_camera, higher_m, [tilt_x_rad, tilt_y_rad, 0.0])
    off = table_deviation([view_table(depth_m, VGA, wrong, table_z_m)])
    assert off.too_high_m == pytest.approx(higher_m, abs=5e-4)
    assert off.tilt_rad == pytest.approx(math.hypot(tilt_x_rad, tilt_y_rad), abs=1e-3)
    np.testing.assert_allclose(off.upright_rotvec, [-tilt_x_rad, -tilt_y_rad, 0.0], atol=1e-3)
    right = off.corrected(wrong)
    np.testing.assert_allclose(right[:3, :3], T_base_camera[:3, :3], atol=2e-3)
    np.testing.assert_allclose(right[:3, 3], T_base_camera[:3, 3], atol=5e-4)


def test_a_turn_about_the_vertical_is_not_seen():
    T_base_camera = look_at_table(0.7, 0.5, 0.0)
    depth_m = render_depth(VGA, T_base_camera, BOXES)
    turned = misplaced(T_base_camera, 0.0, [0.0, 0.0, 0.3])
    off = table_deviation([view_table(depth_m, VGA, turned, 0.0)])
    assert off.tilt_rad < 1e-3
    np.testing.assert_allclose(off.corrected(turned), turned, atol=2e-3)


def test_noise_shows_in_the_spread_and_not_in_the_mean():
    T_base_camera = look_at_table(0.7, 0.4, 0.2)
    clean_m = render_depth(VGA, T_base_camera, BOXES)
    rng = np.random.default_rng(3)
    views = []
    for _ in range(6):
        depth_m = clean_m + rng.normal(0, 0.002, clean_m.shape).astype(np.float32)
        depth_m[rng.random(depth_m.shape) < 0.3] = np.nan
        wrong = misplaced(T_base_camera, 0.012, [math.radians(1.5), 0.0, 0.0])
        views.append(view_table(depth_m, VGA, wrong, 0.0))
    off = table_deviation(views)
    assert off.too_high_m == pytest.approx(0.012, abs=1e-3)
    assert math.degrees(off.tilt_rad) == pytest.approx(1.5, abs=0.2)
    assert 0 < off.too_high_spread_m < 5e-4
    assert 0 < math.degrees(off.tilt_spread_rad) < 0.2
    assert off.pictures == 6


def test_mean_and_spread_are_those_of_the_views():
    up = np.array([0.0, 0.0, 1.0])
    off = table_deviation([TableView(up, 0.01), TableView(up, 0.03)])
    assert off.too_high_m == pytest.approx(0.02)
    assert off.too_high_spread_m == pytest.approx(0.01)
    assert off.tilt_rad == off.tilt_spread_rad == 0.0


def test_a_picture_without_a_table_is_refused():
    with pytest.raises(NoSupportPlane):
        view_table(np.full((480, 640), np.nan, np.float32), VGA, np.eye(4), 0.0)
