"""Arrays as msgpack-numpy writes them: read back, and nothing but plain numbers."""

import numpy as np
import pytest

from rt_grasp_ros.proposals.outside.array_wire import packed, unpacked


@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<i8", "|u1", "|b1"])
def test_what_is_written_is_read_back(dtype):
    array = np.arange(12).reshape(3, 4).astype(dtype)
    read = unpacked(packed(array))
    assert read.dtype == array.dtype
    np.testing.assert_array_equal(read, array)


def test_it_is_written_as_the_servers_package_reads_it():
    assert packed(np.array([[1.0]], np.float32)) == {
        b"nd": True,
        b"type": "<f4",
        b"kind": b"",
        b"shape": [1, 1],
        b"data": b"\x00\x00\x80?",
    }


def test_what_is_no_array_is_left_as_it_is():
    for value in (None, 3, [1.0], {"nd": True}, {b"nd": False}):
        assert unpacked(value) is value


@pytest.mark.parametrize(
    "change",
    [
        {b"kind": b"O", b"type": "|O"},
        {b"type": "|O"},
        {b"type": "|S4"},
        {b"kind": b"V"},
        {b"type": "nonsense"},
        {b"type": None},
        {b"data": b"\x00"},
        {b"data": None},
        {b"shape": [7]},
        {b"shape": None},
    ],
    ids=str,
)
def test_objects_and_broken_arrays_are_refused(change):
    with pytest.raises(ValueError, match=r"array|reshape|buffer"):
        unpacked({**packed(np.zeros(3, np.float32)), **change})
