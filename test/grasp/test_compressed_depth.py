"""Depth as compressedDepth topics carry it."""

import struct

import cv2
import numpy as np
import pytest

from rt_grasp_ros.grasp.compressed_depth import decompress_depth
from rt_grasp_ros.grasp.errors import EncodingUnknown

COUNTS = np.random.default_rng(3).integers(600, 900, (24, 32)).astype(np.uint16)
COUNTS[3:7, 5:20] = 0
COUNTS[:2] = 0


def rvl(counts):
    """Wilson's encoder, number by number."""
    nibbles = []

    def put(number):
        while True:
            group, number = number & 7, number >> 3
            nibbles.append(group | (8 if number else 0))
            if not number:
                return

    flat, at, last = counts.ravel().astype(int).tolist(), 0, 0
    while at < len(flat):
        begin = at
        while at < len(flat) and flat[at] == 0:
            at += 1
        put(at - begin)
        begin = at
        while at < len(flat) and flat[at] != 0:
            at += 1
        put(at - begin)
        for value in flat[begin:at]:
            step = value - last
            put((step << 1) ^ (step >> 31))
            last = value
    nibbles += [0] * (-len(nibbles) % 8)
    words = [
        sum(nibble << (28 - 4 * place) for place, nibble in enumerate(nibbles[i : i + 8]))
        for i in range(0, len(nibbles), 8)
    ]
    return struct.pack("<ii", counts.shape[1], counts.shape[0]) + struct.pack(
        f"<{len(words)}I", *words
    )


def png(counts):
    return cv2.imencode(".png", counts)[1].tobytes()


@pytest.mark.parametrize(
    "name, body",
    [
        ("16UC1; compressedDepth", png(COUNTS)),
        ("16UC1; compressedDepth png", png(COUNTS)),
        ("16UC1; compressedDepth rvl", rvl(COUNTS)),
    ],
)
def test_counts_come_out_as_they_went_in(name, body):
    counts, encoding = decompress_depth(bytes(12) + body, name)
    assert encoding == "16UC1"
    np.testing.assert_array_equal(counts, COUNTS)


@pytest.mark.parametrize("body, name", [(png, "png"), (rvl, "rvl")])
def test_metres_are_the_inverse_of_what_is_stored(body, name):
    a, b = 100.0, 5.0
    stored = np.where(COUNTS > 0, COUNTS, 0).astype(np.uint16)
    data = struct.pack("<iff", 1, a, b) + body(stored)
    depth_m, encoding = decompress_depth(data, f"32FC1; compressedDepth {name}")
    assert encoding == "32FC1" and np.isnan(depth_m[0, 0])
    assert depth_m[10, 3] == pytest.approx(a / (float(COUNTS[10, 3]) - b))


@pytest.mark.parametrize(
    "data, name",
    [
        (b"", "16UC1; compressedDepth png"),
        (bytes(12) + b"\xff\xd8\xff", "16UC1; jpeg"),
        (png(COUNTS), "32FC1; compressedDepth png"),
        (bytes(12) + rvl(COUNTS)[:40], "16UC1; compressedDepth rvl"),
        (bytes(12) + struct.pack("<ii", 1 << 20, 1 << 20), "16UC1; compressedDepth rvl"),
        (bytes(12) + png(COUNTS.astype(np.uint8)), "16UC1; compressedDepth png"),
    ],
)
def test_what_is_no_depth_is_refused(data, name):
    with pytest.raises(EncodingUnknown, match="compressedDepth"):
        decompress_depth(data, name)


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-1, 5), (5, -1)])
def test_rvl_of_no_pixels_is_refused(size):
    body = b"\0" * 12 + struct.pack("<ii", *size) + b"\0" * 8
    with pytest.raises(EncodingUnknown):
        decompress_depth(body, "16UC1; compressedDepth rvl")


def test_rvl_that_ends_within_a_number_is_refused():
    body = b"\0" * 12 + struct.pack("<ii", 8, 8) + b"\xff" * 4
    with pytest.raises(EncodingUnknown):
        decompress_depth(body, "16UC1; compressedDepth rvl")


def test_rvl_without_a_spare_nibble_is_read():
    """Nothing but 2^18 zeros fills one word to its last nibble."""
    stream = rvl(np.zeros((512, 512), np.uint16))
    assert len(stream) == 12
    depth, _ = decompress_depth(b"\0" * 12 + stream, "16UC1; compressedDepth rvl")
    assert depth.shape == (512, 512) and not depth.any()
