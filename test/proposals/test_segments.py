"""What stands on the table, cut into things."""

import sys
from pathlib import Path

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.grasp.support import Support
from rt_grasp_ros.proposals.segments import Segment, _blank, common_px, find_segments

INTRINSICS = Intrinsics(600.0, 600.0, 319.5, 239.5, 640, 480)
TABLE = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)


def things_on(*boxes, hole=None):
    """Boxes `(left, top, right, bottom, height_m)` in pixels on a table 0.7 m away."""
    depth_m = np.full((480, 640), 0.7, np.float32)
    for left, top, right, bottom, height_m in boxes:
        depth_m[top:bottom, left:right] = 0.7 - height_m
    if hole is not None:
        left, top, right, bottom = hole
        depth_m[top:bottom, left:right] = np.nan
    frame = RgbdFrame(np.zeros((480, 640, 3), np.uint8), depth_m, INTRINSICS, "camera", 0)
    return find_segments(frame, Support((TABLE,)))


def iou(segment, left, top, right, bottom):
    mask = np.zeros((480, 640), bool)
    mask[top:bottom, left:right] = True
    return (segment.mask & mask).sum() / (segment.mask | mask).sum()


def test_each_thing_is_found_once_with_its_measures():
    first, second = (100, 100, 180, 150, 0.05), (300, 200, 360, 300, 0.03)
    found = sorted(things_on(first, second), key=lambda segment: segment.box_px[0])
    assert len(found) == 2
    assert iou(found[0], *first[:4]) > 0.9 and iou(found[1], *second[:4]) > 0.9
    assert found[0].height_m == pytest.approx(0.05, abs=0.002)
    assert found[1].extent_m == pytest.approx(100 / 600 * 0.67, abs=0.005)
    assert found[1].centre_m[2] == pytest.approx(0.67, abs=0.002)
    assert found[0].plane is TABLE


def test_things_that_touch_are_cut_where_depth_steps():
    found = things_on((100, 100, 160, 180, 0.03), (160, 100, 220, 180, 0.08))
    assert max(iou(segment, 100, 100, 160, 180) for segment in found) > 0.8
    assert max(iou(segment, 160, 100, 220, 180) for segment in found) > 0.8


def test_a_hole_in_the_depth_of_a_thing_is_the_thing():
    (found,) = things_on((100, 100, 200, 200, 0.05), hole=(130, 130, 160, 160))
    assert found.mask[145, 145]


@pytest.mark.parametrize(
    "box",
    [
        (100, 100, 105, 105, 0.05),  # a speck
        (0, 0, 500, 30, 0.05),  # as long as a table's edge, and cut off
        (100, 100, 180, 150, 0.004),  # as flat as the table's noise
        (100, 100, 180, 150, 0.4),  # nothing that stands here is so tall
    ],
)
def test_what_is_no_thing_is_left_out(box):
    assert things_on(box) == []


def test_sixty_pixels_are_enough_for_a_thing():
    (found,) = things_on((100, 100, 120, 106, 0.05))
    assert iou(found, 100, 100, 120, 106) > 0.85, "medians round its corners"
    assert things_on((100, 100, 119, 103, 0.05)) == []


def test_what_an_edge_took_is_given_back_to_the_things_beside_it():
    found = things_on((100, 100, 160, 180, 0.03), (160, 100, 220, 180, 0.08))
    covered = np.any([segment.mask for segment in found], axis=0)
    assert covered[100:180, 100:220].mean() > 0.97


def box_of(left, top, width, height):
    mask = np.zeros((480, 640), bool)
    mask[top : top + height, left : left + width] = True
    return Segment(mask, (left, top, width, height), np.zeros(3), 0.1, 0.05, TABLE)


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        ((300, 200, 40, 30), 40 * 30),
        ((320, 210, 40, 30), 20 * 20),
        ((280, 190, 40, 30), 20 * 20),
        ((340, 200, 40, 30), 0),
        ((300, 230, 40, 30), 0),
        ((310, 205, 10, 10), 10 * 10),
    ],
)
def test_the_pixels_that_two_share_are_counted(other, shared):
    first, second = box_of(300, 200, 40, 30), box_of(*other)
    assert common_px(first, second) == common_px(second, first) == shared
    assert common_px(first, second, least_box_px=shared + 1) == 0
    if shared:
        assert common_px(first, second, least_box_px=shared) == shared


def test_a_card_that_is_lower_than_noise_is_found():
    noise_m = np.random.default_rng(5).normal(0, 0.002, (480, 640)).astype(np.float32)
    depth_m = 0.7 + noise_m
    depth_m[200:260, 300:400] -= 0.006
    frame = RgbdFrame(np.zeros((480, 640, 3), np.uint8), depth_m, INTRINSICS, "camera", 0)
    table = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.002)
    found = find_segments(frame, Support((table,)))
    assert max(iou(segment, 300, 200, 400, 260) for segment in found) > 0.8


def test_a_thing_that_steps_within_itself_is_found_whole_too():
    found = things_on((100, 100, 180, 180, 0.10), (180, 100, 220, 180, 0.05))
    assert max(iou(segment, 100, 100, 220, 180) for segment in found) > 0.9


def test_a_large_picture_is_cut_as_a_small_one():
    depth_m = np.full((960, 1280), 0.7, np.float32)
    depth_m[201:301, 401:561] = 0.65
    lens = Intrinsics(1200.0, 1200.0, 639.5, 479.5, 1280, 960)
    frame = RgbdFrame(np.zeros((960, 1280, 3), np.uint8), depth_m, lens, "camera", 0)
    (found,) = find_segments(frame, Support((TABLE,)))
    shown = np.zeros((960, 1280), bool)
    shown[201:301, 401:561] = True
    assert found.mask.shape == (960, 1280)
    assert (found.mask & shown).sum() / (found.mask | shown).sum() > 0.9
    left, top, width, height = found.box_px
    assert found.mask[top : top + height, left : left + width].sum() == found.mask.sum()
    assert (left, top, width, height) == pytest.approx((401, 201, 160, 100), abs=2)


def test_a_plane_with_nothing_on_it_bears_nothing():
    depth_m = np.full((480, 640), 0.7, np.float32)
    frame = RgbdFrame(np.zeros((480, 640, 3), np.uint8), depth_m, INTRINSICS, "camera", 0)
    nearer = Plane(np.array([0.0, 0.0, -1.0]), 0.5, 0.001)
    assert find_segments(frame, Support((TABLE, nearer))) == []


def test_a_thing_at_the_corner_of_the_picture_is_left_and_one_at_its_edge_is_not():
    assert things_on((0, 0, 60, 60, 0.05)) == []
    (found,) = things_on((0, 100, 60, 180, 0.05))
    assert found.box_px == (0, 100, 60, 80)


def test_what_a_lens_does_not_show_is_measured_nowhere():
    depth_m = np.full((480, 640), 0.7, np.float32)
    depth_m[100:160, 200:300] = 0.65
    frame = RgbdFrame(np.zeros((480, 640, 3), np.uint8), depth_m, INTRINSICS, "camera", 0)
    points_m = frame.points_m.copy()
    points_m[100:160, 250:300, :2] = np.nan  # as behind the rim of a lens
    frame.__dict__["points_m"] = points_m
    found = find_segments(frame, Support((TABLE,)), fold_limits=(None,))
    assert found
    for segment in found:
        assert np.isfinite(segment.centre_m).all()
        assert np.isfinite(segment.height_m)


def resident_mb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_mask_takes_memory_where_it_is_written_and_none_where_it_is_read():
    mask = _blank(8192, 8192)
    before_mb = resident_mb()
    assert np.count_nonzero(mask) == 0
    assert resident_mb() - before_mb < 16
    mask[:4096] = True
    assert resident_mb() - before_mb > 24
    assert np.count_nonzero(mask) == 4096 * 8192
