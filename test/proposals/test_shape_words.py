"""A thing's shape as depth measures it plainly is another one than a word says, or is not."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.proposals.segments import find_segments
from rt_grasp_ros.proposals.shape_words import contradicts, is_shape_word, measured_shape

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
