"""Holes beside things are filled with the depth of what has their colour."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.depth_holes import fill_holes


def scene():
    """Return a red thing at 0.6 m on a grey table at 0.7 m: depth, colours, the thing."""
    thing = np.zeros((60, 80), bool)
    thing[20:40, 30:50] = True
    depth_m = np.where(thing, 0.6, 0.7).astype(np.float32)
    rgb = np.where(thing[..., None], (200, 20, 20), (120, 120, 120)).astype(np.uint8)
    return depth_m, rgb, thing


def test_an_edge_without_depth_is_split_by_colour():
    depth_m, rgb, thing = scene()
    holed_m = depth_m.copy()
    holed_m[:, 46:54] = np.nan
    inner = thing & np.isfinite(holed_m)
    filled_m = fill_holes(holed_m, rgb, inner)
    rows = slice(16, 44)
    np.testing.assert_array_equal(filled_m[rows], depth_m[rows])


def test_what_was_measured_stays_and_the_given_depth_is_left_alone():
    depth_m, rgb, thing = scene()
    depth_m[25, 35] = np.nan
    before_m = depth_m.copy()
    filled_m = fill_holes(depth_m, rgb, thing)
    np.testing.assert_array_equal(depth_m, before_m)
    assert filled_m[25, 35] == np.float32(0.6)
    valid = np.isfinite(depth_m)
    np.testing.assert_array_equal(filled_m[valid], depth_m[valid])


def test_holes_that_are_large_or_far_from_things_stay():
    depth_m, rgb, thing = scene()
    depth_m[:, :10] = np.nan
    depth_m[20:40, 30:50] = np.nan
    filled_m = fill_holes(depth_m, rgb, np.zeros_like(thing))
    assert np.isnan(filled_m[:, :10]).all()
    assert np.isnan(filled_m[20:40, 30:50]).all()


@pytest.mark.parametrize("step_px", [1, 2, 3, 5, 8])
@pytest.mark.parametrize(
    "down, right", [(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)]
)
def test_a_hole_has_the_depth_of_the_only_pixel_around_it(step_px, down, right):
    depth_m = np.full((31, 31), np.nan, np.float32)
    depth_m[15 + down * step_px, 15 + right * step_px] = 0.6
    near = np.zeros((31, 31), bool)
    near[15, 15] = True
    rgb = np.full((31, 31, 3), 90, np.uint8)
    assert fill_holes(depth_m, rgb, near)[15, 15] == np.float32(0.6)
