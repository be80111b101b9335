import json
import math

import numpy as np
import pytest

from rt_grasp_ros.cli.intrinsics import intrinsics_of_field_of_view, parse_camera
from rt_grasp_ros.grasp.errors import IntrinsicsInvalid

K = [610.0, 0.0, 321.0, 0.0, 608.0, 239.0, 0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    "text",
    [
        "610 608 321 239",
        "610, 608, 321, 239",
        "610 0 321\n0 608 239\n0 0 1\n",
        json.dumps({"fx": 610, "fy": 608, "cx": 321, "cy": 239}),
        json.dumps({"K": K}),
        json.dumps({"k": K}),
        json.dumps({"K": [K[:3], K[3:6], K[6:]]}),
    ],
)
def test_intrinsics_in_every_form_from_text_and_file(text, tmp_path):
    path = tmp_path / "camera.txt"
    path.write_text(text)
    for given in (text, str(path)):
        camera = parse_camera(given, 640, 480).intrinsics
        numbers = (camera.fx_px, camera.fy_px, camera.cx_px, camera.cy_px)
        assert numbers == (610.0, 608.0, 321.0, 239.0)
        assert (camera.width_px, camera.height_px) == (640, 480)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "absent.txt",
        "1 2 3",
        "610 608 321 239 5",
        "610 608 321 nan",
        "0 0 0 0",
        "{",
        '{"fx": 1}',
        '{"K": [1]}',
        '{"K": null}',
        "x" * 5000,
    ],
)
def test_what_are_no_intrinsics_is_refused(text):
    with pytest.raises(IntrinsicsInvalid):
        parse_camera(text, 640, 480)


def test_field_of_view_spans_the_width():
    camera = intrinsics_of_field_of_view(69.0, 640, 480)
    left, right = camera.back_project(np.array([[0.0, 240.0], [640.0, 240.0]]), 1.0)
    assert math.degrees(math.atan(right[0]) - math.atan(left[0])) == pytest.approx(69.0)
    assert left[1] == right[1] == pytest.approx(0.0)


@pytest.mark.parametrize("fov_deg", [0.0, -60.0, 180.0, math.nan, math.inf])
def test_impossible_fields_of_view_are_refused(fov_deg):
    with pytest.raises(IntrinsicsInvalid):
        intrinsics_of_field_of_view(fov_deg, 640, 480)
