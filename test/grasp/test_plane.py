"""The table is found in depth, also under objects, noise and holes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tabletop import VGA, Box, look_at_table, render_depth

from rt_grasp_ros.grasp.errors import NoSupportPlane
from rt_grasp_ros.grasp.plane import fit_support_plane

BOXES = [Box(0.0, 0.05, 0.3, 0.15, 0.1, 0.08), Box(-0.1, -0.1, 1.0, 0.1, 0.1, 0.012)]


@settings(max_examples=25, deadline=None)
@given(
    distance_m=st.floats(0.4, 1.2),
    tilt_rad=st.floats(0.0, math.radians(60)),
    heading_rad=st.floats(-math.pi, math.pi),
)
def test_finds_the_table_under_boxes(distance_m, tilt_rad, heading_rad):
    T_table_camera = look_at_table(distance_m, tilt_rad, heading_rad)
    plane = fit_support_plane(render_depth(VGA, T_table_camera, BOXES), VGA)
    np.testing.assert_allclose(plane.normal, T_table_camera[2, :3], atol=1e-3)
    assert plane.offset_m == pytest.approx(T_table_camera[2, 3], abs=5e-4)
    assert plane.noise_m < 5e-4


def test_measures_its_noise_and_survives_it():
    T_table_camera = look_at_table(0.7, 0.4, 0.2)
    rng = np.random.default_rng(5)
    depth_m = render_depth(VGA, T_table_camera, BOXES)
    depth_m += rng.normal(0, 0.002, depth_m.shape).astype(np.float32)
    depth_m[rng.random(depth_m.shape) < 0.4] = np.nan
    plane = fit_support_plane(depth_m, VGA)
    np.testing.assert_allclose(plane.normal, T_table_camera[2, :3], atol=3e-3)
    assert plane.offset_m == pytest.approx(T_table_camera[2, 3], abs=1e-3)
    assert plane.noise_m == pytest.approx(0.002 * math.cos(0.4), rel=0.25)


def test_height_is_the_distance_above_the_table():
    T_table_camera = look_at_table(0.7, 0.5, 1.0)
    plane = fit_support_plane(render_depth(VGA, T_table_camera, []), VGA)
    in_table = np.array([[0.1, 0.0, 0.05], [0.0, -0.1, -0.02]])
    in_camera = (in_table - T_table_camera[:3, 3]) @ T_table_camera[:3, :3]
    np.testing.assert_allclose(plane.height_m(in_camera), [0.05, -0.02], atol=1e-5)


def test_same_picture_same_plane():
    depth_m = render_depth(VGA, look_at_table(0.7, 0.5, 1.0), BOXES)
    first, second = fit_support_plane(depth_m, VGA), fit_support_plane(depth_m, VGA)
    np.testing.assert_array_equal(first.normal, second.normal)
    assert first.offset_m == second.offset_m


def test_a_wall_is_no_table():
    columns, _ = np.meshgrid(np.arange(640) + 0.5, np.arange(480))
    rays_x = (columns - 320) / VGA.fx_px
    with np.errstate(divide="ignore"):
        side_wall = np.where(rays_x > 0, 0.3 / rays_x, np.nan).astype(np.float32)
    side_wall[side_wall > 5] = np.nan
    with pytest.raises(NoSupportPlane):
        fit_support_plane(side_wall, VGA)


def test_clutter_without_a_plane_is_refused():
    depth_m = np.random.default_rng(1).uniform(0.3, 3.0, (480, 640)).astype(np.float32)
    with pytest.raises(NoSupportPlane, match="largest plane holds"):
        fit_support_plane(depth_m, VGA)


def test_too_few_points_are_refused():
    depth_m = np.full((480, 640), np.nan, np.float32)
    depth_m[:40, :40] = 0.7
    with pytest.raises(NoSupportPlane, match="too few valid pixels"):
        fit_support_plane(depth_m, VGA)
