"""The plane that bears the objects is found in depth, whatever else is flat in the picture."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tabletop import VGA, Box, look_at_table, rectangle_of, render_depth

from rt_grasp_ros.grasp.errors import NoSupportPlane, SupportPlaneFar
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.grasp.support import Support, find_support, fit_support_plane

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


THINGS = [Box(0.05, 0.04, 0.4, 0.12, 0.03, 0.03), Box(-0.05, -0.06, 1.3, 0.06, 0.06, 0.09)]


def on_a_stand(height_m, half_m, things):
    """Return a stand whose top is z = height_m, and the things on it, over the floor z = 0."""
    stand = Box(0.0, 0.0, 0.0, 2 * half_m, 2 * half_m, height_m)
    return [stand, *(replace(box, bottom_m=height_m) for box in things)]


def points_of(depth_m):
    columns, rows = np.meshgrid(np.arange(640) + 0.5, np.arange(480) + 0.5)
    return VGA.back_project(np.stack([columns, rows], axis=-1), depth_m)


def rectangle_across(box, camera, opening_m=0.05):
    ends_m = np.array([[0, -opening_m / 2, box.height_m / 2], [0, opening_m / 2, box.height_m / 2]])
    T = box.T_table_box
    return rectangle_of(VGA, camera, ends_m @ T[:3, :3].T + T[:3, 3])


@settings(max_examples=60, deadline=None)
@given(
    stand_m=st.floats(0.06, 0.8),
    half_m=st.floats(0.13, 0.2),
    above_m=st.floats(0.6, 1.0),
    tilt_rad=st.floats(0.0, math.radians(40)),
)
def test_a_stand_over_a_floor_that_fills_the_picture(stand_m, half_m, above_m, tilt_rad):
    boxes = on_a_stand(stand_m, half_m, THINGS)
    camera = look_at_table(above_m, tilt_rad, 0.3)
    camera[2, 3] += stand_m
    depth_m = render_depth(VGA, camera, boxes)
    plane = fit_support_plane(depth_m, VGA)
    np.testing.assert_allclose(plane.normal, camera[2, :3], atol=2e-3)
    assert plane.offset_m == pytest.approx(camera[2, 3] - stand_m, abs=2e-3)


def test_the_floor_is_the_plane_of_what_lies_on_the_floor():
    boxes = [*on_a_stand(0.2, 0.13, THINGS), Box(0.3, 0.0, 0.2, 0.1, 0.03, 0.03)]
    camera = look_at_table(1.2, math.radians(10), 0.3)
    depth_m = render_depth(VGA, camera, boxes)
    support = find_support(depth_m, VGA)
    for box, table_m in ((boxes[1], 0.2), (boxes[3], 0.0)):
        plane = support.under(rectangle_across(box, camera), depth_m, VGA)
        assert plane.offset_m == pytest.approx(camera[2, 3] - table_m, abs=2e-3)


def test_a_pen_on_a_book_stands_on_the_book_and_the_book_on_the_table():
    book = Box(0.0, 0.0, 0.2, 0.24, 0.17, 0.03)
    pen = Box(0.0, 0.0, 0.9, 0.13, 0.012, 0.01, 0.03)
    camera = look_at_table(0.6, math.radians(10), 0.3)
    depth_m = render_depth(VGA, camera, [book, pen])
    support = find_support(depth_m, VGA)
    on_book = support.under(rectangle_across(pen, camera, 0.03), depth_m, VGA)
    assert on_book.offset_m == pytest.approx(camera[2, 3] - 0.03, abs=1e-3)
    edge_m = np.array([[0.0, 0.06, 0.03], [0.0, 0.11, 0.03]])
    T = book.T_table_box.copy()
    T[2, 3] = 0.0
    at_edge = rectangle_of(VGA, camera, edge_m @ T[:3, :3].T + T[:3, 3])
    assert support.under(at_edge, depth_m, VGA).offset_m == pytest.approx(camera[2, 3], abs=1e-3)


def test_a_box_is_not_what_it_bears_itself():
    box = Box(0.0, 0.0, 0.2, 0.3, 0.07, 0.05)
    camera = look_at_table(0.6, math.radians(10), 0.3)
    depth_m = render_depth(VGA, camera, [box, THINGS[1]])
    plane = find_support(depth_m, VGA).under(rectangle_across(box, camera, 0.09), depth_m, VGA)
    assert plane.offset_m == pytest.approx(camera[2, 3], abs=1e-3)


@pytest.mark.parametrize("wall_x_m", [0.15, 0.3, 0.6])
def test_a_wall_behind_the_table_is_no_table(wall_x_m):
    camera = look_at_table(0.9, math.radians(60), 0.0)
    camera[:3, 3] += [-0.05, 0.0, 0.0]
    wall = Box(wall_x_m + 0.01, 0.0, 0.0, 0.02, 6.0, 3.0)
    depth_m = render_depth(VGA, camera, [*THINGS, wall])
    is_wall = np.mean(np.abs(points_of(depth_m) @ camera[0, :3] + camera[0, 3] - wall_x_m) < 1e-3)
    assert is_wall > 0.2
    plane = fit_support_plane(depth_m, VGA)
    np.testing.assert_allclose(plane.normal, camera[2, :3], atol=1e-3)
    assert plane.offset_m == pytest.approx(camera[2, 3], abs=1e-3)


def test_saturated_depth_is_no_plane():
    camera = look_at_table(0.7, 0.2, 0.3)
    depth_m = render_depth(VGA, camera, THINGS)
    depth_m[:, :450] = 65.535
    plane = fit_support_plane(depth_m, VGA)
    assert plane.offset_m == pytest.approx(camera[2, 3], abs=1e-3)
    with pytest.raises(NoSupportPlane, match="too few valid pixels"):
        fit_support_plane(np.full((480, 640), 65.535, np.float32), VGA)


def test_what_is_known_of_the_table_decides():
    boxes = on_a_stand(0.3, 0.13, THINGS)
    camera = look_at_table(1.2, 0.2, 0.3)
    depth_m = render_depth(VGA, camera, boxes)
    floor = Plane(camera[2, :3], camera[2, 3] + 0.03, noise_m=0.0)
    plane = fit_support_plane(depth_m, VGA, known=floor)
    assert plane.offset_m == pytest.approx(camera[2, 3], abs=1e-3)
    upright = Plane(np.array([0.0, -1.0, 0.0]), 0.5, noise_m=0.0)
    with pytest.raises(NoSupportPlane, match="degrees off; check the camera's pose in TF"):
        fit_support_plane(depth_m, VGA, known=upright)


@pytest.mark.parametrize(("off_m", "words"), [(0.5, "mm above"), (-0.2, "mm below")])
def test_a_plane_far_from_what_is_grasped_never_passes(off_m, words):
    camera = look_at_table(0.7, 0.2, 0.3)
    depth_m = render_depth(VGA, camera, THINGS)
    elsewhere = Support((Plane(camera[2, :3], camera[2, 3] + off_m, noise_m=0.0),))
    with pytest.raises(SupportPlaneFar, match=words) as refusal:
        elsewhere.under(rectangle_across(THINGS[0], camera), depth_m, VGA)
    assert refusal.value.above_m == pytest.approx(0.03 + off_m, abs=0.005)


def test_a_thing_beside_a_book_stands_on_the_table():
    book = Box(0.0, 0.17, 0.0, 0.24, 0.17, 0.03)
    mug = Box(0.0, -0.06, 0.2, 0.06, 0.06, 0.09)
    pen = Box(0.0, 0.17, 0.4, 0.12, 0.012, 0.012, 0.03)
    camera = look_at_table(0.7, math.radians(5), 0.3)
    depth_m = render_depth(VGA, camera, [book, mug, pen])
    plane = find_support(depth_m, VGA).under(rectangle_across(mug, camera, 0.08), depth_m, VGA)
    assert plane.offset_m == pytest.approx(camera[2, 3], abs=1e-3)


def test_an_empty_table_comes_before_the_larger_wall_behind_it():
    camera = look_at_table(0.9, math.radians(60), 0.0)
    wall = Box(-0.02, 0.0, 0.0, 0.02, 6.0, 3.0)
    depth_m = render_depth(VGA, camera, [wall])
    is_wall = np.abs(points_of(depth_m) @ camera[0, :3] + camera[0, 3] + 0.03) < 1e-3
    assert 0.5 < is_wall.mean() < 0.75
    plane = fit_support_plane(depth_m, VGA)
    np.testing.assert_allclose(plane.normal, camera[2, :3], atol=1e-3)
