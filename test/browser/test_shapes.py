import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.browser.shapes import MAX_POINTS, coloured_cloud, polyline
from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame

T_BASE_CAMERA = np.array([[0.0, -1, 0, 0.5], [-1, 0, 0, 0], [0, 0, -1, 0.7], [0, 0, 0, 1]])


def frame(width_px=64, height_px=48, depth_m=0.5):
    intrinsics = Intrinsics(
        60.0, 60.0, width_px / 2 - 0.5, height_px / 2 - 0.5, width_px, height_px
    )
    rgb = np.zeros((height_px, width_px, 3), np.uint8)
    return RgbdFrame(
        rgb=rgb,
        depth_m=np.full((height_px, width_px), depth_m, np.float32),
        intrinsics=intrinsics,
        frame_id="camera",
        stamp_ns=1,
    )


def test_points_lie_where_the_camera_sees_them_and_have_its_colours():
    seen = frame()
    seen.rgb[10, 20] = (200, 100, 50)
    seen.depth_m[10, 20] = 0.4
    cloud = coloured_cloud(seen, T_BASE_CAMERA)
    assert cloud.points_m.shape == cloud.colours_rgb.shape == (64 * 48, 3)
    [index] = np.flatnonzero(cloud.colours_rgb[:, 0] == 200)
    in_camera = seen.intrinsics.back_project(np.array([20.5, 10.5]), 0.4)
    expected = T_BASE_CAMERA[:3, :3] @ in_camera + T_BASE_CAMERA[:3, 3]
    np.testing.assert_allclose(cloud.points_m[index], expected, atol=1e-6)
    np.testing.assert_allclose(np.delete(cloud.points_m[:, 2], index), 0.2, atol=1e-6)


@pytest.mark.parametrize("invalid_m", [np.nan, 0.0, -1.0])
def test_pixels_without_depth_are_left_out(invalid_m):
    seen = frame()
    seen.depth_m[:24] = invalid_m
    assert len(coloured_cloud(seen, T_BASE_CAMERA).points_m) == 64 * 24


@given(width_px=st.integers(2, 1920), height_px=st.integers(2, 1080))
def test_a_large_picture_is_thinned(width_px, height_px):
    cloud = coloured_cloud(frame(width_px, height_px), np.eye(4))
    assert 0 < len(cloud.points_m) <= MAX_POINTS + width_px + height_px


def test_a_line_runs_through_its_points():
    points_m = np.arange(9.0).reshape(3, 3)
    line = polyline(points_m, (1, 2, 3), 0.01)
    np.testing.assert_array_equal(line.segments_m, [points_m[:2], points_m[1:]])
    assert polyline(np.empty((0, 3)), (1, 2, 3), 0.01).segments_m.shape == (0, 2, 3)
