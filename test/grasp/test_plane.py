"""A plane through points, and heights above it."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.plane import Plane, horizontal_plane, plane_through


def test_goes_through_points_and_faces_the_camera():
    along, across = np.array([0.8, 0.0, 0.6]), np.array([0.0, 1.0, 0.0])
    points_m = np.array([0.1, 0.0, 1.0]) + np.array(
        [a * along + b * across for a in (-0.2, 0.0, 0.3) for b in (-0.1, 0.2)]
    )
    plane = plane_through(points_m)
    np.testing.assert_allclose(plane.normal, [0.6, 0.0, -0.8], atol=1e-12)
    assert plane.offset_m == pytest.approx(0.74)
    np.testing.assert_allclose(plane.height_m(points_m), 0.0, atol=1e-12)
    assert plane.noise_m == pytest.approx(0.0, abs=1e-9)


def test_noise_is_the_deviation_of_the_points():
    points_m = np.array([[x, y, 1.0 + z] for x in (0, 1) for y in (0, 1) for z in (-0.003, 0.003)])
    assert plane_through(points_m).noise_m == pytest.approx(0.003)


def test_objects_begin_at_4_mm_or_above_the_noise():
    normal = np.array([0.0, 0.0, -1.0])
    assert Plane(normal, 0.7, noise_m=0.0005).object_height_m == 0.004
    assert Plane(normal, 0.7, noise_m=0.003).object_height_m == pytest.approx(0.009)


def test_the_plane_of_a_height_in_the_base_frame():
    T_base_camera = np.eye(4)
    T_base_camera[:3, :3] = [[0.0, -0.6, 0.8], [-1.0, 0.0, 0.0], [0.0, -0.8, -0.6]]
    T_base_camera[:3, 3] = [0.1, 0.2, 0.9]
    plane = horizontal_plane(T_base_camera, 0.2)
    point_camera_m = T_base_camera[:3, :3].T @ (np.array([0.4, -0.3, 0.25]) - [0.1, 0.2, 0.9])
    assert plane.height_m(point_camera_m) == pytest.approx(0.05)


@pytest.mark.parametrize("tilt", [(0.0, 0.0), (0.5, 0.0), (-0.5, 0.2), (0.1, -0.6), (-0.4, -0.4)])
@pytest.mark.parametrize("scale", [1.0, -1.0])
def test_every_plane_faces_the_camera(tilt, scale):
    rng = np.random.default_rng(0)
    xy = scale * rng.uniform(-0.3, 0.3, (50, 2))
    points = np.column_stack([xy, 0.7 + xy @ tilt])
    plane = plane_through(points)
    assert plane.normal[2] < 0.0
    assert plane.normal @ points[7] + plane.offset_m == pytest.approx(0.0, abs=1e-9)
