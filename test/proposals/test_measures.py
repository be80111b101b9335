"""What a segment measures, whatever the camera's slant."""

import math

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.proposals import measures
from rt_grasp_ros.proposals.measures import colours, sides_m
from rt_grasp_ros.proposals.segments import find_segments

INTRINSICS = Intrinsics(600.0, 600.0, 319.5, 239.5, 640, 480)


def block_on_table(slant_rad, length_m, breadth_m, height_m):
    """Return a frame of a block in the middle of a table, by casting a ray a pixel."""
    columns, rows = np.meshgrid(np.arange(640), np.arange(480))
    rays = np.stack([(columns - 319.5) / 600, (rows - 239.5) / 600, np.ones((480, 640))], axis=-1)
    cosine, sine = math.cos(slant_rad), math.sin(slant_rad)
    turn = np.array([[1, 0, 0], [0, -cosine, sine], [0, -sine, -cosine]])
    at = np.array([0.0, -0.7 * sine, 0.7 * cosine])
    ways = rays @ turn.T
    half = np.array([length_m / 2, breadth_m / 2, height_m])
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.sort(np.stack([(-half * [1, 1, 0] - at) / ways, (half - at) / ways]), axis=0)
        enters, leaves = np.nanmax(far[0], axis=-1), np.nanmin(far[1], axis=-1)
        floor = -at[2] / ways[..., 2]
    depth_m = np.where((enters < leaves) & (enters > 0), enters, floor).astype(np.float32)
    return RgbdFrame(np.zeros((480, 640, 3), np.uint8), depth_m, INTRINSICS, "camera", 0)


@pytest.mark.parametrize("slant_deg", [0, 35])
def test_sides_are_measured(slant_deg):
    frame = block_on_table(math.radians(slant_deg), 0.12, 0.05, 0.07)
    support = find_support(frame.depth_m, frame.intrinsics)
    segments = find_segments(frame, support, fold_limits=(np.inf,))
    (measured,) = sides_m(frame, segments)
    np.testing.assert_allclose(measured, [0.12, 0.07, 0.05], atol=0.008)


def test_no_segments_measure_nothing():
    frame = block_on_table(0.0, 0.1, 0.1, 0.05)
    assert sides_m(frame, []).shape == (0, 3)


def test_colours_are_those_of_what_is_cut_out_in_balanced_light():
    frame = block_on_table(0.0, 0.1, 0.1, 0.05)
    segments = find_segments(frame, find_support(frame.depth_m, frame.intrinsics))
    frame.rgb[:] = (194, 180, 155)  # a grey table in warm light
    frame.rgb[segments[0].mask] = (117, 108, 93)  # a grey block in it
    assert colours(frame, segments[:1]) == [{"gray": 1.0}]


def test_what_is_known_of_a_segment_is_not_measured_again(monkeypatch):
    frame = block_on_table(0.0, 0.1, 0.08, 0.05)
    frame.rgb[:] = (200, 30, 30)
    segments = find_segments(frame, find_support(frame.depth_m, frame.intrinsics))
    found = sides_m(frame, segments), colours(frame, segments)
    monkeypatch.setattr(measures, "TableFrame", None)
    monkeypatch.setattr(measures, "balance_gains", None)
    np.testing.assert_array_equal(sides_m(frame, segments[::-1]), found[0][::-1])
    assert colours(frame, segments) == found[1]


def test_the_same_place_in_another_picture_is_measured_anew():
    for length_m, rgb, name in ((0.1, (200, 30, 30), "red"), (0.06, (30, 30, 200), "blue")):
        frame = block_on_table(0.0, length_m, 0.05, 0.05)
        frame.rgb[:] = rgb
        (one, *_) = find_segments(frame, find_support(frame.depth_m, frame.intrinsics))
        assert sides_m(frame, [one])[0, 0] == pytest.approx(length_m, abs=0.008)
        assert colours(frame, [one])[0][name] == 1.0
