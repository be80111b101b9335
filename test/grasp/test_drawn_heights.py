"""The view from above shows things whole although their depth is noisy."""

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
from tabletop import VGA, Box, look_at_table, render_depth
from test_overhead import above

from rt_grasp_ros.grasp.drawn_heights import drawn_heights_m
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.overhead_picture import TableScene, draw_overhead

NOISE_M = 0.004
PIXEL_M = 0.0012
PEN = Box(0.02, 0.03, 0.6, 0.15, 0.012, 0.008)


def pieces_of_red(box):
    """Return sizes of the pieces in the view, of a camera aslant whose depth is noisy."""
    camera = look_at_table(0.8, math.radians(40), 0.0)
    depth_m = render_depth(VGA, camera, [box])
    is_thing = depth_m < render_depth(VGA, camera, []) - 1e-6
    rgb = np.where(is_thing[..., None], (200, 10, 10), (120, 120, 120)).astype(np.uint8)
    noise = np.random.default_rng(0).normal(0, NOISE_M / math.cos(math.radians(40)), (240, 320))
    depth_m += cv2.resize(noise, (640, 480)).astype(np.float32)
    overhead = above(camera)
    plane = replace(overhead.axes.plane, noise_m=NOISE_M)
    scene = TableScene.of(RgbdFrame(rgb, depth_m, VGA, "camera", 0), plane)
    picture = draw_overhead(scene, overhead).rgb.astype(int)
    is_red = (picture[..., 0] - picture[..., 1] > 60).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(is_red)
    return sorted(stats[1:, cv2.CC_STAT_AREA], reverse=True)


def test_what_is_hardly_higher_than_the_noise_is_seen_whole():
    largest, *others = pieces_of_red(PEN)
    scale = 659.4 / 0.7
    assert largest == pytest.approx(PEN.length_m * PEN.width_m * scale**2, rel=0.6)
    assert sum(others) < 0.02 * largest


def block_with_rim(rng):
    """Return heights of a block with a rim three pixels thin around a hollow, and what is where."""
    height_m = np.zeros((140, 160), np.float32)
    height_m[20:120, 20:140] = 0.09
    rim = height_m > 0
    height_m[23:117, 23:137] = 0.03
    rim &= height_m > 0.05
    is_thing = height_m > 0
    return (height_m + rng.normal(0, NOISE_M, height_m.shape)).astype(np.float32), is_thing, rim


def test_noise_is_smoothed_and_rims_are_kept():
    height_m, is_thing, rim = block_with_rim(np.random.default_rng(1))
    drawn_m = drawn_heights_m(height_m, is_thing, NOISE_M, PIXEL_M)
    inside = np.zeros_like(rim)
    inside[50:90, 50:110] = True
    assert drawn_m[inside].mean() == pytest.approx(0.03, abs=0.001)
    assert drawn_m[inside].std() < NOISE_M / 3
    assert (np.abs(drawn_m[rim] - 0.09) < 5 * NOISE_M).mean() > 0.95
    assert (drawn_m[~is_thing] == 0).all()


def test_what_was_measured_without_noise_is_drawn_as_it_is():
    height_m, is_thing, _ = block_with_rim(np.random.default_rng(2))
    height_m = np.where(is_thing, height_m, np.float32(np.nan))
    np.testing.assert_array_equal(
        drawn_heights_m(height_m, is_thing, 0.0, PIXEL_M), np.nan_to_num(height_m)
    )


@pytest.mark.parametrize(("top_m", "is_flat"), [(0.008, True), (0.025, False)])
def test_only_what_lies_low_is_drawn_on_the_table(top_m, is_flat):
    rng = np.random.default_rng(3)
    height_m = rng.normal(top_m, NOISE_M, (60, 60)).astype(np.float32)
    is_thing = np.zeros((60, 60), bool)
    is_thing[20:40, 20:40] = True
    is_thing &= height_m > 3 * NOISE_M
    drawn_m = drawn_heights_m(height_m, is_thing, NOISE_M, PIXEL_M)
    assert bool(drawn_m.max() == 0.0) is is_flat
    assert bool(drawn_m[is_thing].min() > 0.0) is not is_flat


def test_beside_something_tall_what_lies_low_is_still_drawn_on_the_table():
    height_m = np.zeros((60, 120), np.float32)
    height_m[20:40, 20:40], height_m[20:40, 60:80] = 0.1, 0.01
    drawn_m = drawn_heights_m(height_m, height_m > 0, NOISE_M, PIXEL_M)
    assert drawn_m[30, 30] == pytest.approx(0.1, abs=0.002)
    assert drawn_m[30, 70] == 0.0


def test_a_table_with_nothing_on_it_has_no_heights():
    height_m = np.zeros((20, 20), np.float32)
    assert drawn_heights_m(height_m, height_m > 1, NOISE_M, PIXEL_M).max() == 0.0
