"""The view from above shows things where they are, at their scale, whatever the real camera."""

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
from tabletop import VGA, Box, look_at_table, render_depth
from test_overhead import VIEW, above

from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.overhead_picture import TableScene, draw_overhead
from rt_grasp_ros.grasp.rectangle import GraspRectangle

BLOCK = Box(0.05, 0.04, 0.0, 0.10, 0.04, 0.06)
GREY, RED = (120, 120, 120), (200, 10, 10)


def scene_of(camera, boxes=(BLOCK,), holes=None):
    """Return a grey table with red things."""
    depth_m = render_depth(VGA, camera, list(boxes))
    is_thing = depth_m < render_depth(VGA, camera, []) - 1e-6
    rgb = np.where(is_thing[..., None], RED, GREY).astype(np.uint8)
    if holes is not None:
        depth_m[holes(is_thing)] = np.nan
    frame = RgbdFrame(rgb, depth_m, VGA, "camera", 0)
    return TableScene.of(frame, above(camera).axes.plane)


def red_of(picture):
    return np.argwhere(picture.rgb[..., 0].astype(int) - picture.rgb[..., 1] > 90)


@pytest.mark.parametrize("tilt_deg", [0, 20, 45])
@pytest.mark.parametrize("distance_m", [0.5, 1.1])
def test_a_block_is_as_large_as_it_is_and_where_it_is(tilt_deg, distance_m):
    camera = look_at_table(distance_m, math.radians(tilt_deg), 0.0)
    picture = draw_overhead(scene_of(camera), above(camera))
    rows, columns = red_of(picture).T
    scale = 659.4 / (0.7 - BLOCK.height_m)
    assert rows.max() - rows.min() == pytest.approx(BLOCK.length_m * scale, abs=7)
    assert columns.max() - columns.min() == pytest.approx(BLOCK.width_m * scale, abs=7)
    assert rows.mean() == pytest.approx(240 - BLOCK.x_m * scale, abs=4)
    assert columns.mean() == pytest.approx(320 - BLOCK.y_m * scale, abs=4)
    assert np.median(picture.height_m[rows, columns]) == pytest.approx(0.06, abs=0.002)


def test_what_the_block_hides_is_filled_with_the_table():
    camera = look_at_table(0.7, math.radians(45), 0.0)
    picture = draw_overhead(scene_of(camera), above(camera))
    hidden = ~picture.seen
    assert np.count_nonzero(hidden[50:200, 200:400]) > 500
    np.testing.assert_allclose(
        picture.rgb[hidden], np.broadcast_to(GREY, (hidden.sum(), 3)), atol=6
    )


def test_without_depth_a_thing_is_drawn_flat():
    camera = look_at_table(0.7, math.radians(10), 0.0)
    picture = draw_overhead(scene_of(camera, holes=lambda is_thing: is_thing), above(camera))
    assert len(red_of(picture)) > 1000
    assert picture.height_m.max() == 0.0


def test_height_inside_a_rectangle_is_that_of_the_thing():
    camera = look_at_table(0.7, math.radians(30), 0.0)
    picture = draw_overhead(scene_of(camera), above(camera))
    row, column = red_of(picture).mean(axis=0)
    on_it = GraspRectangle(column, row, 0.0, 60, 30, VIEW.width_px, VIEW.height_px)
    assert picture.height_at_m(on_it) == pytest.approx(0.06, abs=0.002)
    beside = GraspRectangle(column, row + 150, 0.0, 60, 30, VIEW.width_px, VIEW.height_px)
    assert picture.height_at_m(beside) == 0.0


def test_the_robot_and_depth_mixed_at_its_edge_are_no_things_and_are_not_drawn():
    camera = look_at_table(0.7, math.radians(20), 0.0)
    arm = Box(0.05, -0.15, 0.0, 0.10, 0.06, 0.20)
    table_m = render_depth(VGA, camera, [])
    depth_m = render_depth(VGA, camera, [BLOCK, arm])
    is_arm = depth_m < render_depth(VGA, camera, [BLOCK]) - 1e-6
    is_block = ~is_arm & (depth_m < table_m - 1e-6)
    rgb = np.full((*depth_m.shape, 3), GREY, np.uint8)
    rgb[is_block], rgb[is_arm] = RED, (250, 250, 250)
    rng = np.random.default_rng(0)
    edge = cv2.dilate(is_arm.astype(np.uint8), np.ones((7, 7), np.uint8)) - is_arm > 0
    depth_m[edge] -= (rng.uniform(0.02, 0.2, edge.sum()) * (rng.random(edge.sum()) < 0.4)).astype(
        np.float32
    )
    depth_m[is_arm] = np.nan
    frame = RgbdFrame(rgb, depth_m.astype(np.float32), VGA, "camera", 0, is_robot=is_arm)

    scene = TableScene.of(frame, above(camera).axes.plane)

    assert not scene.is_thing[edge | is_arm].any()
    assert scene.is_thing[is_block].mean() > 0.95, "what stands there is seen as before"
    picture = draw_overhead(scene, above(camera))
    assert picture.rgb[..., 1].max() < 150, "nothing of the arm's white is drawn"
    assert len(red_of(picture)) > 1000
    plain = TableScene.of(replace(frame, is_robot=None), above(camera).axes.plane)
    assert plain.is_thing[edge].any(), "the edge would be taken for things"


def test_the_table_is_told_from_what_stands_on_it():
    camera = look_at_table(0.7, math.radians(20), 0.0)
    scene = scene_of(camera)
    assert scene.is_table[~scene.is_thing].mean() > 0.99
    assert not scene.is_table[scene.height_m > 0.02].any()
