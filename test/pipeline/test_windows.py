"""Where to look: every thing whole in one view, in few views."""

import math

import numpy as np
import pytest
from tabletop import Box, look_at_table, render_depth

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.overhead_picture import TableScene
from rt_grasp_ros.grasp.support import fit_support_plane
from rt_grasp_ros.grasp.trained_view import TrainedView
from rt_grasp_ros.pipeline.windows import choose_windows

VIEW = TrainedView(640, 480, 659.4, 0.7, scale_within=0.12, slant_within_deg=13.0)
WIDE = Intrinsics(640.0, 640.0, 639.5, 359.5, 1280, 720)
HALF_M = np.array([0.679, 0.510]) / 2
NEAR = look_at_table(0.6, 0.0, 0.0)


def scene_of(boxes, camera=NEAR, noise_m=0.0):
    depth_m = render_depth(WIDE, camera, boxes)
    rng = np.random.default_rng(1)
    depth_m += (rng.normal(0, 1, depth_m.shape) * noise_m * depth_m**2).astype(np.float32)
    frame = RgbdFrame(np.zeros((720, 1280, 3), np.uint8), depth_m, WIDE, "camera", 0)
    return TableScene.of(frame, fit_support_plane(depth_m, WIDE))


def places_of(boxes, scene, camera=NEAR):
    """Return where the boxes stand in the coordinates of the table, shape (N, 2)."""
    points_m = np.array([[box.x_m, box.y_m, 0.0] for box in boxes])
    return scene.axes.coordinates_m((points_m - camera[:3, 3]) @ camera[:3, :3])


TOGETHER = [Box(0.1, 0.1, 0.3, 0.1, 0.03, 0.03), Box(-0.1, -0.1, 1.0, 0.08, 0.08, 0.1)]


def test_things_side_by_side_need_one_view():
    scene = scene_of(TOGETHER)
    windows = choose_windows(scene, VIEW)
    assert len(windows.at_things) == 1
    np.testing.assert_allclose(
        windows.at_things[0], places_of(TOGETHER, scene).mean(axis=0), atol=0.03
    )


@pytest.mark.parametrize("noise_m", [0.0, 0.002])
def test_things_far_apart_are_each_seen_whole(noise_m):
    apart = [Box(0.0, 0.5, 0.3, 0.15, 0.03, 0.03), Box(0.0, -0.5, 1.0, 0.15, 0.04, 0.05)]
    camera = look_at_table(0.75, math.radians(15), 0.0)
    scene = scene_of(apart, camera, noise_m)
    windows = choose_windows(scene, VIEW)
    assert len(windows.at_things) == 2
    for place_m in places_of(apart, scene, camera):
        away_m = np.abs(windows.at_things - place_m)
        assert (away_m + 0.075 < HALF_M).all(axis=1).any()


def test_an_empty_table_is_looked_at_all_over():
    windows = choose_windows(scene_of([]), VIEW)
    assert len(windows.at_things) == 0
    assert windows.are_all
    for place_m in np.argwhere(np.ones((11, 7))) * [0.118, 0.11] - [0.59, 0.33]:
        assert (np.abs(windows.elsewhere - place_m) <= HALF_M + 0.02).all(axis=1).any()


def test_a_table_that_is_too_large_is_not_looked_at_all_over():
    windows = choose_windows(scene_of(TOGETHER, look_at_table(1.6, 0.0, 0.0)), VIEW)
    assert len(windows.at_things) == 1
    assert len(windows.elsewhere) == 7
    assert not windows.are_all


def test_what_is_larger_than_a_view_is_seen_piece_by_piece():
    row = [Box(0.0, y_m, 0.0, 0.06, 0.09, 0.05) for y_m in np.arange(-0.5, 0.51, 0.1)]
    scene = scene_of(row)
    windows = choose_windows(scene, VIEW)
    assert len(windows.at_things) == 3
    for place_m in places_of(row, scene):
        assert (np.abs(windows.at_things - place_m) + 0.03 < HALF_M).all(axis=1).any()
