"""Lenses that bend: a point that OpenCV projects is found where it is."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np

from benchmarks.strangers.case import Case, CaseFailed
from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.distortion import distortion_of

_LENSES = {
    "Azure Kinect": (
        (604.88, 604.94, 636.93, 367.47, 1280, 720),
        "rational_polynomial",
        (0.7799, -2.9803, 0.00074826, 5.66e-05, 1.69973, 0.65722, -2.81191, 1.63024),
    ),
    "L515": (
        (910.0, 910.3, 643.0, 360.5, 1280, 720),
        "plumb_bob",
        (0.1636, -0.4931, -0.00084, -0.00002, 0.4486),
    ),
    "USB camera": (
        (517.3, 516.5, 318.6, 255.3, 640, 480),
        "plumb_bob",
        (-0.41, 0.21, -0.0011, 0.0008, 0.0),
    ),
    "fisheye": (
        (300.0, 300.0, 319.5, 239.5, 640, 480),
        "equidistant",
        (-0.01, 0.02, -0.01, 0.002),
    ),
}


def cases() -> list[Case]:
    """Return the cases of this kind."""
    return [
        Case(
            "distortion",
            f"the lens of a {name}",
            "Azure_Kinect_ROS_Driver#44",
            "points at the edge within 0.1 mm",
            partial(_try, name),
        )
        for name in _LENSES
    ]


def _try(name: str) -> str:
    numbers, model, d = _LENSES[name]
    fx, fy, cx, cy, width_px, height_px = numbers
    K = np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]])
    reach = np.array([0.8 * width_px / 2 / fx, 0.8 * height_px / 2 / fy, 1.0]) * 0.7
    points_m = np.array([[0, 0, 0.7], reach, reach * (-0.6, 0.9, 1.0)])
    project = cv2.fisheye.projectPoints if model == "equidistant" else cv2.projectPoints
    pixels = project(points_m[:, None], np.zeros(3), np.zeros(3), K, np.array(d))[0][:, 0] + 0.5
    camera = Intrinsics(*numbers, distortion_of(model, d))
    off_mm = np.linalg.norm(camera.back_project(pixels, 0.7) - points_m, axis=1).max() * 1000
    without_mm = np.linalg.norm(
        Intrinsics(*numbers).back_project(pixels, 0.7) - points_m, axis=1
    ).max()
    seen = f"{off_mm:.4f} mm off; without the lens {without_mm * 1000:.0f} mm"
    if not off_mm < 0.1:
        raise CaseFailed(seen)
    return seen
