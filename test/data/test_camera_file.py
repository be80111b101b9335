"""Calibrations in the files that people have."""

import json

import pytest

from rt_grasp_ros.data.camera_file import depth_unit_of, read_camera
from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.distortion import Distortion
from rt_grasp_ros.grasp.errors import IntrinsicsInvalid, SizeMismatch

CAMERA = Intrinsics(610.0, 608.0, 321.0, 239.0, 640, 480)
K = [610.0, 0.0, 321.0, 0.0, 608.0, 239.0, 0.0, 0.0, 1.0]
ROWS = [K[:3], K[3:6], K[6:]]
COLUMNS = [610.0, 0.0, 0.0, 0.0, 608.0, 0.0, 321.0, 239.0, 1.0]
SIZE = {"width": 640, "height": 480}
OST = f"""image_width: 640
image_height: 480
camera_name: head
camera_matrix:
  rows: 3
  cols: 3
  data: {K}
distortion_model: plumb_bob
distortion_coefficients: {{rows: 1, cols: 5, data: [0.1, -0.2, 0.0, 0.0, 0.0]}}
projection_matrix: {{rows: 3, cols: 4, data: [600, 0, 320, 0, 0, 600, 240, 0, 0, 0, 1, 0]}}
"""
ECHO = """header:
  frame_id: camera_color_optical_frame
height: 480
width: 640
distortion_model: plumb_bob
d: [0.0, 0.0, 0.0, 0.0, 0.0]
k: [610.0, 0.0, 321.0, 0.0, 608.0, 239.0, 0.0, 0.0, 1.0]
---
"""
OPENCV = f"""%YAML:1.0
---
camera_matrix: !!opencv-matrix
   rows: 3
   cols: 3
   dt: d
   data: {K}
"""
KALIBR = """cam0:
  camera_model: pinhole
  intrinsics: [610.0, 608.0, 321.0, 239.0]
  resolution: [640, 480]
"""
REALSENSE = {"fx": 610, "fy": 608, "ppx": 321, "ppy": 239, "model": "distortion.brown_conrady"}


@pytest.mark.parametrize(
    "text",
    [
        ECHO,
        ECHO * 3,
        OPENCV,
        KALIBR,
        json.dumps(SIZE | REALSENSE | {"coeffs": [0.0] * 5}),
        json.dumps({"color": SIZE | REALSENSE, "depth": SIZE | REALSENSE | {"fx": 380.0}}),
        json.dumps(SIZE | {"intrinsic_matrix": COLUMNS}),
        json.dumps(SIZE | {"intrinsic_matrix": ROWS}),
        json.dumps({"camera": {"K": ROWS}}),
        "\ufeff" + json.dumps({"camera_matrix": ROWS}),
        "610; 0; 321; 0; 608; 239; 0; 0; 1",
        "[610 0 321; 0 608 239; 0 0 1]",
        "# K\r\n610 0 321 0\r\n0 608 239 0\r\n0 0 1 0\r\n0 0 0 1\r\n",
        "fx=610 fy=608 cx=321 cy=239",
        "fx: 610\nfy: 608\ncx: 321\ncy: 239\n",
    ],
)
def test_every_form_is_read(text):
    assert read_camera(text, 640, 480).intrinsics == CAMERA


def test_a_lens_is_read_with_the_matrix_and_p_for_rectified_pictures():
    lens = Distortion("plumb_bob", (0.1, -0.2, 0.0, 0.0, 0.0))
    assert read_camera(OST, 640, 480).intrinsics.distortion == lens
    rectified = read_camera(OST, 640, 480, is_rectified=True).intrinsics
    assert rectified == Intrinsics(600.0, 600.0, 320.0, 240.0, 640, 480)


def test_bop_tells_the_unit_of_depth_and_the_picture():
    entry = {"cam_K": K, "depth_scale": 0.1}
    other = {"cam_K": [900.0, *K[1:]], "depth_scale": 1.0}
    text = json.dumps({"3": entry, "14": other})
    found = read_camera(text, 640, 480, picture_name="000003")
    assert found.intrinsics == CAMERA
    assert found.depth_unit_m == pytest.approx(0.0001)
    with pytest.raises(IntrinsicsInvalid, match="differ"):
        read_camera(text, 640, 480, picture_name="color")


@pytest.mark.parametrize(
    "scale, is_bop, unit_m",
    [
        (1.0, True, 1e-3),
        (0.1, False, 1e-4),
        (0.001, False, 1e-3),
        (0.00025, False, 2.5e-4),
        (1000.0, False, 1e-3),
        (5000.0, False, 2e-4),
        (0.01, True, 1e-5),
    ],
)
def test_what_a_depth_scale_means(scale, is_bop, unit_m):
    assert depth_unit_of(scale, is_bop) == pytest.approx(unit_m)


@pytest.mark.parametrize("scale", [0.02, 0.0, -1.0, 50.0])
def test_a_depth_scale_that_may_mean_anything_is_refused(scale):
    with pytest.raises(IntrinsicsInvalid, match="--depth-scale"):
        depth_unit_of(scale, False)


@pytest.mark.parametrize(
    "text, error",
    [
        (json.dumps({"width": 1280, "height": 960, "fx": 1220, "fy": 1216, "cx": 640, "cy": 480}),
         SizeMismatch),
        (json.dumps({"fx": 1220, "fy": 1216, "cx": 640, "cy": 480}), IntrinsicsInvalid),
        (json.dumps({"K": COLUMNS}), IntrinsicsInvalid),
        (json.dumps({"K": ROWS, "D": [0.1] * 5, "distortion_model": "omni"}), IntrinsicsInvalid),
        (json.dumps({"K": [0.0] * 9}), IntrinsicsInvalid),
        ("610 608 321 nan", IntrinsicsInvalid),
    ],
)  # fmt: skip
def test_a_calibration_of_another_picture_is_refused(text, error):
    with pytest.raises(error):
        read_camera(text, 640, 480)
