"""A marker of known pose says in all six numbers how far the camera is off."""

import math

import numpy as np
import pytest
from drawn_marker import draw_marker
from scipy.spatial.transform import Rotation
from tabletop import VGA, look_at_table, render_depth

from rt_grasp_ros.doctor.fiducial import (
    Fiducial,
    FiducialNotSeen,
    fiducial_deviation,
    view_fiducial,
)
from rt_grasp_ros.grasp.errors import RequestInvalid

FAMILY, MARKER_ID, SIZE_M = "DICT_4X4_50", 7, 0.12
T_BASE_MARKER = np.eye(4)
T_BASE_MARKER[:3, :3] = Rotation.from_euler("z", 0.3).as_matrix()
T_BASE_MARKER[:2, 3] = [0.03, -0.02]
FIDUCIAL = Fiducial(FAMILY, MARKER_ID, SIZE_M, T_BASE_MARKER)


@pytest.fixture(scope="module", params=[0.0, 0.6])
def picture(request):
    """Colour and depth of the marker, and the true pose of the camera."""
    T_base_camera = look_at_table(0.7, request.param, 0.2)
    rgb = draw_marker(VGA, T_base_camera, FAMILY, MARKER_ID, SIZE_M, T_BASE_MARKER)
    return rgb, render_depth(VGA, T_base_camera, []), T_base_camera


def deviation(picture, T_base_camera, fiducial=FIDUCIAL):
    rgb, depth_m, _ = picture
    view = view_fiducial(rgb, depth_m, VGA, T_base_camera, fiducial)
    return fiducial_deviation([view], fiducial)


def test_a_camera_in_its_place_sees_the_marker_in_its_place(picture):
    off = deviation(picture, picture[2])
    assert np.linalg.norm(off.shift_m) < 5e-4
    assert math.degrees(np.linalg.norm(off.turn_rotvec)) < 0.2
    assert off.size_ratio == pytest.approx(1.0, abs=0.01)


def test_a_wrong_pose_is_found_and_put_right(picture):
    off_by = np.eye(4)
    turn_rotvec = np.radians([1.0, -0.8, 1.2])
    off_by[:3, :3] = Rotation.from_rotvec(turn_rotvec).as_matrix()
    off_by[:3, 3] = [0.004, -0.009, 0.012]
    wrong = off_by @ picture[2]
    off = deviation(picture, wrong)
    expected_m = (off_by @ T_BASE_MARKER - T_BASE_MARKER)[:3, 3]
    np.testing.assert_allclose(off.shift_m, expected_m, atol=1e-3)
    np.testing.assert_allclose(off.turn_rotvec, turn_rotvec, atol=math.radians(0.2))
    np.testing.assert_allclose(off.corrected(wrong)[:3, 3], picture[2][:3, 3], atol=3e-3)
    np.testing.assert_allclose(off.corrected(wrong)[:3, :3], picture[2][:3, :3], atol=4e-3)


def test_depth_of_another_scale_shows_as_a_marker_of_another_size(picture):
    rgb, depth_m, T_base_camera = picture
    off = deviation((rgb, depth_m * np.float32(1.1), T_base_camera), T_base_camera)
    assert off.size_ratio == pytest.approx(1.1, abs=0.01)


def test_spread_is_that_of_the_pictures(picture):
    rgb, depth_m, T_base_camera = picture
    view = view_fiducial(rgb, depth_m, VGA, T_base_camera, FIDUCIAL)
    moved = T_base_camera.copy()
    moved[0, 3] += 0.004
    other = view_fiducial(rgb, depth_m, VGA, moved, FIDUCIAL)
    off = fiducial_deviation([view, other], FIDUCIAL)
    assert off.shift_spread_m == pytest.approx(0.002, abs=1e-6)
    assert off.turn_spread_rad == pytest.approx(0.0, abs=1e-6)
    assert off.pictures == 2


def test_another_marker_is_not_taken_for_it(picture):
    other = Fiducial(FAMILY, MARKER_ID + 1, SIZE_M, T_BASE_MARKER)
    with pytest.raises(FiducialNotSeen, match="seen of this family: 7"):
        deviation(picture, picture[2], other)


def test_a_marker_without_depth_is_refused(picture):
    rgb, depth_m, T_base_camera = picture
    with pytest.raises(FiducialNotSeen, match="depth"):
        deviation((rgb, np.full_like(depth_m, np.nan), T_base_camera), T_base_camera)


@pytest.mark.parametrize(("family", "size_m"), [("DICT_9X9", 0.1), (FAMILY, 0.0), (FAMILY, -1.0)])
def test_an_impossible_marker_is_refused(family, size_m):
    with pytest.raises(RequestInvalid):
        Fiducial(family, MARKER_ID, size_m, T_BASE_MARKER)
