"""What camera_info says of raw and rectified pictures, regions and binning."""

import math

import cv2
import numpy as np
import pytest
from sensor_msgs.msg import CameraInfo, RegionOfInterest
from std_msgs.msg import Header

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.errors import IntrinsicsInvalid
from rt_grasp_ros.ros.messages.camera_info import intrinsics_from_message, intrinsics_to_message

pytestmark = pytest.mark.ros


def test_intrinsics_survive_the_round_trip():
    intrinsics = Intrinsics(600.0, 601.0, 319.5, 239.5, 640, 480)
    message = intrinsics_to_message(intrinsics, Header(frame_id="camera"))
    assert intrinsics_from_message(message) == intrinsics


@pytest.mark.parametrize("bad", [0.0, math.nan])
def test_an_uncalibrated_camera_is_refused(bad):
    message = CameraInfo(width=640, height=480, k=[bad] * 9)
    with pytest.raises(IntrinsicsInvalid, match="calibrate"):
        intrinsics_from_message(message)


def test_a_camera_without_a_size_is_refused():
    message = CameraInfo(k=[600.0, 0.0, 320.0, 0.0, 600.0, 240.0, 0.0, 0.0, 1.0])
    with pytest.raises(IntrinsicsInvalid, match="size"):
        intrinsics_from_message(message)


def test_region_and_binning_see_the_same_point_in_the_same_direction():
    full = intrinsics_to_message(Intrinsics(600, 600, 319.5, 239.5, 640, 480), Header())
    part = intrinsics_to_message(Intrinsics(600, 600, 319.5, 239.5, 640, 480), Header())
    part.roi = RegionOfInterest(x_offset=100, y_offset=40, width=400, height=300)
    part.binning_x = part.binning_y = 2
    point_m = np.array([0.05, -0.02, 0.6])
    in_full = intrinsics_from_message(full).project(point_m)
    binned = intrinsics_from_message(part)
    assert (binned.width_px, binned.height_px) == (200, 150)
    np.testing.assert_allclose(binned.project(point_m), (in_full - (100, 40)) / 2)


USB = {
    "width": 640,
    "height": 480,
    "distortion_model": "plumb_bob",
    "d": [-0.41, 0.21, -0.0011, 0.0008, 0.0],
    "k": [517.3, 0.0, 318.6, 0.0, 516.5, 255.3, 0.0, 0.0, 1.0],
    "p": [430.0, 0.0, 315.0, 0.0, 0.0, 460.0, 258.0, 0.0, 0.0, 0.0, 1.0, 0.0],
}


def test_raw_pictures_are_those_of_k_and_d():
    camera = intrinsics_from_message(CameraInfo(**USB))
    point_m = np.array([0.3, 0.2, 0.7])
    K, d = np.reshape(USB["k"], (3, 3)), np.array(USB["d"])
    pixel = cv2.projectPoints(point_m[None], np.zeros(3), np.zeros(3), K, d)[0].ravel() + 0.5
    np.testing.assert_allclose(camera.back_project(pixel, 0.7), point_m, atol=1e-6)


def test_rectified_pictures_are_those_of_p():
    camera = intrinsics_from_message(CameraInfo(**USB), is_rectified=True)
    assert camera == Intrinsics(430.0, 460.0, 315.0, 258.0, 640, 480)


def test_distortion_survives_the_round_trip():
    camera = intrinsics_from_message(CameraInfo(**USB))
    assert intrinsics_from_message(intrinsics_to_message(camera, Header())) == camera


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
        intrinsics_from_message(CameraInfo(**info), is_rectified)


def test_binning_keeps_the_lens():
    whole = intrinsics_from_message(CameraInfo(**USB))
    binned = intrinsics_from_message(CameraInfo(**USB, binning_x=2, binning_y=2))
    pixels = np.array([[500.0, 400.0]])
    np.testing.assert_allclose(
        binned.back_project(pixels / 2, 0.7), whole.back_project(pixels, 0.7), atol=1e-9
    )
