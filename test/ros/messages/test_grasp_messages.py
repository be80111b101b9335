"""Rectangles, grasps and verdicts survive the way to messages and back; nonsense is refused."""

import math

import numpy as np
import pytest
from drawn_transforms import transforms
from hypothesis import given
from hypothesis import strategies as st
from std_msgs.msg import Header

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.grasp.grasp import Grasp
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.grasp.verdict import Verdict
from rt_grasp_ros.ros.messages.grasps import (
    grasp_from_message,
    grasp_to_message,
    rectangle_from_message,
    rectangle_to_message,
    verdict_from_message,
    verdict_to_message,
)

pytestmark = pytest.mark.ros
rectangles = st.builds(
    GraspRectangle,
    x_px=st.floats(-100, 2000),
    y_px=st.floats(-100, 2000),
    theta_rad=st.floats(-10, 10),
    opening_px=st.floats(0.1, 500),
    jaw_px=st.floats(0.1, 500),
    image_width_px=st.integers(1, 4096),
    image_height_px=st.integers(1, 4096),
)


@given(rectangles)
def test_a_rectangle_survives_the_round_trip(rectangle):
    message = rectangle_to_message(rectangle)
    assert rectangle_from_message(message) == rectangle


@pytest.mark.parametrize("field", ["x_px", "theta_rad", "opening_px", "jaw_px"])
def test_a_rectangle_of_nonsense_is_refused(field):
    message = rectangle_to_message(GraspRectangle(10, 10, 0.1, 20, 10, 64, 48))
    setattr(message, field, math.nan)
    with pytest.raises(RequestInvalid, match="rectangle"):
        rectangle_from_message(message)


@given(
    rectangles,
    transforms(),
    st.floats(0.001, 0.5),
    st.floats(0.0, 1.0),
    st.sampled_from(ErrorCode),
    st.text(st.characters(codec="utf-8", exclude_characters="\0")),
)
def test_a_grasp_survives_the_round_trip(rectangle, matrix, opening_m, score, code, reason):
    grasp = Grasp(rectangle, matrix, opening_m, None, score, code, reason)
    header = Header(frame_id="camera")
    message = grasp_to_message(grasp, header, "it is thin there", "grasp the mug")
    back = grasp_from_message(message)
    assert (message.header, message.reasoning) == (header, "it is thin there")
    assert message.command == "grasp the mug"
    np.testing.assert_allclose(back.T_camera_grasp, matrix, atol=1e-9)
    approach = [message.approach.x, message.approach.y, message.approach.z]
    np.testing.assert_allclose(approach, matrix[:3, 2])
    assert (back.rectangle, back.opening_m, back.score) == (rectangle, opening_m, score)
    assert (back.rejected_code, back.rejected_reason) == (code, reason)


@pytest.mark.parametrize(
    "field, value",
    [("opening_m", 0.0), ("opening_m", math.nan), ("score", 1.5), ("rejected_code", 7)],
)
def test_a_grasp_out_of_bounds_is_refused(field, value):
    grasp = Grasp(GraspRectangle(10, 10, 0.1, 20, 10, 64, 48), np.eye(4), 0.04)
    message = grasp_to_message(grasp, Header(), "", "")
    setattr(message, field, value)
    with pytest.raises(RequestInvalid):
        grasp_from_message(message)


def test_a_rejected_grasp_without_a_pose_survives_the_round_trip():
    grasp = Grasp(
        GraspRectangle(10, 10, 0.1, 20, 10, 64, 48),
        np.full((4, 4), math.nan),
        math.nan,
        rejected_code=ErrorCode.OPENING_TOO_WIDE,
        rejected_reason="too wide",
    )
    message = grasp_to_message(grasp, Header(), "", "")
    back = grasp_from_message(message)
    assert not back.has_pose
    assert back.rejected_code is ErrorCode.OPENING_TOO_WIDE
    message.rejected_code = int(ErrorCode.OK)
    with pytest.raises(RequestInvalid, match="finite"):
        grasp_from_message(message)


@given(
    st.builds(
        Verdict,
        grasp_index=st.integers(0, 15),
        is_twin=st.booleans(),
        rejected_code=st.sampled_from(ErrorCode),
        rejected_reason=st.text(max_size=20),
    )
)
def test_a_verdict_survives_the_round_trip(verdict):
    message = verdict_to_message(verdict)
    assert verdict_from_message(message) == verdict


def test_a_verdict_with_a_code_of_a_later_version_stays_a_rejection():
    message = verdict_to_message(Verdict(0, False))
    message.rejected_code = 65535
    assert verdict_from_message(message).is_rejected
