"""Holes beside things are filled with the depth of what has their colour."""

import numpy as np

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
