"""Camera matrices and depth that cannot be are told from those that can."""

import dataclasses

import numpy as np
import pytest
from tabletop import VGA

from rt_grasp_ros.doctor.camera_checks import check_depth, check_intrinsics
from rt_grasp_ros.grasp.distortion import distortion_of


def test_a_calibrated_camera_is_ok():
    finding = check_intrinsics(VGA)
    assert finding.status == "ok"
    assert finding.numbers["field_of_view_deg"] == pytest.approx(55.4, abs=0.1)


@pytest.mark.parametrize(
    "changes",
    [
        {"fx_px": 60.0, "fy_px": 60.0},
        {"fx_px": 6100.0, "fy_px": 6080.0},
        {"width_px": 1280, "height_px": 960},
        {"cx_px": 0.0, "cy_px": 0.0},
        {"fx_px": 6000.0, "width_px": 3000, "cx_px": 1500.0},
    ],
)
def test_one_that_does_not_fit_the_picture_is_wrong(changes):
    finding = check_intrinsics(dataclasses.replace(VGA, **changes))
    assert finding.status == "wrong"
    assert "is not of a picture of" in finding.message


@pytest.mark.parametrize("ratio", [0.5, 2 / 3, 1.5])
def test_pixels_that_are_not_square_are_fine(ratio):
    squeezed = dataclasses.replace(
        VGA, fy_px=VGA.fy_px * ratio, cy_px=VGA.cy_px * ratio, height_px=round(480 * ratio)
    )
    finding = check_intrinsics(squeezed)
    assert finding.status == "ok"
    assert "not square" in finding.message and "calibrate" not in finding.message


def test_distortion_is_said_to_be_taken_out():
    lens = distortion_of("plumb_bob", [0.1, -0.2, 0.0, 0.0, 0.0])
    finding = check_intrinsics(dataclasses.replace(VGA, distortion=lens))
    assert finding.status == "ok"
    assert "taken out" in finding.message and "image_rect" not in finding.message


def test_depth_of_a_table_is_ok():
    depth_m = np.full((48, 64), 0.7, np.float32)
    depth_m[:10] = np.nan
    finding = check_depth(depth_m)
    assert finding.status == "ok"
    assert finding.numbers["valid_fraction"] == pytest.approx(38 / 48)


@pytest.mark.parametrize("factor", [1000.0, 0.001])
def test_depth_of_another_unit_is_wrong(factor):
    finding = check_depth(np.full((48, 64), 0.7 * factor, np.float32))
    assert finding.status == "wrong"
    assert "unit" in finding.message


def test_depth_full_of_holes_is_wrong():
    depth_m = np.full((48, 64), np.nan, np.float32)
    depth_m[:10] = 0.7
    finding = check_depth(depth_m)
    assert finding.status == "wrong"
    assert "21%" in finding.message
