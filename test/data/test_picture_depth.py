from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from real_data import ROOT, needs_cornell

from benchmarks.cornell_depth import fitted_origin_m, off_flat_m
from rt_grasp_ros.data.cornell import ORIGIN_M, read_cornell
from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.data.picture_depth import along_axis, depth_of, guessed_intrinsics
from rt_grasp_ros.grasp.errors import DataInvalid

KINECT = guessed_intrinsics(640, 480)


def table_m(right=0.13, down=0.82, near=1.1):
    """Return depths of a plane, slanted to the right and downwards in the picture."""
    rays = KINECT.back_project_all(np.ones((480, 640)))
    return (1.0 / (rays @ np.array([right, down, near]))).astype(np.float32)


def distances_m(depth_m, origin_m):
    off_m = KINECT.back_project_all(depth_m) - np.asarray(origin_m)
    return np.linalg.norm(off_m, axis=-1).astype(np.float32)


def picture(path, **fields):
    return GraspPicture("1", "1", "pen", Path("a.png"), path, 640, 480, (), **fields)


def test_the_guess_is_a_kinect_that_looks_at_the_middle():
    assert (KINECT.fx_px, KINECT.fy_px, KINECT.cx_px, KINECT.cy_px) == (525, 525, 319.5, 239.5)
    assert guessed_intrinsics(1280, 960).fx_px == 1050


@given(st.tuples(*[st.floats(-0.4, 0.4)] * 3), st.floats(0.7, 1.5), st.floats(0.0, 0.5))
def test_distances_from_a_point_nearer_than_the_table_become_its_depth(origin_m, near, down):
    depth_m = table_m(0.1, down, near)
    # The nearest point of a ray to the origin has to lie before the table.
    rays = KINECT.back_project_all(np.ones((480, 640)))
    is_beyond = rays @ np.asarray(origin_m) / (rays**2).sum(axis=-1) < depth_m - 0.01
    is_beyond &= depth_m > 0
    found_m = along_axis(distances_m(depth_m, origin_m), KINECT, origin_m)
    assert np.allclose(found_m[is_beyond], depth_m[is_beyond], atol=2e-4, rtol=2e-4)


def test_distances_that_no_ray_has_and_holes_are_no_depth():
    distance_m = distances_m(table_m(), ORIGIN_M)
    distance_m[100, 200] = np.nan
    distance_m[101, 200] = 0.05
    depth_m = along_axis(distance_m, KINECT, ORIGIN_M)
    assert np.isnan(depth_m[100:102, 200]).all()
    assert np.isnan(depth_m).sum() == 2


def test_a_file_of_depths_is_read_as_it_is_and_one_of_distances_along_the_axis(tmp_path):
    depth_m = table_m()
    for name, values_m in (("z.png", depth_m), ("r.png", distances_m(depth_m, ORIGIN_M))):
        cv2.imwrite(str(tmp_path / name), np.round(1000 * values_m).astype(np.uint16))
    assert np.allclose(depth_of(picture(tmp_path / "z.png")), depth_m, atol=6e-4)
    moved = picture(tmp_path / "r.png", measured_from_m=ORIGIN_M)
    assert np.allclose(depth_of(moved), depth_m, atol=2e-3)


def test_a_picture_without_depth_is_refused():
    with pytest.raises(DataInvalid, match=r"'a\.png' has no depth"):
        depth_of(picture(None))


def test_the_point_is_found_from_the_table_alone():
    noise_m = np.random.default_rng(0).normal(0.0, 0.001, (480, 640)).astype(np.float32)
    found_m = fitted_origin_m(distances_m(table_m(), ORIGIN_M) + noise_m)
    assert np.allclose(found_m, ORIGIN_M, atol=0.03)


@needs_cornell
def test_the_table_of_cornell_is_flat():
    frame = read_cornell(ROOT / "cornell", "train", "frames")[0]
    assert frame.measured_from_m == (-0.207, 0.838, 0.169)
    assert off_flat_m(depth_of(frame)) < 0.002
