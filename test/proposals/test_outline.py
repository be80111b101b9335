"""What lies beside the outline of a segment."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.proposals.outline import outline_shares
from rt_grasp_ros.proposals.segments import Segment

PLANE = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)
INTRINSICS = Intrinsics(600.0, 600.0, 149.5, 99.5, 300, 200)


def shares(right_half_m):
    """Shares of a square 5 cm high, on whose right side something of some height stands."""
    depth_m = np.full((200, 300), 0.7, np.float32)
    depth_m[60:120, 60:120] = 0.65
    depth_m[60:120, 120:200] = 0.7 - right_half_m
    mask = np.zeros((200, 300), bool)
    mask[60:120, 60:120] = True
    frame = RgbdFrame(np.zeros((200, 300, 3), np.uint8), depth_m, INTRINSICS, "camera", 0)
    square = Segment(mask, (60, 60, 60, 60), np.zeros(3), 0.07, 0.05, PLANE)
    return outline_shares(frame, [square])[0]


@pytest.mark.parametrize(
    ("height_m", "free", "hidden"), [(0.0, 1.0, 0.0), (0.05, 0.75, 0.0), (0.15, 0.75, 0.25)]
)
def test_the_table_is_free_a_neighbour_is_not_and_what_is_nearer_hides(height_m, free, hidden):
    assert shares(height_m) == pytest.approx([free, hidden], abs=0.03)


def test_without_segments_there_are_no_shares():
    frame = RgbdFrame(
        np.zeros((200, 300, 3), np.uint8), np.ones((200, 300), np.float32), INTRINSICS, "c", 0
    )
    assert outline_shares(frame, []).shape == (0, 2)
