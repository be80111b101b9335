"""What lies there in the table's colours is told from what has its own."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.proposals.contrast import contrasts
from rt_grasp_ros.proposals.segments import Segment

PLANE = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)
GREY, DARK_GREY = (128, 128, 128), (78, 78, 78)


def pictured(colour, scale=1):
    """Return a grey picture in which one segment has a colour, and that segment."""
    height, width = 120 * scale, 640 * scale
    rgb = np.full((height, width, 3), GREY, np.uint8)
    mask = np.zeros((height, width), bool)
    mask[40 * scale : 80 * scale, 100 * scale : 160 * scale] = True
    rgb[mask] = colour
    lens = Intrinsics(600.0, 600.0, width / 2, height / 2, width, height)
    box_px = (100 * scale, 40 * scale, 60 * scale, 40 * scale)
    one = Segment(mask, box_px, np.zeros(3), 0.06, 0.05, PLANE)
    return RgbdFrame(rgb, np.full((height, width), 0.7, np.float32), lens, "camera", 0), one


def test_the_table_s_own_colour_is_no_contrast():
    frame, one = pictured(GREY)
    np.testing.assert_allclose(contrasts(frame, [one]), [[0, 0, np.log(3), 0]], atol=1e-6)


@pytest.mark.parametrize("scale", [1, 2])
def test_another_colour_is_as_far_off_as_lab_says(scale):
    """8-bit Lab holds lightness in 255 steps: sRGB 128 is L* 53.6 (137), 78 is L* 33.1 (84)."""
    frame, one = pictured(DARK_GREY, scale)
    ((apart, unlike, spread, over_spread),) = contrasts(frame, [one])
    assert apart == pytest.approx(np.log1p(137 - 84), abs=0.02)
    assert unlike == 1.0
    assert spread == pytest.approx(np.log(3), abs=0.05)
    assert over_spread == pytest.approx(np.log1p(53 / 2), abs=0.1)


def test_what_is_half_of_another_colour_is_half_unlike():
    frame, one = pictured(GREY)
    frame.rgb[40:80, 100:130] = (200, 30, 30)
    assert contrasts(frame, [one])[0, 1] == pytest.approx(0.5, abs=0.05)


def test_no_segments_no_numbers():
    frame, _ = pictured(GREY)
    assert contrasts(frame, []).shape == (0, 4)
