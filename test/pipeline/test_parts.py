"""Where parts lie, by outline and height."""

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


@pytest.mark.parametrize(("length_px", "is_long"), [(24, False), (25, True)])
def test_long_is_2_2_times_as_long_as_broad(length_px, is_long):
    mask = np.zeros((480, 640), bool)
    mask[200:211, 300 : 300 + length_px] = True
    assert (part_region(*shown(mask), "box", "middle") is not None) is is_long
