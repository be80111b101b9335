"""Pixels to rays and back, and what is refused as a camera."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tabletop import VGA

from rt_grasp_ros.grasp.camera import Intrinsics, intrinsics_of_matrix
from rt_grasp_ros.grasp.distortion import distortion_of
from rt_grasp_ros.grasp.errors import IntrinsicsInvalid


@given(x_px=st.floats(0, 640), y_px=st.floats(0, 480), depth_m=st.floats(0.1, 5))
def test_there_and_back(x_px, y_px, depth_m):
    point_m = VGA.back_project(np.array([x_px, y_px]), depth_m)
    assert point_m[2] == depth_m
    np.testing.assert_allclose(VGA.project(point_m), [x_px, y_px], atol=1e-9)


def test_centre_of_the_first_pixel_is_zero_in_ros():
    centred = Intrinsics(500.0, 500.0, 0.0, 0.0, 640, 480)
    np.testing.assert_allclose(centred.back_project(np.array([0.5, 0.5]), 1.0), [0, 0, 1])


def test_many_pixels_at_once():
    pixels = np.array([[[1.0, 2.0], [3.0, 4.0]]])
    points_m = VGA.back_project(pixels, np.array([[0.5, 0.6]]))
    assert points_m.shape == (1, 2, 3)
    np.testing.assert_allclose(VGA.project(points_m), pixels)


@pytest.mark.parametrize(
    "lens",
    [None, distortion_of("plumb_bob", [0.1, -0.2, 0.001, 0.002, 0.05])],
    ids=["none", "lens"],
)
def test_all_pixels_are_those_one_by_one(lens):
    camera = Intrinsics(60.0, 58.0, 31.2, 22.9, 64, 48, lens)
    depth_m = np.random.default_rng(0).uniform(0.4, 1.2, (48, 64)).astype(np.float32)
    rows, columns = np.indices(depth_m.shape) + 0.5
    one_by_one_m = camera.back_project(np.stack([columns, rows], axis=-1), depth_m)
    np.testing.assert_array_equal(camera.back_project_all(depth_m), one_by_one_m)


@pytest.mark.parametrize(
    ("fx_px", "cx_px"), [(0.0, 0.0), (-500.0, 320.0), (math.nan, 320.0), (500.0, math.inf)]
)
def test_refuses_a_camera_without_calibration(fx_px, cx_px):
    with pytest.raises(IntrinsicsInvalid, match="calibrate"):
        Intrinsics(fx_px, 500.0, cx_px, 240.0, 640, 480)


@pytest.mark.parametrize(
    "matrix",
    [
        [[500.0, 0, 320], [1.0, 500, 240], [0, 0, 1]],
        [[500.0, 0, 320], [0, 500, 240], [1.0, 0, 1]],
        [[500.0, 0, 0], [0, 500, 0], [320, 240, 1]],
        [[500.0, 0.6, 320], [0, 500, 240], [0, 0, 1]],
    ],
)
def test_what_is_no_camera_matrix_is_refused(matrix):
    with pytest.raises(IntrinsicsInvalid, match="no camera matrix"):
        intrinsics_of_matrix(np.array(matrix), 640, 480)


def test_skew_of_a_thousandth_is_let_pass():
    matrix = np.array([[500.0, 0.4, 320], [0, 501, 240], [0, 0, 1]])
    seen = intrinsics_of_matrix(matrix, 640, 480)
    assert (seen.fx_px, seen.fy_px, seen.cx_px, seen.cy_px) == (500.0, 501.0, 320.0, 240.0)
