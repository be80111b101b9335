"""Places grown to things: by what sees the thing under a point, and by depth where it sees none."""

import numpy as np
import pytest
from made_table import BLUE, RED, table

from rt_grasp_ros.grasp.pointed import Pointed
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.pipeline.pointed_regions import PointedRegions

SIDE = 44  # pixels: 51 mm at 0.7 m
APART = ((200, 200, RED, SIDE, 0.05), (320, 200, BLUE, SIDE, 0.05))
TOUCHING = ((200, 200, RED, SIDE, 0.05), (244, 200, BLUE, SIDE, 0.05))


class Eye:
    """Sees the red block wherever it is asked, or nothing; notes where it was asked."""

    def __init__(self, blind=False):
        self.asked, self._blind = [], blind

    def mask(self, frame, plane, x_px, y_px):
        self.asked.append((x_px, y_px))
        return (frame.rgb[..., 0] > 2 * frame.rgb[..., 2].astype(int)) & (not self._blind)


def regions(blocks, eye):
    frame = table(*blocks)
    return PointedRegions(frame, find_support(frame.depth_m, frame.intrinsics), eye)


def box_about(x_px, y_px, half_px):
    return Pointed(
        x_px, y_px, box_px=(x_px - half_px, y_px - half_px, x_px + half_px, y_px + half_px)
    )


def width_px(region):
    return np.count_nonzero(region.mask.any(axis=0))


def test_two_that_touch_are_one_by_depth_and_two_by_what_is_seen():
    point = Pointed(200.0, 200.0)
    (by_depth,) = regions(TOUCHING, None).at(point, is_part=False)
    (seen,) = regions(TOUCHING, Eye()).at(point, is_part=False)
    assert width_px(by_depth) > 80
    assert width_px(seen) == pytest.approx(44, abs=2)
    assert seen.plane.height_m(np.array([0.0, 0.0, 0.7])) == pytest.approx(0.0, abs=0.003)


def test_where_nothing_is_seen_depth_tells():
    (region,) = regions(APART, Eye(blind=True)).at(Pointed(320.0, 200.0), is_part=False)
    assert region.mask[200, 320]
    assert width_px(region) == pytest.approx(44, abs=4)


def test_a_part_is_what_stands_there_within_25_mm_of_the_point():
    eye = Eye()
    (region,) = regions(APART, eye).at(Pointed(182.0, 200.0), is_part=True)
    assert region.mask[200, 180]
    assert not region.mask[200, 212]  # 26 mm off
    assert eye.asked == []


def test_a_box_that_a_thing_fits_by_depth_needs_no_second_look():
    eye = Eye()
    (region,) = regions(APART, eye).at(box_about(200, 200, 22), is_part=False)
    assert width_px(region) == pytest.approx(44, abs=4)
    assert eye.asked == []


@pytest.mark.parametrize("half_px", [22, 44])
def test_a_box_about_one_of_two_that_touch_is_narrowed_to_what_is_seen(half_px):
    (region, *_) = regions(TOUCHING, Eye()).at(box_about(200, 200, half_px), is_part=False)
    assert width_px(region) == pytest.approx(44, abs=2)
    assert region.mask[200, 185]
    assert not region.is_second
