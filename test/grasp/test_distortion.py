"""Lenses: what OpenCV says where a ray is seen, undone; models that are not read."""

import cv2
import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.depth import samples_in_polygon, without_blind_rim
from rt_grasp_ros.grasp.distortion import distortion_of
from rt_grasp_ros.grasp.errors import IntrinsicsInvalid

AZURE = [0.7799, -2.9803, 0.00074826, 5.66e-05, 1.69973, 0.65722, -2.81191, 1.63024]
LENSES = [
    ("rational_polynomial", AZURE, (604.88, 604.94, 636.93, 367.47, 1280, 720)),
    ("plumb_bob", [-0.41, 0.21, -0.0011, 0.0008, 0.0], (517.3, 516.5, 318.6, 255.3, 640, 480)),
    ("plumb_bob", [0.262, -0.953, -0.0054, 0.0026, 1.163], (517.3, 516.5, 318.6, 255.3, 640, 480)),
    (
        "thin_prism",
        [0.1, -0.2, 0.001, 0.001, 0.05, 0, 0, 0, 0.01, 0.002, 0.003, 0.001],
        (600.0, 600.0, 320.0, 240.0, 640, 480),
    ),
    ("equidistant", [-0.01, 0.02, -0.01, 0.002], (300.0, 300.0, 319.5, 239.5, 640, 480)),
]


def pixel_by_opencv(model, d, numbers, point_m):
    """Where OpenCV has a point, in this package's pixels."""
    K = np.array([[numbers[0], 0, numbers[2]], [0, numbers[1], numbers[3]], [0, 0, 1]])
    project = cv2.fisheye.projectPoints if model == "equidistant" else cv2.projectPoints
    arguments = (np.zeros(3), np.zeros(3), K, np.array(d))
    return project(np.reshape(point_m, (1, 1, 3)), *arguments)[0].ravel() + 0.5


@pytest.mark.parametrize("model, d, numbers", LENSES)
@pytest.mark.parametrize("x_m, y_m", [(0.0, 0.0), (0.12, 0.08), (-0.35, 0.2), (0.3, -0.25)])
def test_a_point_is_found_where_it_is_within_a_micrometre(model, d, numbers, x_m, y_m):
    point_m = np.array([x_m, y_m, 0.7])
    pixel = pixel_by_opencv(model, d, numbers, point_m)
    camera = Intrinsics(*numbers, distortion_of(model, d))
    np.testing.assert_allclose(camera.back_project(pixel, 0.7), point_m, atol=1e-6)
    np.testing.assert_allclose(camera.project(point_m), pixel, atol=1e-3)


def test_without_the_lens_the_same_point_is_centimetres_off():
    model, d, numbers = LENSES[0]
    point_m = np.array([0.55, 0.3, 0.7])
    off_m = Intrinsics(*numbers).back_project(pixel_by_opencv(model, d, numbers, point_m), 0.7)
    assert np.linalg.norm(off_m - point_m) > 0.02


def test_an_inverse_model_leads_from_the_picture_to_the_ray():
    camera = Intrinsics(
        640.0,
        640.0,
        640.0,
        360.0,
        1280,
        720,
        distortion_of("Inverse_Brown_Conrady", [-0.1] + [0.0] * 4),
    )
    ray = camera.back_project(np.array([640.5 + 320.0, 360.5]), 1.0)
    np.testing.assert_allclose(ray, [0.5 * (1 - 0.1 * 0.25), 0.0, 1.0], atol=1e-9)
    np.testing.assert_allclose(camera.project(ray), [960.5, 360.5], atol=1e-6)


def test_depth_samples_are_undistorted_each():
    model, d, numbers = LENSES[1]
    camera = Intrinsics(*numbers, distortion_of(model, d))
    depth_m = np.full((480, 640), 0.7, np.float32)
    corners = np.array([[500.0, 380.0], [504.0, 380.0], [504.0, 384.0], [500.0, 384.0]])
    samples = samples_in_polygon(depth_m, camera, corners)
    pixels = camera.project(samples.points_m)
    assert pixels.min(axis=0).round(3).tolist() == [500.5, 380.5]
    assert pixels.max(axis=0).round(3).tolist() == [503.5, 383.5]


def test_pixels_that_no_ray_leads_to_have_no_depth():
    camera = Intrinsics(
        300.0, 300.0, 319.5, 239.5, 640, 480, distortion_of("plumb_bob", [-0.5, 0, 0, 0, 0])
    )
    depth_m = without_blind_rim(np.ones((480, 640), np.float32), camera)
    assert np.isnan(depth_m[0, 0]) and depth_m[240, 320] == 1.0
    rays = camera.back_project(np.argwhere(np.isfinite(depth_m))[:, ::-1] + 0.5, 1.0)
    assert np.isfinite(rays).all()


@pytest.mark.parametrize("model", ["plumb_bob", "", "unknown", None])
def test_a_lens_of_zeros_is_none(model):
    assert distortion_of(model, [0.0] * 5) is None
    assert distortion_of(model, []) is None


@pytest.mark.parametrize(
    "model, coefficients, words",
    [
        ("omnidirectional", [0.1] * 5, "omnidirectional"),
        ("", [0.1] * 4, "not read"),
        ("plumb_bob", [0.1] * 3, "3 coefficients"),
        ("equidistant", [0.1] * 5, "5 coefficients"),
        ("plumb_bob", [0.1, float("nan"), 0, 0, 0], "finite"),
    ],
)
def test_what_is_not_known_of_a_lens_is_refused(model, coefficients, words):
    with pytest.raises(IntrinsicsInvalid, match=words):
        distortion_of(model, coefficients)


@pytest.mark.parametrize(
    "model, counts",
    [
        ("plumb_bob", {4, 5, 8, 12, 14}),
        ("rational_polynomial", {5, 8, 12, 14}),
        ("thin_prism", {12, 14}),
        ("equidistant", {4}),
        ("inverse_brown_conrady", {5}),
    ],
)
def test_each_model_has_the_counts_of_coefficients_that_drivers_send(model, counts):
    for count in range(1, 15):
        coefficients = [0.01] * count
        if count in counts:
            assert distortion_of(model, coefficients).model
        else:
            with pytest.raises(IntrinsicsInvalid):
                distortion_of(model, coefficients)


def test_an_inverse_model_has_the_polynomial_of_opencv_the_other_way_round():
    coefficients, point = [0.1, 0.02, 0.001, 0.002, 0.3], np.array([0.4, -0.3])
    ray = distortion_of("inverse_brown_conrady", coefficients).undistorted(point)
    K, still = np.eye(3), np.zeros(3)
    by_opencv = cv2.projectPoints(
        np.append(point, 1.0).reshape(1, 1, 3), still, still, K, np.array(coefficients)
    )[0].ravel()
    np.testing.assert_allclose(ray, by_opencv, atol=1e-12)
