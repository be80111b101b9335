"""Calibrations as people have them, and those of other pictures."""

from __future__ import annotations

import json
from functools import partial

from benchmarks.strangers.case import Case, CaseFailed
from rt_grasp_ros.data.camera_file import read_camera
from rt_grasp_ros.doctor.camera_checks import check_intrinsics
from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.errors import CameraError

_ITEM = "intrinsics"
_K = [697.0, 0.0, 319.5, 0.0, 697.0, 239.5, 0.0, 0.0, 1.0]
_COLUMNS = [697.0, 0.0, 0.0, 0.0, 697.0, 0.0, 319.5, 239.5, 1.0]
_SIZE = {"width": 640, "height": 480}
_OTHER = {"fx": 1394.0, "fy": 1394.0, "cx": 639.5, "cy": 479.5}
_FORMS = {
    "ost.yaml": f"image_width: 640\nimage_height: 480\ncamera_matrix: {{data: {_K}}}\n",
    "ros2 topic echo": f"height: 480\nwidth: 640\nk: {_K}\n---\n",
    "RealSense": json.dumps(_SIZE | {"fx": 697, "fy": 697, "ppx": 319.5, "ppy": 239.5}),
    "Open3D": json.dumps(_SIZE | {"intrinsic_matrix": _COLUMNS}),
    "BOP": json.dumps({"0": {"cam_K": _K, "depth_scale": 1.0}}),
    "text": "697 0 319.5\n0 697 239.5\n0 0 1\n",
}
_WRONG = {
    "of 1280x960": json.dumps({"width": 1280, "height": 960} | _OTHER),
    "of 1280x960, size unsaid": json.dumps(_OTHER),
    "transposed": json.dumps({"K": _COLUMNS}),
    "with an unknown lens": json.dumps({"K": _K, "D": [0.1] * 5, "distortion_model": "omni"}),
}


def cases() -> list[Case]:
    """Return the cases of this kind."""
    source = "anygrasp_sdk#32"
    return [
        *(
            Case(_ITEM, f"{name} file", source, "read", partial(_read, text))
            for name, text in _FORMS.items()
        ),
        *(
            Case(_ITEM, f"a calibration {name}", source, "refused", partial(_refused, text))
            for name, text in _WRONG.items()
        ),
        Case(_ITEM, "fx and fy differ", "IsaacSim#199", "fine, to the doctor too", _squeezed),
    ]


def _read(text: str) -> str:
    seen = read_camera(text, 640, 480).intrinsics
    if seen != Intrinsics(697.0, 697.0, 319.5, 239.5, 640, 480):
        raise CaseFailed(str(seen))
    return "the same camera"


def _refused(text: str) -> str:
    try:
        seen = read_camera(text, 640, 480)
    except CameraError as error:
        return f"{error.code.name}: {error.message}"
    raise CaseFailed(str(seen))


def _squeezed() -> str:
    finding = check_intrinsics(Intrinsics(697.0, 464.7, 319.5, 159.5, 640, 320))
    if finding.status != "ok":
        raise CaseFailed(finding.message)
    return finding.message
