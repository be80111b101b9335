import array

import cv2
import numpy as np
import pytest
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from rt_grasp_ros.grasp.errors import EncodingUnknown, NoDepth, NoImage, SizeMismatch
from rt_grasp_ros.ros.messages.images import depth_m_from_image, image_from_array, rgb_from_image

pytestmark = pytest.mark.ros

PICTURE = np.random.default_rng(3).integers(0, 256, (6, 8, 3), dtype=np.uint8)


def message_of(pixels, encoding, padding_bytes=0, is_bigendian=0):
    rows = pixels.reshape(pixels.shape[0], -1).view(np.uint8)
    padded = np.pad(rows, ((0, 0), (0, padding_bytes)), constant_values=77)
    return Image(
        height=pixels.shape[0],
        width=pixels.shape[1],
        encoding=encoding,
        step=padded.shape[1],
        is_bigendian=is_bigendian,
        data=array.array("B", padded.tobytes()),
    )


@pytest.mark.parametrize("padding_bytes", [0, 5, 24])
@pytest.mark.parametrize(
    "encoding, conversion",
    [
        ("rgb8", None),
        ("bgr8", cv2.COLOR_RGB2BGR),
        ("rgba8", cv2.COLOR_RGB2RGBA),
        ("bgra8", cv2.COLOR_RGB2BGRA),
    ],
)
def test_colour_is_read_as_rgb_with_or_without_padded_rows(encoding, conversion, padding_bytes):
    stored = PICTURE if conversion is None else cv2.cvtColor(PICTURE, conversion)
    np.testing.assert_array_equal(
        rgb_from_image(message_of(stored, encoding, padding_bytes)), PICTURE
    )


def test_grey_gives_three_equal_channels():
    rgb = rgb_from_image(message_of(PICTURE[..., 0], "mono8", padding_bytes=3))
    np.testing.assert_array_equal(rgb, np.repeat(PICTURE[..., :1], 3, axis=-1))


def test_sixteen_bits_are_read_in_either_byte_order():
    deep = PICTURE.astype(np.uint16) * 257
    for is_bigendian, stored in enumerate((deep.astype("<u2"), deep.astype(">u2"))):
        rgb = rgb_from_image(message_of(stored, "rgb16", is_bigendian=is_bigendian))
        np.testing.assert_allclose(rgb, PICTURE, atol=1)


@pytest.mark.parametrize("encoding", ["bayer_rggb8", "yuv422", "yuv422_yuy2"])
def test_raw_sensor_encodings_of_a_grey_scene_come_out_grey(encoding):
    channels = 1 if encoding.startswith("bayer") else 2
    rgb = rgb_from_image(message_of(np.full((6, 8, channels), 128, np.uint8), encoding))
    np.testing.assert_allclose(rgb, np.full((6, 8, 3), 130), atol=4)


@pytest.mark.parametrize("encoding", ["", "rgb9", "16UC1", "8UC2", "jpeg", "\N{SNOWMAN}" * 500])
def test_an_unknown_encoding_is_refused_with_a_short_sentence(encoding):
    message = message_of(PICTURE, "rgb8")
    message.encoding = encoding
    with pytest.raises(EncodingUnknown, match="rgb8") as caught:
        rgb_from_image(message)
    assert len(caught.value.message) < 500


def test_an_image_without_pixels_is_refused():
    with pytest.raises(NoImage):
        rgb_from_image(Image(encoding="rgb8"))


@pytest.mark.parametrize("step, missing", [(24, 1), (20, 0), (0, 0)])
def test_too_few_bytes_are_refused(step, missing):
    message = message_of(PICTURE, "rgb8")
    message.step = step
    message.data = message.data[: len(message.data) - missing]
    with pytest.raises(SizeMismatch, match="8x6"):
        rgb_from_image(message)


@pytest.mark.parametrize("dtype, encoding, unit_m", [("u2", "16UC1", 0.001), ("f4", "32FC1", 1.0)])
@pytest.mark.parametrize("order, is_bigendian", [("<", 0), (">", 1)])
def test_depth_is_read_in_metres(dtype, encoding, unit_m, order, is_bigendian):
    depth = np.arange(48).reshape(6, 8).astype(dtype)
    message = message_of(depth.astype(order + dtype), encoding, 2, is_bigendian)
    depth_m = depth_m_from_image(message)
    assert np.isnan(depth_m[0, 0])
    np.testing.assert_allclose(depth_m.ravel()[1:], np.arange(1, 48) * unit_m, rtol=1e-6)


@pytest.mark.parametrize("dtype, encoding", [("u2", "16UC1"), ("f4", "32FC1")])
def test_depth_without_a_valid_pixel_is_refused(dtype, encoding):
    with pytest.raises(NoDepth):
        depth_m_from_image(message_of(np.zeros((6, 8), dtype), encoding))


def test_colour_is_not_depth():
    with pytest.raises(EncodingUnknown, match="16UC1"):
        depth_m_from_image(message_of(PICTURE, "rgb8"))


@pytest.mark.parametrize("dtype, unit_m", [(np.uint16, 0.001), (np.float32, 1.0)])
def test_depth_survives_the_round_trip(dtype, unit_m):
    depth = np.arange(1, 49).reshape(6, 8).astype(dtype)
    message = image_from_array(depth, Header(frame_id="camera"))
    assert message.header.frame_id == "camera"
    np.testing.assert_allclose(depth_m_from_image(message), depth * unit_m, rtol=1e-6)


def test_colour_survives_the_round_trip_from_a_view():
    mirrored = PICTURE[:, ::-1]
    np.testing.assert_array_equal(rgb_from_image(image_from_array(mirrored, Header())), mirrored)
