import math

import cv2
import numpy as np
import pytest
from geometry_msgs.msg import Pose, Quaternion
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from sensor_msgs.msg import CameraInfo, RegionOfInterest
from std_msgs.msg import Header

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import IntrinsicsInvalid, RequestInvalid
from rt_grasp_ros.grasp.grasp import Grasp
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.grasp.verdict import Verdict
from rt_grasp_ros.ros.messages import conversions

pytestmark = pytest.mark.ros

coordinates = st.floats(-10.0, 10.0)
rotations = st.tuples(*[st.floats(-3.0, 3.0)] * 3).map(Rotation.from_rotvec)
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


@st.composite
def transforms(draw):
    matrix = np.eye(4)
    matrix[:3, :3] = draw(rotations).as_matrix()
    matrix[:3, 3] = draw(st.tuples(coordinates, coordinates, coordinates))
    return matrix


@given(transforms())
def test_a_pose_survives_the_round_trip(matrix):
    pose = conversions.pose_from_matrix(matrix)
    np.testing.assert_allclose(conversions.matrix_from_pose(pose), matrix, atol=1e-9)
    assert pose.orientation.w >= 0.0


@given(transforms())
def test_a_transform_survives_the_round_trip(matrix):
    transform = conversions.transform_from_matrix(matrix)
    np.testing.assert_allclose(conversions.matrix_from_transform(transform), matrix, atol=1e-9)


def test_a_pose_has_the_quaternion_of_a_quarter_turn_about_z():
    matrix = np.array([[0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]], dtype=float)
    pose = conversions.pose_from_matrix(matrix)
    assert pose.orientation.z == pytest.approx(math.sqrt(0.5))
    assert (pose.position.x, pose.position.y, pose.position.z) == (1.0, 2.0, 3.0)


@pytest.mark.parametrize("w", [0.0, 2.0, math.nan])
def test_a_quaternion_that_is_not_of_unit_length_is_refused(w):
    with pytest.raises(RequestInvalid, match="unit quaternion"):
        conversions.matrix_from_pose(Pose(orientation=Quaternion(w=w)))


def test_a_position_that_is_not_finite_is_refused():
    pose = Pose()
    pose.position.x = math.inf
    with pytest.raises(RequestInvalid, match="finite"):
        conversions.matrix_from_pose(pose)


@given(rectangles)
def test_a_rectangle_survives_the_round_trip(rectangle):
    message = conversions.rectangle_to_message(rectangle)
    assert conversions.rectangle_from_message(message) == rectangle


@pytest.mark.parametrize("field", ["x_px", "theta_rad", "opening_px", "jaw_px"])
def test_a_rectangle_of_nonsense_is_refused(field):
    message = conversions.rectangle_to_message(GraspRectangle(10, 10, 0.1, 20, 10, 64, 48))
    setattr(message, field, math.nan)
    with pytest.raises(RequestInvalid, match="rectangle"):
        conversions.rectangle_from_message(message)


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
    message = conversions.grasp_to_message(grasp, header, "it is thin there", "grasp the mug")
    back = conversions.grasp_from_message(message)
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
    message = conversions.grasp_to_message(grasp, Header(), "", "")
    setattr(message, field, value)
    with pytest.raises(RequestInvalid):
        conversions.grasp_from_message(message)


def test_a_rejected_grasp_without_a_pose_survives_the_round_trip():
    grasp = Grasp(
        GraspRectangle(10, 10, 0.1, 20, 10, 64, 48),
        np.full((4, 4), math.nan),
        math.nan,
        rejected_code=ErrorCode.OPENING_TOO_WIDE,
        rejected_reason="too wide",
    )
    message = conversions.grasp_to_message(grasp, Header(), "", "")
    back = conversions.grasp_from_message(message)
    assert not back.has_pose
    assert back.rejected_code is ErrorCode.OPENING_TOO_WIDE
    message.rejected_code = int(ErrorCode.OK)
    with pytest.raises(RequestInvalid, match="finite"):
        conversions.grasp_from_message(message)


@given(st.integers(0, 2**31 * 1_000_000_000 - 1))
def test_a_stamp_survives_the_round_trip(stamp_ns):
    stamp = conversions.time_from_nanoseconds(stamp_ns)
    assert conversions.nanoseconds_from_time(stamp) == stamp_ns


def test_intrinsics_survive_the_round_trip():
    intrinsics = Intrinsics(600.0, 601.0, 319.5, 239.5, 640, 480)
    message = conversions.intrinsics_to_message(intrinsics, Header(frame_id="camera"))
    assert conversions.intrinsics_from_message(message) == intrinsics


@pytest.mark.parametrize("bad", [0.0, math.nan])
def test_an_uncalibrated_camera_is_refused(bad):
    message = CameraInfo(width=640, height=480, k=[bad] * 9)
    with pytest.raises(IntrinsicsInvalid, match="calibrate"):
        conversions.intrinsics_from_message(message)


def test_a_camera_without_a_size_is_refused():
    message = CameraInfo(k=[600.0, 0.0, 320.0, 0.0, 600.0, 240.0, 0.0, 0.0, 1.0])
    with pytest.raises(IntrinsicsInvalid, match="size"):
        conversions.intrinsics_from_message(message)


def test_region_and_binning_see_the_same_point_in_the_same_direction():
    full = conversions.intrinsics_to_message(Intrinsics(600, 600, 319.5, 239.5, 640, 480), Header())
    part = conversions.intrinsics_to_message(Intrinsics(600, 600, 319.5, 239.5, 640, 480), Header())
    part.roi = RegionOfInterest(x_offset=100, y_offset=40, width=400, height=300)
    part.binning_x = part.binning_y = 2
    point_m = np.array([0.05, -0.02, 0.6])
    in_full = conversions.intrinsics_from_message(full).project(point_m)
    binned = conversions.intrinsics_from_message(part)
    assert (binned.width_px, binned.height_px) == (200, 150)
    np.testing.assert_allclose(binned.project(point_m), (in_full - (100, 40)) / 2)


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
    message = conversions.verdict_to_message(verdict)
    assert conversions.verdict_from_message(message) == verdict


def test_a_verdict_with_a_code_of_a_later_version_stays_a_rejection():
    message = conversions.verdict_to_message(Verdict(0, False))
    message.rejected_code = 65535
    assert conversions.verdict_from_message(message).is_rejected


USB = {
    "width": 640,
    "height": 480,
    "distortion_model": "plumb_bob",
    "d": [-0.41, 0.21, -0.0011, 0.0008, 0.0],
    "k": [517.3, 0.0, 318.6, 0.0, 516.5, 255.3, 0.0, 0.0, 1.0],
    "p": [430.0, 0.0, 315.0, 0.0, 0.0, 460.0, 258.0, 0.0, 0.0, 0.0, 1.0, 0.0],
}


def test_raw_pictures_are_those_of_k_and_d():
    camera = conversions.intrinsics_from_message(CameraInfo(**USB))
    point_m = np.array([0.3, 0.2, 0.7])
    K, d = np.reshape(USB["k"], (3, 3)), np.array(USB["d"])
    pixel = cv2.projectPoints(point_m[None], np.zeros(3), np.zeros(3), K, d)[0].ravel() + 0.5
    np.testing.assert_allclose(camera.back_project(pixel, 0.7), point_m, atol=1e-6)


def test_rectified_pictures_are_those_of_p():
    camera = conversions.intrinsics_from_message(CameraInfo(**USB), is_rectified=True)
    assert camera == Intrinsics(430.0, 460.0, 315.0, 258.0, 640, 480)


def test_distortion_survives_the_round_trip():
    camera = conversions.intrinsics_from_message(CameraInfo(**USB))
    assert (
        conversions.intrinsics_from_message(conversions.intrinsics_to_message(camera, Header()))
        == camera
    )


@pytest.mark.parametrize(
    "changes, is_rectified",
    [
        ({"distortion_model": "omni"}, False),
        ({"p": [0.0] * 12}, True),
        ({"p": [430.0, 0, 315, -21.5, 0, 460, 258, 0, 0, 0, 1, 0]}, True),
        ({"k": [517.3, 0.0, 0.0, 0.0, 516.5, 0.0, 318.6, 255.3, 1.0]}, False),
        ({"width": 1280, "height": 960}, False),
    ],
)
def test_a_description_of_another_picture_is_refused(changes, is_rectified):
    info = USB | changes
    info["p"] = [float(number) for number in info["p"]]
    with pytest.raises(IntrinsicsInvalid):
        conversions.intrinsics_from_message(CameraInfo(**info), is_rectified)


def test_binning_keeps_the_lens():
    whole = conversions.intrinsics_from_message(CameraInfo(**USB))
    binned = conversions.intrinsics_from_message(CameraInfo(**USB, binning_x=2, binning_y=2))
    pixels = np.array([[500.0, 400.0]])
    np.testing.assert_allclose(
        binned.back_project(pixels / 2, 0.7), whole.back_project(pixels, 0.7), atol=1e-9
    )
