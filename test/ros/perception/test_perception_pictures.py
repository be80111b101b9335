"""Pictures that are bad, old or missing end a command with what is wrong with them."""

import math

import numpy as np
import pytest
from active_perception import COMMAND, perception_node, refused
from world import FakeCamera, User

from rt_grasp_ros.grasp.error_code import ErrorCode

pytestmark = pytest.mark.ros


def zero_depth(colour, depth, info):
    depth.data = bytes(len(depth.data))


def nan_depth(colour, depth, info):
    depth.encoding, depth.step = "32FC1", depth.width * 4
    depth.data = np.full((240, 320), math.nan, np.float32).tobytes()


def other_depth_size(colour, depth, info):
    depth.height //= 2
    depth.data = depth.data[: depth.step * depth.height]


def other_info_size(colour, depth, info):
    info.width, info.height = 640, 480


def zero_k(colour, depth, info):
    info.k = [0.0] * 9


def other_depth_frame(colour, depth, info):
    depth.header.frame_id = "camera_depth_optical_frame"


def other_info_frame(colour, depth, info):
    info.header.frame_id = "camera_infra1_optical_frame"


def odd_colour_encoding(colour, depth, info):
    colour.encoding = "h265"


def odd_depth_encoding(colour, depth, info):
    depth.encoding = "compressedDepth"


def cut_short(colour, depth, info):
    colour.data = colour.data[:100]


def empty_picture(colour, depth, info):
    colour.width = colour.height = 0


@pytest.mark.parametrize(
    "spoil, code, words",
    [
        (zero_depth, ErrorCode.NO_DEPTH, ["depth sensor"]),
        (nan_depth, ErrorCode.NO_DEPTH, ["depth sensor"]),
        (other_depth_size, ErrorCode.SIZE_MISMATCH, ["320x120", "320x240"]),
        (other_info_size, ErrorCode.SIZE_MISMATCH, ["640x480", "320x240"]),
        (zero_k, ErrorCode.INTRINSICS_INVALID, ["calibrate"]),
        (other_info_frame, ErrorCode.INTRINSICS_INVALID, ["camera_infra1_optical_frame"]),
        (other_depth_frame, ErrorCode.DEPTH_NOT_REGISTERED, ["camera_depth", "registration"]),
        (odd_colour_encoding, ErrorCode.ENCODING_UNKNOWN, ["h265", "rgb8"]),
        (odd_depth_encoding, ErrorCode.ENCODING_UNKNOWN, ["compressedDepth", "16UC1"]),
        (cut_short, ErrorCode.SIZE_MISMATCH, ["100 bytes"]),
        (empty_picture, ErrorCode.NO_IMAGE, ["no pixels"]),
    ],
)
def test_a_bad_picture_is_named(camera, user, spoil, code, words):
    camera.change(spoil=spoil)
    refused(user.ask(COMMAND), code, *words)


@pytest.mark.parametrize(
    "age_s, depth_age_s, words",
    [
        (300.0, 0.0, ["colour image is 30", "camera is running"]),
        (0.0, 300.0, ["depth image is 30"]),
        (-300.0, 0.0, ["in the future", "clocks"]),
    ],
)
def test_a_stale_picture_is_refused(camera, user, age_s, depth_age_s, words):
    camera.change(age_s=age_s, depth_age_s=depth_age_s)
    refused(user.ask(COMMAND), ErrorCode.FRAME_STALE, *words)


def test_a_camera_that_stopped_is_stale(camera, user):
    camera.change(silent={"colour", "depth", "info"})
    refused(user.ask(COMMAND), ErrorCode.FRAME_STALE, "old")


def test_a_missing_topic_is_named(world, camera, user):
    node = perception_node(world, namespace="deaf")
    lonely_user = world.add(User(world, namespace="deaf"))
    lonely_camera = world.add(FakeCamera(world, namespace="deaf"))
    silent = {"colour", "depth", "info"}
    lonely_camera.change(silent={*silent})
    for code, topic, came in (
        (ErrorCode.NO_IMAGE, "camera/color/image_raw", "colour"),
        (ErrorCode.NO_DEPTH, "camera/aligned_depth_to_color/image_raw", "depth"),
        (ErrorCode.NO_CAMERA_INFO, "camera/color/camera_info", "info"),
    ):
        refused(lonely_user.ask(COMMAND), code, topic)
        silent.remove(came)
        lonely_camera.change(silent={*silent})
    assert lonely_user.ask(COMMAND).error_code == ErrorCode.OK
    for done in (lonely_user, lonely_camera, node):
        world.remove(done)
