"""Whole things are told from pieces by their shape."""

import numpy as np

from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.proposals.segments import Segment
from rt_grasp_ros.proposals.wholeness import shape_features, wholeness

PLANE = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)


def segment(left, top, width, height, extent_m=0.08, height_m=0.05, cut=None):
    mask = np.zeros((200, 300), bool)
    mask[top : top + height, left : left + width] = True if cut is None else cut
    return Segment(mask, (left, top, width, height), np.zeros(3), extent_m, height_m, PLANE)


def test_a_thing_is_likelier_whole_than_its_piece_and_than_a_ragged_strip():
    ragged = np.zeros((60, 60), bool)
    ragged[:8], ragged[:, :6] = True, True
    whole, piece, strip = wholeness(
        [
            segment(20, 20, 80, 80),
            segment(30, 30, 20, 20, extent_m=0.02),
            segment(200, 100, 60, 60, cut=ragged),
        ]
    )
    assert whole > 0.8
    assert piece < 0.1
    assert strip < whole - 0.2


def test_a_slanting_pen_fills_its_narrowest_box_as_a_level_one_does():
    slanting = np.zeros((120, 120), np.uint8)
    for k in range(120):
        slanting[k, max(0, k - 4) : k + 5] = 1
    level, tilted = shape_features(
        [segment(10, 10, 160, 12), segment(150, 60, 120, 120, cut=slanting > 0)]
    )[:, 4]
    assert abs(level - tilted) < 0.15


def test_no_segments_no_numbers():
    assert wholeness([]).shape == (0,)
