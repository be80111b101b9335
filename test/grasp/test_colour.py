"""What cameras publish, brought to RGB."""

import cv2
import numpy as np
import pytest

from rt_grasp_ros.grasp.colour import decode_colour, decode_compressed_colour
from rt_grasp_ros.grasp.errors import EncodingUnknown, SizeMismatch

RED = (200, 60, 20)
RGB = np.full((4, 8, 3), RED, np.uint8)
Y, U, V = 98, 89, 193  # of RED by ITU-R BT.601, 16 to 235


def packed(*four):
    return np.tile(np.array(four, np.uint8), (4, 4))


def planes(*chroma):
    return np.concatenate([np.full(32, Y, np.uint8), *(np.array(c, np.uint8) for c in chroma)])


def bayer(first, second, third, fourth):
    return np.tile(np.array([[first, second], [third, fourth]], np.uint8), (2, 4))


R, G, B = RED
PICTURES = {
    "8UC3": RGB[..., ::-1],
    "8UC4": np.dstack([RGB[..., ::-1], np.full((4, 8), 255, np.uint8)]),
    "yuyv": packed(Y, U, Y, V),
    "yuv422_yuy2": packed(Y, U, Y, V),
    "uyvy": packed(U, Y, V, Y),
    "yuv422": packed(U, Y, V, Y),
    "NV12": planes([U, V] * 8),
    "nv21": planes([V, U] * 8),
    "i420": planes([U] * 8, [V] * 8),
    "yv12": planes([V] * 8, [U] * 8),
    "bayer_rggb8": bayer(R, G, G, B),
    "bayer_bggr8": bayer(B, G, G, R),
    "bayer_gbrg8": bayer(G, B, R, G),
    "bayer_grbg8": bayer(G, R, B, G),
}


@pytest.mark.parametrize("encoding", PICTURES)
def test_red_is_red(encoding):
    stored = PICTURES[encoding]
    is_planar = encoding.lower() in ("nv12", "nv21", "i420", "yv12")
    step = 8 if is_planar else stored.nbytes // 4
    rgb = decode_colour(stored.tobytes(), encoding, 8, 4, step)
    assert rgb.shape == (4, 8, 3) and rgb.dtype == np.uint8
    np.testing.assert_allclose(rgb[1:3, 2:6].reshape(-1, 3), [RED] * 8, atol=3)


@pytest.mark.parametrize("order", ["rggb", "bggr", "gbrg", "grbg"])
@pytest.mark.parametrize("is_bigendian", [False, True])
def test_bayer_of_sixteen_bits_in_either_byte_order(order, is_bigendian):
    deep = PICTURES[f"bayer_{order}8"].astype(np.uint16) * 256 + 7
    deep = deep.astype(">u2" if is_bigendian else "<u2")
    rgb = decode_colour(deep.tobytes(), f"bayer_{order}16", 8, 4, 16, is_bigendian)
    np.testing.assert_allclose(rgb[1, 3], RED, atol=2)


def test_padded_rows_of_two_planes():
    rows = np.pad(PICTURES["NV12"].reshape(6, 8), ((0, 0), (0, 8)), constant_values=7)
    rgb = decode_colour(rows.tobytes(), "nv12", 8, 4, 16)
    np.testing.assert_allclose(rgb[2, 3], RED, atol=3)


@pytest.mark.parametrize("encoding, width_px, height_px", [("yuyv", 7, 4), ("nv12", 8, 3)])
def test_an_odd_size_that_the_encoding_can_t_have_is_refused(encoding, width_px, height_px):
    with pytest.raises(SizeMismatch, match="shares"):
        decode_colour(bytes(200), encoding, width_px, height_px, 16)


@pytest.mark.parametrize("ending", [".jpg", ".png"])
def test_compressed_pictures(ending):
    data = cv2.imencode(ending, RGB[..., ::-1])[1].tobytes()
    np.testing.assert_allclose(decode_compressed_colour(data, "rgb8; jpeg"), RGB, atol=4)


@pytest.mark.parametrize("data", [b"", b"no picture"])
def test_what_is_compressed_otherwise_is_refused(data):
    with pytest.raises(EncodingUnknown, match="h264"):
        decode_compressed_colour(data, "h264")
