"""Camera matrices and depth that cannot be are told from those that can."""

import dataclasses

import numpy as np
import pytest
from tabletop import VGA

from rt_grasp_ros.doctor.camera_checks import check_depth, check_intrinsics


def test_a_calibrated_camera_is_ok():
    finding = check_intrinsics(VGA, is_distorted=False)
    assert finding.status == "ok"
    assert finding.numbers["field_of_view_deg"] == pytest.approx(55.4, abs=0.1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fx_px": 60.0, "fy_px": 60.0}, "size of the picture"),
        ({"fx_px": 6100.0, "fy_px": 6080.0}, "size of the picture"),
        ({"width_px": 1280, "height_px": 960}, "size of the picture"),
        ({"cx_px": 0.0, "cy_px": 0.0}, "size of the picture"),
        ({"fx_px": 900.0}, "another shape"),
    ],
)
def test_one_that_does_not_fit_the_picture_is_wrong(changes, said):
    finding = check_intrinsics(dataclasses.replace(VGA, **changes), is_distorted=False)
    assert finding.status == "wrong"
    assert said in finding.message


def test_distortion_is_worth_a_note():
    finding = check_intrinsics(VGA, is_distorted=True)
    assert finding.status == "note"
    assert "image_rect" in finding.message


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
