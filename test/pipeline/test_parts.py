"""Where parts lie, by outline and height."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from made_table import INTRINSICS

from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.pipeline.parts import part_region
from rt_grasp_ros.proposals.segments import Segment

PLANE = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)


def shown(mask, height_m=0.04, top=None):
    """Return a frame and the segment of a mask, whose height a second mask raises."""
    depth_m = np.full((480, 640), 0.7, np.float32)
    depth_m[mask] = 0.7 - height_m
    if top is not None:
        depth_m[mask & ~top] = 0.7 - height_m / 3
    frame = RgbdFrame(np.zeros((480, 640, 3), np.uint8), depth_m, INTRINSICS, "camera", 0)
    box = cv2.boundingRect(mask.astype(np.uint8))
    extent_m = max(box[2:]) / 600 * 0.66
    return frame, Segment(mask, box, np.array([0, 0, 0.66]), extent_m, height_m, PLANE)


@pytest.fixture
def mug():
    """A disc of 60 pixels across with a handle at its right."""
    canvas = np.zeros((480, 640), np.uint8)
    cv2.circle(canvas, (300, 240), 30, 1, -1)
    canvas[234:246, 328:356] = 1
    return canvas > 0


@pytest.fixture
def hammer():
    """A thin stick from x = 200 to 380, with a head at its right."""
    canvas = np.zeros((480, 640), bool)
    canvas[236:244, 200:380] = True
    canvas[222:258, 360:385] = True
    return canvas


def middle_x(region):
    return float(np.argwhere(region)[:, 1].mean())


def test_the_handle_of_a_mug_stands_out_of_its_outline(mug):
    region = part_region(*shown(mug), "mug", "handle")
    assert 328 < middle_x(region) < 356
    assert np.count_nonzero(region) < 0.3 * np.count_nonzero(mug)


def test_a_disc_has_no_handle():
    canvas = np.zeros((480, 640), np.uint8)
    cv2.circle(canvas, (300, 240), 30, 1, -1)
    assert part_region(*shown(canvas > 0), "bowl", "handle") is None


def test_a_hammer_is_held_at_its_thin_end_and_a_screwdriver_at_its_thick_one(hammer):
    assert middle_x(part_region(*shown(hammer), "hammer", "handle")) < 290
    assert middle_x(part_region(*shown(hammer), "hammer", "head")) > 290
    assert middle_x(part_region(*shown(hammer), "screwdriver", "handle")) > 290
    assert middle_x(part_region(*shown(hammer), "screwdriver", "tip")) < 290


def test_the_middle_of_a_long_thing_is_its_middle(hammer):
    region = part_region(*shown(hammer), "hammer", "middle")
    assert middle_x(region) == pytest.approx(292, abs=8)
    assert np.count_nonzero(region) < 0.6 * np.count_nonzero(hammer)


def test_the_cap_of_a_standing_bottle_is_its_top():
    body = np.zeros((480, 640), bool)
    body[200:280, 280:330] = True
    cap = np.zeros_like(body)
    cap[200:225, 290:320] = True
    frame, segment = shown(body, height_m=0.2, top=cap)
    region = part_region(frame, segment, "bottle", "cap")
    np.testing.assert_array_equal(region, cap)


@pytest.mark.parametrize("part", ["", "sticker", "sole"])
def test_what_no_shape_tells_is_no_part(mug, part):
    assert part_region(*shown(mug), "mug", part) is None


@pytest.mark.parametrize(("breadth_px", "is_long"), [(70, True), (84, False)])
def test_long_is_1_7_times_as_long_as_broad(breadth_px, is_long):
    mask = np.zeros((480, 640), bool)
    mask[200 : 200 + breadth_px, 300:430] = True
    region = part_region(*shown(mask, height_m=0.02), "box", "middle")
    assert (region is not None) is is_long


@pytest.mark.parametrize(("height_m", "is_taken"), [(0.10, True), (0.14, False)])
def test_what_is_higher_than_six_tenths_of_its_length_does_not_lie(hammer, height_m, is_taken):
    region = part_region(*shown(hammer, height_m=height_m), "hammer", "middle")
    assert (region is not None) is is_taken


def test_the_rim_of_a_mug_is_its_upper_ring_without_its_handle(mug):
    depth_m = np.full((480, 640), 0.7, np.float32)
    rows, columns = np.indices(depth_m.shape)
    from_middle = np.hypot(columns - 300, rows - 240)
    depth_m[mug] = 0.62
    depth_m[from_middle < 25] = 0.69
    frame, segment = shown(mug, height_m=0.08)
    frame = replace(frame, depth_m=depth_m)
    region = part_region(frame, segment, "mug", "rim")
    assert np.count_nonzero(region) > 200
    assert from_middle[region].min() > 24
    assert from_middle[region].max() < 36


def test_the_rim_of_a_long_dish_is_its_upper_edge():
    mask = np.zeros((480, 640), bool)
    mask[200:260, 220:400] = True
    inside = np.zeros_like(mask)
    inside[208:252, 228:392] = True
    frame, segment = shown(mask, height_m=0.05)
    frame.depth_m[inside] = 0.69
    region = part_region(frame, segment, "dish", "rim")
    assert not (region & inside).any()
    assert np.count_nonzero(region) > 0.8 * np.count_nonzero(mask & ~inside)


def test_a_handle_of_the_same_width_is_where_the_colour_says(hammer):
    """A knife whose longer black piece is higher and whose blade shines."""
    mask = np.zeros((480, 640), bool)
    mask[230:246, 200:380] = True
    frame, segment = shown(mask, height_m=0.015)
    frame.rgb[mask] = 200
    frame.rgb[:, 200:300] = 20
    frame.depth_m[:, 300:380][mask[:, 300:380]] = 0.692
    handle = part_region(frame, segment, "kitchen knife", "handle")
    blade = part_region(frame, segment, "kitchen knife", "blade")
    assert np.argwhere(handle)[:, 1].max() == pytest.approx(300, abs=8)
    assert np.argwhere(blade)[:, 1].min() == pytest.approx(300, abs=8)
    assert np.argwhere(handle)[:, 1].min() < 204
    assert np.argwhere(blade)[:, 1].max() > 375


@pytest.mark.parametrize("is_at_left", [True, False])
def test_the_cap_of_a_pen_is_where_its_colour_changes_nearer_to_an_end(is_at_left):
    mask = np.zeros((480, 640), bool)
    mask[236:248, 250:370] = True
    frame, segment = shown(mask, height_m=0.012)
    frame.rgb[mask] = 180
    cap = slice(250, 280) if is_at_left else slice(340, 370)
    frame.rgb[:, cap] = (200, 20, 20)
    region = np.argwhere(part_region(frame, segment, "pen", "cap"))[:, 1]
    assert region.min() == pytest.approx(cap.start, abs=5)
    assert region.max() == pytest.approx(cap.stop, abs=5)


def test_the_neck_of_a_lying_bottle_is_between_its_cap_and_its_body():
    mask = np.zeros((480, 640), bool)
    mask[210:270, 220:330] = True
    mask[228:252, 330:400] = True
    frame, segment = shown(mask, height_m=0.05)
    frame.rgb[mask] = (20, 90, 20)
    frame.rgb[:, 375:400] = 220
    region = np.argwhere(part_region(frame, segment, "bottle", "neck"))[:, 1]
    assert region.min() == pytest.approx(330, abs=9)
    assert region.max() == pytest.approx(375, abs=9)


def test_the_grip_of_a_lying_drill_is_between_its_body_and_its_battery():
    mask = np.zeros((480, 640), bool)
    mask[180:240, 220:390] = True
    mask[240:320, 330:370] = True
    mask[320:350, 310:390] = True
    region = part_region(*shown(mask, height_m=0.05), "cordless drill", "handle")
    rows = np.argwhere(region)[:, 0]
    assert 238 < rows.min() < 256
    assert 280 < rows.max() < 322
    assert part_region(*shown(mask, height_m=0.05), "drill bit", "handle") is not None


def test_of_a_thing_that_is_hardly_measured_no_part_is_told(mug):
    frame, segment = shown(mug)
    rows, columns = np.nonzero(mug)
    frame.depth_m[rows[50:], columns[50:]] = np.nan
    assert part_region(frame, segment, "mug", "rim") is None
