"""A thing's shape as depth measures it plainly is another one than a word says, or is not."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.proposals.segments import find_segments
from rt_grasp_ros.proposals.shape_words import (
    contradicts,
    is_shape_word,
    measured_shape,
    shape_logits,
)

CAMERA = Intrinsics(600.0, 600.0, 320.0, 240.0, 640, 480)
ROWS, COLUMNS = np.mgrid[:480, :640]
X_M, Y_M = (COLUMNS - 320) * 0.7 / 600, (ROWS - 240) * 0.7 / 600
AWAY_M = np.hypot(X_M, Y_M)

BALL = np.where(AWAY_M < 0.03, 0.05, 0.0)
BOWL = np.where((AWAY_M < 0.05) & (AWAY_M > 0.035), 0.06, 0.0)
BAR = np.where((abs(X_M) < 0.09) & (abs(Y_M) < 0.012), 0.02, 0.0)
BRICK = np.where((abs(X_M) < 0.05) & (abs(Y_M) < 0.04), 0.06, 0.0)
BOW = np.where((abs(np.hypot(X_M, Y_M - 0.08) - 0.08) < 0.014) & (Y_M < 0.05), 0.03, 0.0)


def frame_and_segment(height_m):
    depth_m = (0.7 - height_m).astype(np.float32)
    frame = RgbdFrame(np.zeros((480, 640, 3), np.uint8), depth_m, CAMERA, "camera", 0)
    (segment,) = find_segments(frame, find_support(depth_m, CAMERA), fold_limits=(None,))
    return frame, segment


@pytest.mark.parametrize(
    ("thing", "words", "not_words"),
    [
        (BALL, ("round", "cylindrical"), ("long", "flat", "thin", "hollow", "rectangular", "bent")),
        (BOWL, ("round", "hollow"), ("long", "flat", "thin", "rectangular")),
        (
            BAR,
            ("long", "thin", "flat", "rectangular"),
            ("round", "hollow", "cylindrical", "curved"),
        ),
        (BRICK, ("rectangular",), ("round", "long", "thin", "flat", "hollow", "curved")),
        (BOW, ("curved", "bent", "flat"), ("rectangular", "cylindrical")),
    ],
)
def test_only_what_plainly_is_not_so_is_contradicted(thing, words, not_words):
    frame, segment = frame_and_segment(thing)
    assert [word for word in words if contradicts(word, frame, segment)] == []
    assert [word for word in not_words if not contradicts(word, frame, segment)] == []


def test_measures_are_those_of_the_table():
    shape = measured_shape(*frame_and_segment(BAR))
    assert shape.ratio == pytest.approx(7.5, rel=0.1)
    assert (shape.breadth_m, shape.height_m) == pytest.approx((0.024, 0.02), rel=0.1)
    assert shape.fill == pytest.approx(1.0, abs=0.02)
    assert measured_shape(*frame_and_segment(BOWL)).middle == pytest.approx(0.0, abs=0.05)


def test_other_words_say_nothing_of_a_shape():
    assert is_shape_word("round")
    assert not is_shape_word("mug")
    assert not is_shape_word("round mug")
    assert not contradicts("mug", *frame_and_segment(BAR))


@pytest.mark.parametrize(
    ("word", "having", "others"),
    [
        ("round", BALL, (BAR, BRICK, BOW)),
        ("long", BAR, (BALL, BOWL, BRICK, BOW)),
        ("thin", BAR, (BALL, BOWL, BRICK)),
        ("flat", BAR, (BALL, BOWL, BRICK)),
        ("hollow", BOWL, (BALL, BAR, BRICK)),
        ("rectangular", BRICK, (BALL, BOWL, BOW)),
        ("curved", BOW, (BALL, BAR, BRICK)),
        ("bent", BOW, (BALL, BAR, BRICK)),
        ("cylindrical", BALL, (BAR, BOW)),
    ],
)
def test_what_has_a_shape_fits_its_word_better_than_what_has_not(word, having, others):
    has = shape_logits(word, *_one(having))[0]
    lack = [shape_logits(word, *_one(one))[0] for one in others]
    assert has > max(lack) + 0.5
    assert -6.0 <= min(lack) <= has <= 2.0
    assert has > 0.0


def _one(height_m):
    frame, segment = frame_and_segment(height_m)
    return frame, [segment]


def test_no_things_have_no_shape_and_what_depth_does_not_show_lacks_any():
    frame, segment = frame_and_segment(BRICK)
    assert shape_logits("round", frame, []).shape == (0,)
    frame.depth_m[segment.mask] = np.nan
    assert shape_logits(
        "rectangular", RgbdFrame(frame.rgb, frame.depth_m, CAMERA, "c", 0), [segment]
    ) == [-6.0]
