"""Whole things are told from pieces by their shape and by what lies beside them."""

import numpy as np

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.proposals.segments import Segment
from rt_grasp_ros.proposals.wholeness import shape_features, wholeness

PLANE = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)
INTRINSICS = Intrinsics(600.0, 600.0, 149.5, 99.5, 300, 200)


def segment(left, top, width, height, extent_m=0.08, height_m=0.05, cut=None):
    mask = np.zeros((200, 300), bool)
    mask[top : top + height, left : left + width] = True if cut is None else cut
    return Segment(mask, (left, top, width, height), np.zeros(3), extent_m, height_m, PLANE)


def frame_of(*things):
    """Return the frame of segments that stand alone on the table."""
    depth_m = np.full((200, 300), 0.7, np.float32)
    for thing in things:
        depth_m[thing.mask] = 0.7 - thing.height_m
    return RgbdFrame(np.zeros((200, 300, 3), np.uint8), depth_m, INTRINSICS, "camera", 0)


def test_a_thing_is_likelier_whole_than_its_piece_and_than_a_ragged_strip():
    ragged = np.zeros((60, 60), bool)
    ragged[:8], ragged[:, :6] = True, True
    thing, strip = segment(20, 20, 80, 80), segment(200, 100, 60, 60, cut=ragged)
    piece = segment(30, 30, 20, 20, extent_m=0.02)
    likely = wholeness(frame_of(thing, strip), [thing, piece, strip])
    assert likely[0] > 0.8
    assert likely[1] < 0.1
    assert likely[2] < likely[0] - 0.2


def test_what_ends_where_the_table_begins_is_likelier_whole_than_half_of_it():
    thing = segment(20, 20, 80, 40)
    left, right = segment(20, 20, 40, 40, extent_m=0.04), segment(60, 20, 40, 40, extent_m=0.04)
    whole, *halves = wholeness(frame_of(thing), [thing, left, right])
    assert whole > 0.9
    assert max(halves) < whole - 0.15


def test_what_stands_in_front_speaks_against_a_whole_thing():
    thing, wall = segment(20, 20, 80, 80), segment(60, 20, 40, 80, height_m=0.2)
    behind = segment(20, 20, 40, 80)
    (free,) = wholeness(frame_of(behind), [behind])
    (hidden,) = wholeness(frame_of(thing, wall), [behind])
    assert hidden < free


def test_a_slanting_pen_fills_its_narrowest_box_as_a_level_one_does():
    slanting = np.zeros((120, 120), np.uint8)
    for k in range(120):
        slanting[k, max(0, k - 4) : k + 5] = 1
    pens = [segment(10, 10, 160, 12), segment(150, 60, 120, 120, cut=slanting > 0)]
    level, tilted = shape_features(frame_of(*pens), pens)[:, 4]
    assert abs(level - tilted) < 0.15


def test_no_segments_no_numbers():
    assert wholeness(frame_of(), []).shape == (0,)


def test_the_shape_of_a_square_is_measured_in_plain_numbers():
    one = segment(20, 20, 80, 80)
    (square,) = shape_features(frame_of(one), [one])
    np.testing.assert_allclose(
        square, [1, np.log(5 / 3), np.log(0.8), np.log(0.8) ** 2, 1, 0, 1, 0, 0, 1, 0], atol=1e-9
    )


def test_aspect_and_nesting_are_logarithms_of_times():
    things = [segment(10, 150, 160, 10), segment(20, 20, 80, 80), segment(90, 30, 20, 20)]
    bar, square, piece = shape_features(frame_of(*things), things)
    assert bar[5] == np.log(16)
    # Half of the piece's box lies within the square's, which is 16 times as large.
    np.testing.assert_allclose(piece[7:9], [np.log(16) / 2, 0])
    np.testing.assert_allclose(square[7:9], [0, 200 / 6400])


def test_how_likely_is_what_the_fitted_weights_say():
    """1 / (1 + exp(-logit)), by the weights that `benchmarks.wholeness` fitted."""
    pieces = [segment(20, 20, 80, 80), segment(10, 150, 160, 10, extent_m=0.16, height_m=0.03)]
    square = -9.19 + 0.42 * np.log(5 / 3) + 2.03 * np.log(0.8) - 1.95 * np.log(0.8) ** 2
    bar = -9.19 + 2.03 * np.log(1.6) - 1.95 * np.log(1.6) ** 2 - 1.03 * np.log(16)
    logits = np.array([square, bar]) + 9.2 + 0.18 + 5.7
    likely = wholeness(frame_of(*pieces), pieces)
    np.testing.assert_allclose(likely, 1 / (1 + np.exp(-logits)), atol=2e-3)
