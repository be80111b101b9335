"""The grasp shown once more: a no rejects it, and the next place is shown."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.grasp import Grasp
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.target import Target
from rt_grasp_ros.language.yes_no import says_yes
from rt_grasp_ros.pipeline.second_look import checked, drawn_crop

MUG = Target("mug")
PICTURE = np.full((480, 640, 3), 128, np.uint8)


def grasp_at(x_px, x_m):
    T_camera_grasp = np.eye(4)
    T_camera_grasp[:3, 3] = x_m, 0, 0.7
    return Grasp(GraspRectangle(x_px, 240.0, 0.3, 60, 24, 640, 480), T_camera_grasp, 0.05)


GRASPS = [grasp_at(100, -0.2), grasp_at(110, -0.19), grasp_at(400, 0.1), grasp_at(600, 0.3)]


def codes(answers):
    replies = iter(answers)
    after = checked(PICTURE, GRASPS, MUG, lambda picture, question: next(replies))
    return [grasp.rejected_code for grasp in after]


OK, DOUBTED = ErrorCode.OK, ErrorCode.CHOICE_DOUBTED


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["Yes, it is."], [OK] * 4),
        (["No, a bowl.", "yes"], [DOUBTED, DOUBTED, OK, OK]),
        (["No.", "I am not sure.", "Yes"], [DOUBTED, DOUBTED, DOUBTED, OK]),
        (["No.", "No.", "No."], [DOUBTED] * 4),
    ],
)
def test_a_place_that_is_not_confirmed_is_rejected(answers, expected):
    assert codes(answers) == expected


def test_the_reason_is_the_model_s():
    after = checked(PICTURE, GRASPS[:1], MUG, lambda *_: "No, that is the kettle.")
    assert "does not see the mug between the fingers" in after[0].rejected_reason
    assert "that is the kettle" in after[0].rejected_reason


@pytest.mark.parametrize("x_px", [5.0, 320.0, 635.0])
def test_the_part_that_is_shown_holds_the_fingers_and_the_picture_is_not_drawn_into(x_px):
    picture = PICTURE.copy()
    crop = drawn_crop(picture, GraspRectangle(x_px, 240.0, 0.3, 60, 24, 640, 480))
    assert crop.shape == (448, 448, 3)
    assert (picture == PICTURE).all()
    magenta = (crop[..., 0] > 220) & (crop[..., 1] < 60) & (crop[..., 2] > 220)
    assert np.count_nonzero(magenta) > 50


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Yes.", True),
        ("**Yes**, the mug.", True),
        ("no, it is a bowl", False),
        ("The object is the mug, so yes.", True),
        ("It is a bowl. No", False),
        ("Not the mug.", False),
        ("I can't tell.", None),
    ],
)
def test_yes_and_no_in_their_shapes(text, said):
    assert says_yes(text) is said


def test_the_fingers_stand_at_the_ends_of_the_way_in_the_middle_of_the_part():
    """A part of 192 pixels, drawn 448 broad; the opening is 60 pixels, the jaws 24."""
    crop = drawn_crop(PICTURE, GraspRectangle(320.0, 240.0, 0.0, 60, 24, 640, 480)).astype(int)
    magenta = (crop[..., 0] > 200) & (crop[..., 1] < 80) & (crop[..., 2] > 200)
    rows, columns = np.nonzero(magenta)
    left, right = columns[columns < 224], columns[columns >= 224]
    assert left.mean() == pytest.approx((96 - 30) * 448 / 192, abs=4)
    assert right.mean() == pytest.approx((96 + 30) * 448 / 192, abs=4)
    assert np.ptp(left) < 12 and np.ptp(right) < 12
    assert rows.mean() == pytest.approx(224, abs=4)
    assert np.ptp(rows) == pytest.approx(24 * 448 / 192, abs=12)
    cyan = (crop[..., 0] < 90) & (crop[..., 1] > 180) & (crop[..., 2] > 180)
    rows, columns = np.nonzero(cyan)
    assert np.ptp(rows) < 12 and rows.mean() == pytest.approx(224, abs=4)
    assert columns.min() < 180 and columns.max() > 268
