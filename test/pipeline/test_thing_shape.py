"""The shape of a thing in metres, whatever the camera."""

import cv2
import numpy as np
import pytest
from made_table import INTRINSICS

from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.pipeline.thing_shape import Profile, ThingShape
from rt_grasp_ros.proposals.segments import Segment

PLANE = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)


def measured(depth_m, mask):
    frame = RgbdFrame(np.zeros((480, 640, 3), np.uint8), depth_m, INTRINSICS, "camera", 0)
    box = cv2.boundingRect(mask.astype(np.uint8))
    return ThingShape.of(frame, Segment(mask, box, np.array([0, 0, 0.65]), 0.1, 0.05, PLANE))


def block(rows, columns, height_m=0.05):
    depth_m = np.full((480, 640), 0.7, np.float32)
    mask = np.zeros((480, 640), bool)
    mask[rows, columns] = True
    depth_m[mask] = 0.7 - height_m
    return depth_m, mask


def profile(widths_m, heights_m=None, grays=None):
    count = len(widths_m)
    places = (np.arange(count) + 0.5) / count
    heights_m = np.full(count, 0.02) if heights_m is None else np.array(heights_m)
    lab = np.zeros((count, 3))
    lab[:, 0] = 0 if grays is None else grays
    return Profile(places, np.array(widths_m), heights_m, lab)


def test_its_sides_are_measured_in_metres():
    shape = measured(*block(slice(200, 240), slice(300, 420)))
    assert shape.length_m == pytest.approx(120 * 0.65 / 600, abs=0.006)
    assert shape.breadth_m == pytest.approx(40 * 0.65 / 600, abs=0.006)
    assert shape.top_m == pytest.approx(0.05, abs=1e-4)


def test_what_is_seen_behind_its_edge_does_not_count():
    depth_m, mask = block(slice(200, 240), slice(300, 420))
    depth_m[198:200, 300:420] = 1.4
    mask[198:200, 300:420] = True
    shape = measured(depth_m, mask)
    assert shape.rows.min() == 200
    assert len(shape.rows) == 40 * 120
    assert shape.breadth_m < 0.05


def test_a_patch_of_the_table_that_lies_apart_does_not_count():
    depth_m, mask = block(slice(200, 240), slice(300, 420))
    mask[300:310, 300:310] = True
    assert measured(depth_m, mask).rows.max() == 239


@pytest.mark.parametrize("turned", [False, True])
def test_along_runs_from_one_end_to_the_other(turned):
    place = slice(200, 240), slice(300, 420)
    shape = measured(*block(*(place[::-1] if turned else place)))
    way = shape.rows if turned else shape.columns
    assert shape.along.min() == pytest.approx(0, abs=0.03)
    assert shape.along.max() == pytest.approx(1, abs=0.03)
    assert abs(np.corrcoef(shape.along, way)[0, 1]) > 0.999


@pytest.mark.parametrize(
    "values",
    [
        {"widths_m": [0.02] * 12 + [0.05] * 8},
        {"widths_m": [0.02] * 20, "heights_m": [0.02] * 12 + [0.06] * 8},
        {"widths_m": [0.02] * 20, "grays": [30.0] * 12 + [90.0] * 8},
    ],
)
def test_two_pieces_part_where_width_height_or_colour_changes(values):
    split = profile(**values).split()
    assert split.at == pytest.approx(0.6)
    assert split.strength > 0.9


def test_noise_is_no_split():
    rng = np.random.default_rng(0)
    assert profile(rng.normal(0.03, 0.0005, 20)).split().strength < 0.2


def test_a_split_is_looked_for_between_two_places_only():
    pieces = profile([0.02] * 2 + [0.05] * 12 + [0.06] * 6)
    assert pieces.split().at == pytest.approx(0.1)
    assert pieces.split(0.55, 0.9).at == pytest.approx(0.7)
    assert pieces.between(0.5, 1.0).split().at == pytest.approx(0.7)


def test_by_width_alone_colour_does_not_count():
    pieces = profile([0.02] * 14 + [0.03] * 6, grays=[0.0] * 5 + [200.0] * 15)
    assert pieces.split().at == pytest.approx(0.25)
    assert pieces.split(by_width=True).at == pytest.approx(0.7)


def test_what_stands_out_of_a_disc_is_its_handle():
    canvas = np.zeros((480, 640), np.uint8)
    cv2.circle(canvas, (300, 240), 40, 1, -1)
    canvas[232:248, 335:370] = 1
    mask = canvas > 0
    shape = measured(np.where(mask, 0.62, 0.7).astype(np.float32), mask)
    out = shape.standing_out
    assert shape.columns[out].min() == pytest.approx(344, abs=6)
    assert shape.columns[out].max() == 369
    assert shape.pixels(out).sum() == out.sum()
    middle_px = 600 * shape.body_m / 0.62
    np.testing.assert_allclose(middle_px, [300 - 319.5, 240 - 239.5], atol=5)


def test_the_width_above_a_height_is_that_of_what_is_there():
    depth_m, mask = block(slice(200, 240), slice(300, 420), 0.02)
    depth_m[210:230, 350:370] = 0.6
    shape = measured(depth_m, mask)
    assert shape.wider_than(0.05) == pytest.approx(20 * 0.6 / 600, abs=0.004)
    assert shape.wider_than(0.0) > 0.08
    assert shape.wider_than(0.2) == 0.0
