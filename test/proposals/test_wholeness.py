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


def test_the_shape_of_a_square_is_measured_in_plain_numbers():
    (square,) = shape_features([segment(20, 20, 80, 80)])
    np.testing.assert_allclose(
        square, [1, np.log(5 / 3), np.log(0.8), np.log(0.8) ** 2, 1, 0, 1, 0, 0], atol=1e-9
    )


def test_aspect_and_nesting_are_logarithms_of_times():
    bar, square, piece = shape_features(
        [segment(10, 150, 160, 10), segment(20, 20, 80, 80), segment(90, 30, 20, 20)]
    )
    assert bar[5] == np.log(16)
    # Half of the piece's box lies within the square's, which is 16 times as large.
    np.testing.assert_allclose(piece[7:], [np.log(16) / 2, 0])
    np.testing.assert_allclose(square[7:], [0, 200 / 6400])


def test_how_likely_is_what_the_fitted_weights_say():
    """1 / (1 + exp(-logit)), by the weights that `benchmarks.wholeness` fitted."""
    pieces = [segment(20, 20, 80, 80), segment(10, 150, 160, 10, extent_m=0.16, height_m=0.03)]
    square = 1.52 - np.log(5 / 3) + 2.58 * np.log(0.8) - 0.42 * np.log(0.8) ** 2 + 12.94 - 7.66
    bar = 1.52 + 2.58 * np.log(1.6) - 0.42 * np.log(1.6) ** 2 + 12.94 - 1.62 * np.log(16) - 7.66
    np.testing.assert_allclose(wholeness(pieces), 1 / (1 + np.exp([-square, -bar])), atol=2e-3)
