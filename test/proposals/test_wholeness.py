"""Whole things are told from pieces by shape, colours and what lies beside them."""

import numpy as np

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.proposals.segments import Segment
from rt_grasp_ros.proposals.wholeness import load_wholeness_weights, whole_features, wholeness

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
    assert whole > 0.8
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
    level, tilted = whole_features(frame_of(*pens), pens)[:, 3]
    assert abs(level - tilted) < 0.15


def test_no_segments_no_numbers():
    assert wholeness(frame_of(), []).shape == (0,)


def test_a_square_of_the_table_s_colour_is_measured_in_plain_numbers():
    one = segment(20, 20, 80, 80)
    (square,) = whole_features(frame_of(one), [one])
    shape = [np.log(5 / 3), np.log(0.8), np.log(0.8) ** 2, 1, 0, 1, 0, 0, 1, 0]
    colours, rest = [0, 0, np.log(3), 0], [0, np.log(6.4), np.log(50), 1]
    np.testing.assert_allclose(square, [*shape, *colours, *rest], atol=1e-6)


def test_what_reaches_the_border_and_has_holes_in_its_depth_is_told():
    inside, at_edge = segment(20, 20, 40, 40), segment(240, 100, 60, 40)
    frame = frame_of(inside, at_edge)
    frame.depth_m[20:40, 20:60] = np.nan
    told = whole_features(frame, [inside, at_edge])
    np.testing.assert_allclose(told[:, [14, 17]], [[0, 0.5], [1, 1]])


def test_larger_pictures_of_the_same_have_the_same_area():
    mask = np.zeros((480, 1280), bool)
    mask[100:180, 100:180] = True
    plane = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)
    one = Segment(mask, (100, 100, 80, 80), np.zeros(3), 0.08, 0.05, plane)
    depth_m = np.where(mask, np.float32(0.65), np.float32(0.7))
    lens = Intrinsics(1200.0, 1200.0, 639.5, 239.5, 1280, 480)
    frame = RgbdFrame(np.zeros((480, 1280, 3), np.uint8), depth_m, lens, "camera", 0)
    assert whole_features(frame, [one])[0, 15] == np.log(1.6)


def test_a_patch_in_the_table_s_colours_is_less_likely_whole_than_a_thing_of_its_own_colour():
    one = segment(120, 80, 30, 30, extent_m=0.04, height_m=0.012)
    frame = frame_of(one)
    frame.rgb[:] = (120, 100, 80)
    (patch,) = wholeness(frame, [one])
    frame.rgb[one.mask] = (190, 30, 30)
    (thing,) = wholeness(frame, [one])
    assert thing > patch + 0.2


def test_aspect_and_nesting_are_logarithms_of_times():
    things = [segment(10, 150, 160, 10), segment(20, 20, 80, 80), segment(90, 30, 20, 20)]
    bar, square, piece = whole_features(frame_of(*things), things)
    assert bar[4] == np.log(16)
    # Half of the piece's box lies within the square's, which is 16 times as large.
    np.testing.assert_allclose(piece[6:8], [np.log(16) / 2, 0])
    np.testing.assert_allclose(square[6:8], [0, 200 / 6400])


def test_how_likely_is_what_the_fitted_weights_say():
    """1 / (1 + exp(-logit)), by the weights that `benchmarks.wholeness` wrote."""
    known = load_wholeness_weights()
    features = np.array([known.mean, known.mean + 9 * known.spread])
    usual, far = known.terms(features)
    assert len(usual) == 1 + 18 + 18 * 19 // 2
    np.testing.assert_allclose(usual, [1, *np.zeros(189)])
    np.testing.assert_allclose(far[1:], [*np.full(18, 3.0), *np.full(171, 9.0)])
    pieces = [segment(20, 20, 80, 80), segment(10, 150, 160, 10, extent_m=0.16, height_m=0.03)]
    likely = wholeness(frame_of(*pieces), pieces)
    np.testing.assert_allclose(likely, [0.903, 0.685], atol=2e-3)
