"""Which of several is meant by its side of the picture and by its size."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.language.request import Side, Size
from rt_grasp_ros.pipeline.things import TIE_PX, TIE_RATIO, along, measure, ranked
from rt_grasp_ros.proposals.segments import Segment

PLANE = Plane(np.array([0.0, 0.0, -1.0]), 0.8, 0.001)
LENS = Intrinsics(500.0, 500.0, 300.0, 200.0, 600, 400)


def at(left, top, width, height, height_m=0.05, extent_m=0.1):
    """Return a segment that a box of the picture shows, all of it."""
    mask = np.zeros((400, 600), bool)
    mask[top : top + height, left : left + width] = True
    centre_m = np.array([0.0, 0.0, 0.8])
    return Segment(mask, (left, top, width, height), centre_m, extent_m, height_m, PLANE)


def test_sides_are_those_of_the_boxes_middles():
    things = [at(100, 300, 40, 20), at(300, 100, 20, 60), at(200, 200, 20, 20)]
    assert along(things, Side.LEFT) == [120, 310, 210]
    assert along(things, Side.RIGHT) == [-120, -310, -210]
    assert along(things, Side.BACK) == [310, 130, 210]
    assert along(things, Side.FRONT) == [-310, -130, -210]


@pytest.mark.parametrize(
    "things",
    [
        [at(100, 100, 20, 20), at(200, 140, 20, 20), at(350, 120, 20, 20)],
        [at(100, 100, 20, 20), at(140, 200, 20, 20), at(120, 350, 20, 20)],
    ],
    ids=["in a row", "in a column"],
)
def test_the_middle_one_is_that_of_the_way_in_which_they_lie(things):
    assert along(things, Side.MIDDLE) == [100, 0, 150]


def blocks(*sizes_m):
    """Return blocks on the table, each (length, breadth, height), and what a camera sees of them.

    It looks straight down from 0.8 m, so that what is high looks larger than it is.
    """
    depth_m = np.full((400, 600), 0.8, np.float32)
    segments = []
    for index, (length_m, breadth_m, height_m) in enumerate(sizes_m):
        far_m = 0.8 - height_m
        columns, rows = round(500 * length_m / far_m), round(500 * breadth_m / far_m)
        left, top = 10 + 200 * index, 100
        mask = np.zeros((400, 600), bool)
        mask[top : top + rows, left : left + columns] = True
        depth_m[mask] = far_m
        box_px = (left, top, columns, rows)
        segments.append(Segment(mask, box_px, np.zeros(3), length_m, height_m, PLANE))
    return segments, RgbdFrame(np.zeros((400, 600, 3), np.uint8), depth_m, LENS, "camera", 0)


BOX, CAN, RULER, CARD = (0.1, 0.1, 0.09), (0.06, 0.06, 0.2), (0.25, 0.03, 0.02), (0.2, 0.1, 0.01)


@pytest.mark.parametrize(
    ("size", "things", "meant"),
    [
        (Size.LARGEST, (CAN, BOX, RULER), BOX),
        (Size.LARGEST, (CARD, BOX), BOX),  # the card shows more of itself
        (Size.SMALLEST, (CAN, RULER), RULER),
        (Size.TALLEST, (BOX, CAN, RULER), CAN),
        (Size.LOWEST, (BOX, CARD, RULER), CARD),
        (Size.LONGEST, (BOX, CAN, RULER), RULER),
        (Size.THINNEST, (CAN, BOX, RULER), RULER),
        (Size.THICKEST, (CAN, BOX, RULER), BOX),
        (Size.SHORTEST, (CAN, BOX), BOX),
        (Size.SHORTEST, ((0.12, 0.01, 0.01), (0.1, 0.02, 0.02)), (0.1, 0.02, 0.02)),
        (Size.MEDIUM, (CAN, (0.08, 0.08, 0.02), (0.15, 0.15, 0.1)), CAN),
    ],
)
def test_a_size_is_told_by_three_sides_in_metres(size, things, meant):
    segments, frame = blocks(*things)
    measured = measure(segments, size, frame)
    assert things[int(np.argmin(measured))] == meant
    assert min(measured) > 0


def test_how_large_a_thing_is_goes_by_the_surface_of_its_box():
    segments, frame = blocks((0.1, 0.08, 0.05))
    surface_m2 = 0.1 * 0.08 + 0.1 * 0.05 + 0.08 * 0.05
    assert measure(segments, Size.SMALLEST, frame) == [pytest.approx(surface_m2, rel=0.1)]
    assert measure(segments, Size.LARGEST, frame) == [pytest.approx(1 / surface_m2, rel=0.1)]
    assert measure(segments, Size.THINNEST, frame) == [pytest.approx(0.08 * 0.05, rel=0.1)]
    assert measure(segments, Size.LONGEST, frame) == [pytest.approx(1 / 0.1, rel=0.06)]
    assert measure(segments, Size.TALLEST, frame) == [pytest.approx(20.0)]
    assert measure(segments, Size.LOWEST, frame) == [0.05]


def test_what_is_within_twelve_pixels_or_an_eighth_is_not_told_apart():
    assert ranked("ab", [100.0, 111.9], apart=TIE_PX) == ["a", "b"]
    assert ranked("ab", [112.1, 100.0], apart=TIE_PX) == ["b"]
    assert ranked("ab", [1.0, 1.11], ratio=TIE_RATIO) == ["a", "b"]
    assert ranked("ab", [1.13, 1.0], ratio=TIE_RATIO) == ["b"]
