"""A part of a frame and the whole: what is found in one is at the same place of the other."""

from dataclasses import replace

import numpy as np
import pytest
from made_table import rectangle_at, table

from rt_grasp_ros.grasp.grasp import Grasp
from rt_grasp_ros.pipeline.cut_out import cut_out

FRAME = table((150, 200, (200, 25, 20), 40, 0.04))


def region(left, top, right, bottom):
    mask = np.zeros((480, 640), bool)
    mask[top:bottom, left:right] = True
    return mask


def test_it_is_the_region_and_a_margin_around_it():
    cut = cut_out(FRAME, region(130, 180, 170, 220), 10)
    assert (cut.left_px, cut.top_px, cut.whole_size_px) == (120, 170, (640, 480))
    assert cut.frame.rgb.shape == (60, 60, 3) and cut.frame.depth_m.shape == (60, 60)
    assert (cut.frame.rgb == FRAME.rgb[170:230, 120:180]).all()
    assert (cut.frame.depth_m == FRAME.depth_m[170:230, 120:180]).all()
    assert (cut.frame.intrinsics.width_px, cut.frame.intrinsics.height_px) == (60, 60)


def test_it_ends_at_the_edges_of_the_picture():
    cut = cut_out(FRAME, region(2, 470, 8, 480), 10)
    assert (cut.left_px, cut.top_px) == (0, 460)
    assert cut.frame.depth_m.shape == (20, 18)
    cut = cut_out(FRAME, region(620, 3, 640, 5), 10)
    assert (cut.left_px, cut.top_px) == (610, 0)
    assert cut.frame.depth_m.shape == (15, 30)


def test_what_is_where_in_space_stays():
    cut = cut_out(FRAME, region(130, 180, 170, 220), 10)
    assert np.nanmax(np.abs(cut.frame.points_m - FRAME.points_m[170:230, 120:180])) < 1e-6


def test_masks_and_boxes_go_there_and_back():
    whole = region(130, 180, 170, 220)
    cut = cut_out(FRAME, whole, 10)
    inside = cut.mask(whole)
    assert inside.shape == (60, 60) and inside.sum() == 1600 and inside[10, 10]
    assert (cut.whole_mask(inside) == whole).all()
    assert cut.whole_box((1, 2, 3, 4)) == (121, 172, 3, 4)


def test_a_grasp_is_told_in_the_whole_picture():
    cut = cut_out(FRAME, region(130, 180, 170, 220), 10)
    found = Grasp(
        replace(rectangle_at(30.0, 20.0), image_width_px=60, image_height_px=60), np.eye(4), 0.05
    )
    rectangle = cut.to_whole(found).rectangle
    assert (rectangle.x_px, rectangle.y_px) == (150.0, 190.0)
    assert (rectangle.image_width_px, rectangle.image_height_px) == (640, 480)


@pytest.mark.parametrize("seen", [True, False])
def test_the_robot_in_it_goes_along(seen):
    mask = region(100, 100, 140, 200) if seen else None
    cut = cut_out(replace(FRAME, is_robot=mask), region(130, 180, 170, 220), 10)
    assert (cut.frame.is_robot is None) is not seen
    if seen:
        assert (cut.frame.is_robot == mask[170:230, 120:180]).all()
