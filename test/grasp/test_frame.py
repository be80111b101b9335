"""A frame's colour, depth and intrinsics cover the same pixels."""

from dataclasses import replace

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.errors import SizeMismatch
from rt_grasp_ros.grasp.frame import RgbdFrame

INTRINSICS = Intrinsics(60.0, 60.0, 31.5, 23.5, 64, 48)


def test_a_frame_of_one_size_is_taken():
    frame = RgbdFrame(
        np.zeros((48, 64, 3), np.uint8), np.ones((48, 64), np.float32), INTRINSICS, "camera", 0
    )
    assert frame.rgb.shape[:2] == frame.depth_m.shape


@pytest.mark.parametrize(
    "colour_shape, depth_shape, words",
    [((48, 64, 3), (24, 32), "32x24"), ((24, 32, 3), (24, 32), "camera_info is for 64x48")],
)
def test_a_frame_of_several_sizes_is_refused(colour_shape, depth_shape, words):
    with pytest.raises(SizeMismatch, match=words):
        RgbdFrame(
            np.zeros(colour_shape, np.uint8), np.ones(depth_shape, np.float32), INTRINSICS, "c", 0
        )


def test_a_frame_has_the_points_behind_its_pixels_once():
    depth_m = np.linspace(0.5, 1.5, 64 * 48, dtype=np.float32).reshape(48, 64)
    depth_m[3, 5] = np.nan
    frame = RgbdFrame(np.zeros((48, 64, 3), np.uint8), depth_m, INTRINSICS, "camera", 0)
    at = INTRINSICS.back_project(np.array([20.5, 30.5]), float(depth_m[30, 20]))
    np.testing.assert_allclose(frame.points_m[30, 20], at, rtol=1e-12)
    assert np.isnan(frame.points_m[3, 5]).all()
    assert frame.points_m is frame.points_m
    with pytest.raises(ValueError, match="read-only"):
        frame.points_m[0, 0] = 0.0
    nearer = replace(frame, depth_m=depth_m / 2)
    np.testing.assert_allclose(nearer.points_m[30, 20], at / 2, rtol=1e-6)
