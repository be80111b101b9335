"""Calibrations of other pictures, depth in other units, pictures without light."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics, intrinsics_of_matrix
from rt_grasp_ros.grasp.errors import IntrinsicsInvalid, PictureUnusable
from rt_grasp_ros.grasp.plausible import (
    depth_noise_problem,
    depth_unit_problem,
    require_lit,
    require_plausible_intrinsics,
)


@pytest.mark.parametrize(
    "fx, fy, cx, cy, width, height",
    [
        (697, 697, 319.5, 239.5, 640, 480),
        (604.9, 604.9, 636.9, 367.5, 1280, 720),
        (697, 464, 319.5, 159.5, 640, 320),
        (348, 697, 159.5, 239.5, 320, 480),
        (2300, 2300, 960, 600, 1920, 1200),
        (200, 200, 319.5, 239.5, 640, 480),
    ],
)
def test_cameras_that_people_have_are_taken(fx, fy, cx, cy, width, height):
    require_plausible_intrinsics(Intrinsics(fx, fy, cx, cy, width, height))


@pytest.mark.parametrize("size", [(320, 240), (640, 480), (848, 480), (1280, 720), (1920, 1080)])
@pytest.mark.parametrize("other", [(320, 240), (640, 480), (1280, 960), (1280, 720), (1920, 1080)])
def test_a_calibration_of_a_size_far_from_the_picture_is_refused(size, other):
    if max(size[0] / other[0], other[0] / size[0]) < 1.5:
        pytest.skip("nearly the same width")
    with pytest.raises(IntrinsicsInvalid, match=f"{size[0]}x{size[1]}"):
        require_plausible_intrinsics(
            Intrinsics(other[0], other[0], other[0] / 2, other[1] / 2, *size)
        )


@pytest.mark.parametrize("focal", [0.9, 50.0, 20000.0])
def test_focal_lengths_of_no_camera_are_refused(focal):
    with pytest.raises(IntrinsicsInvalid):
        require_plausible_intrinsics(Intrinsics(focal, focal, 319.5, 239.5, 640, 480))


@pytest.mark.parametrize(
    "matrix",
    [
        [[600, 0, 0], [0, 600, 0], [320, 240, 1]],
        [[600, 30, 320], [0, 600, 240], [0, 0, 1]],
        [[600, 0, 320], [0, 600, 240], [0, 0, 2]],
    ],
)
def test_a_matrix_that_is_none_of_a_camera_is_refused(matrix):
    with pytest.raises(IntrinsicsInvalid, match="row by row"):
        intrinsics_of_matrix(np.array(matrix, float), 640, 480)


@pytest.mark.parametrize(
    "unit_m, dtype, named",
    [
        (1e-4, np.uint16, "0.1 mm (depth_scale 0.0001)"),
        (2.5e-4, np.uint16, "0.25 mm (depth_scale 0.00025)"),
        (2e-4, np.uint16, "0.2 mm (depth_scale 0.0002)"),
        (1e-2, np.uint16, "10 mm (depth_scale 0.01)"),
        (1.0, np.uint16, "1 m (depth_scale 1)"),
        (1e-3, np.float32, "1 mm (depth_scale 0.001)"),
        (1e-2, np.float32, "10 mm (depth_scale 0.01)"),
    ],
)
def test_the_likely_unit_is_named(unit_m, dtype, named):
    true_m = np.tile(np.linspace(0.68, 1.05, 97), (30, 1))
    counts = (true_m / unit_m).astype(dtype)
    read_as_m = 0.001 if dtype == np.uint16 else 1.0
    depth_m = (counts * read_as_m).astype(np.float32)
    depth_m[depth_m == 0] = np.nan
    problem = depth_unit_problem(depth_m, read_as_m)
    assert problem is not None and named in problem


@pytest.mark.parametrize("middle_m", [0.16, 0.45, 0.7, 1.2, 2.4])
def test_a_table_within_reach_is_none_of_the_units_business(middle_m):
    assert depth_unit_problem(np.full((4, 4), middle_m, np.float32)) is None


def test_a_room_behind_the_table_is_fine():
    depth_m = np.full((10, 10), 6.0, np.float32)
    depth_m[7:] = 0.8
    assert depth_unit_problem(depth_m) is None


def scene(low, high):
    rgb = np.full((48, 64, 3), low, np.uint8)
    rgb[10:30, 20:40] = high
    return rgb


def test_a_lit_picture_is_taken():
    require_lit(scene(90, 140))
    require_lit(scene(40, 20))
    require_lit(scene(255, 120))


@pytest.mark.parametrize(
    "rgb, word",
    [
        (scene(0, 0), "dark"),
        (scene(3, 15), "dark"),
        (scene(255, 255), "overexposed"),
        (scene(254, 252), "overexposed"),
        (scene(120, 121), "one colour"),
    ],
)
def test_what_shows_nothing_is_said_why(rgb, word):
    with pytest.raises(PictureUnusable, match=word):
        require_lit(rgb)


def test_depth_that_shows_no_surface_is_called_noise():
    counts = np.random.default_rng(0).integers(1, 65536, (240, 320), np.uint16)
    problem = depth_noise_problem((counts / 1000).astype(np.float32))
    assert problem.startswith("Depth is noise") and "encoding" in problem


def test_depth_of_a_table_is_no_noise_though_half_of_it_is_missing_and_the_rest_rough():
    rng = np.random.default_rng(0)
    depth_m = rng.normal(0.7, 0.02, (240, 320)).astype(np.float32)
    depth_m[rng.random(depth_m.shape) < 0.5] = np.nan
    assert depth_noise_problem(depth_m) is None
    assert depth_noise_problem(np.full((240, 320), np.nan, np.float32)) is None
