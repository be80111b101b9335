import numpy as np
import pytest

from rt_grasp_ros.browser import texts
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.grasp import Grasp
from rt_grasp_ros.grasp.rectangle import GraspRectangle

MISCHIEF = "<script>alert('x')</script> {1+1} & \"more\""


def grasp(**fields):
    rectangle = GraspRectangle(160.0, 120.0, 0.0, 40.0, 15.0, 320, 240)
    return Grasp(rectangle=rectangle, T_camera_grasp=np.eye(4), opening_m=0.06, **fields)


@pytest.mark.parametrize(
    "html",
    [
        texts.paragraph(MISCHIEF),
        texts.reasoning_html(MISCHIEF),
        texts.result_html(MISCHIEF, True),
        texts.problems_html([MISCHIEF]),
        texts.candidates_html(
            [grasp(rejected_code=ErrorCode.OUT_OF_REACH, rejected_reason=MISCHIEF)]
        ),
    ],
)
def test_what_comes_from_outside_is_text_and_no_markup(html):
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "&quot;more&quot;" in html


def test_candidates_have_a_row_each_and_rejected_ones_are_grey_with_their_reason():
    reason = "The arm cannot reach it."
    rejected = grasp(rejected_code=ErrorCode.OUT_OF_REACH, rejected_reason=reason, score=0.25)
    good, bad = texts.candidates_html([grasp(score=0.5), rejected]).split("<tr")[2:]
    assert "0.50" in good and "60 mm" in good and "can be executed" in good
    assert "opacity" not in good
    assert "0.25" in bad and reason in bad and "opacity" in bad


def test_a_candidate_without_a_pose_has_no_opening():
    nowhere = Grasp(
        rectangle=grasp().rectangle,
        T_camera_grasp=np.full((4, 4), np.nan),
        opening_m=float("nan"),
        rejected_code=ErrorCode.DEPTH_INVALID_AT_GRASP,
        rejected_reason="No depth.",
    )
    assert "nan" not in texts.candidates_html([nowhere])


def test_nothing_is_said_to_be_missing_where_nothing_is():
    assert "all there" in texts.problems_html([])
    two = texts.problems_html(["No camera.", "No arm."])
    assert two.count("<p") == 2 and "all there" not in two
