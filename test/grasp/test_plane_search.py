"""Every plane of a depth image is found, and only planes."""

import math

import numpy as np
import pytest
from tabletop import VGA, Box, look_at_table, render_depth

from rt_grasp_ros.grasp.plane_search import find_planes, grid_points


def test_a_floor_a_stand_and_a_box_top_by_size():
    stand = Box(0.0, 0.0, 0.0, 0.5, 0.5, 0.4)
    box = Box(0.05, 0.0, 0.0, 0.2, 0.25, 0.1, 0.4)
    camera = look_at_table(1.6, math.radians(5), 0.0)
    patches = find_planes(grid_points(render_depth(VGA, camera, [stand, box]), VGA))
    heights_m = [camera[2, 3] - patch.plane.offset_m for patch in patches[:3]]
    np.testing.assert_allclose(heights_m, [0.0, 0.4, 0.5], atol=1e-3)
    assert patches[2].area_m2 == pytest.approx(0.05, rel=0.15)
    assert patches[0].size > patches[1].size > patches[2].size


def test_no_point_belongs_to_two_planes():
    stand = Box(0.0, 0.0, 0.0, 0.5, 0.5, 0.4)
    camera = look_at_table(1.6, math.radians(5), 0.0)
    patches = find_planes(grid_points(render_depth(VGA, camera, [stand]), VGA))
    assert np.sum([patch.members for patch in patches], axis=0).max() == 1


def test_clutter_is_no_plane():
    depth_m = np.random.default_rng(1).uniform(0.3, 3.0, (480, 640)).astype(np.float32)
    assert find_planes(grid_points(depth_m, VGA)) == []


def test_the_grid_leaves_out_what_is_further_than_3_m():
    depth_m = np.full((480, 640), 2.9, np.float32)
    depth_m[:, 320:] = 3.1
    points_m = grid_points(depth_m, VGA).points_m
    assert len(points_m) == 40 * 60
    assert points_m[:, 0].max() < 0.0 + VGA.back_project(np.array([321.0, 0.0]), 2.9)[0] + 1e-9


def test_an_uneven_surface_is_one_plane():
    """A tote's bottom bulges by a few millimetres; what RANSAC leaves of it is no second one."""
    camera = look_at_table(0.7, math.radians(30), 0.0)
    depth_m = render_depth(VGA, camera, [])
    rows, columns = np.indices(depth_m.shape)
    bulge_m = 0.011 * np.cos(columns / 640 * 2 * np.pi) * np.cos(rows / 480 * 2 * np.pi)
    noise_m = np.random.default_rng(1).normal(0, 0.002, depth_m.shape)
    patches = find_planes(grid_points((depth_m + bulge_m + noise_m).astype(np.float32), VGA))
    for patch in patches[1:]:
        assert abs(camera[2, 3] - patch.plane.offset_m) > 0.02, "no twin of the first"


def test_a_noisy_plane_is_fitted_to_all_that_lies_on_it():
    """Three noisy points are off by millimetres; thousands of them by a tenth of one."""
    camera = look_at_table(0.7, math.radians(30), 0.0)
    depth_m = render_depth(VGA, camera, [])
    noise_m = np.random.default_rng(2).normal(0, 0.003, depth_m.shape)
    first, *_ = find_planes(grid_points((depth_m + noise_m).astype(np.float32), VGA))
    assert first.plane.offset_m == pytest.approx(camera[2, 3], abs=3e-4)
    np.testing.assert_allclose(first.plane.normal, camera[2, :3], atol=1e-3)


@pytest.mark.parametrize("seed", range(4))
def test_a_small_plane_is_found_beside_a_large_one(seed):
    """A box top of 6 cm, two hundredths of the picture, is hit by points side by side."""
    box = Box(0.12, -0.1, 0.4, 0.07, 0.07, 0.12)
    camera = look_at_table(0.8, math.radians(20), 0.2)
    patches = find_planes(grid_points(render_depth(VGA, camera, [box]), VGA), seed)
    heights_m = [camera[2, 3] - patch.plane.offset_m for patch in patches]
    assert any(abs(height_m - 0.12) < 0.003 for height_m in heights_m)
