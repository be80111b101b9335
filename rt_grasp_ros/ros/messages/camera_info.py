"""A camera's description to intrinsics and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header

from ...grasp.camera import Intrinsics, intrinsics_of_matrix
from ...grasp.distortion import distortion_of
from ...grasp.errors import IntrinsicsInvalid
from ...grasp.plausible import require_plausible_intrinsics


def intrinsics_from_message(message: CameraInfo, is_rectified: bool = False) -> Intrinsics:
    """Return the intrinsics of the pictures that the camera publishes.

    K and D describe the raw pictures, P the rectified ones, all of the full sensor; a region of
    interest shifts it and binning shrinks it (`sensor_msgs/CameraInfo`). Binning by b averages
    pixels 0..b-1 into pixel 0, whose centre is (b - 1) / 2: hence the half pixels.

    Args:
        message: of the camera.
        is_rectified: whether the pictures are rectified ones.

    Raises:
        IntrinsicsInvalid: the matrix is zero or not finite, as an uncalibrated camera publishes
            it, is no camera's of that size, or the distortion is of a model that is not read.
    """
    width_px, height_px = picture_size_px(message)
    if width_px == 0 or height_px == 0:
        raise IntrinsicsInvalid(
            "camera_info gives no image size; let the camera driver publish width and height."
        )
    if is_rectified and any(message.p):
        matrix = _rectified_matrix(message)
        distortion = None
    else:
        matrix = np.reshape(np.array(message.k, dtype=np.float64), (3, 3))
        distortion = distortion_of(message.distortion_model, message.d)
        if is_rectified and distortion is not None:
            raise IntrinsicsInvalid(
                "camera_info has no P for rectified pictures; let the node that rectifies them "
                "publish it, or take the raw pictures (camera_rectified: raw)."
            )
    sensor = intrinsics_of_matrix(
        matrix, message.width or width_px, message.height or height_px, distortion
    )
    require_plausible_intrinsics(sensor)
    binning_x, binning_y = max(message.binning_x, 1), max(message.binning_y, 1)
    roi = message.roi
    return Intrinsics(
        fx_px=sensor.fx_px / binning_x,
        fy_px=sensor.fy_px / binning_y,
        cx_px=(sensor.cx_px - roi.x_offset + 0.5) / binning_x - 0.5,
        cy_px=(sensor.cy_px - roi.y_offset + 0.5) / binning_y - 0.5,
        width_px=width_px,
        height_px=height_px,
        distortion=distortion,
    )


def picture_size_px(message: CameraInfo) -> tuple[int, int]:
    """Return width and height of the pictures that the camera publishes."""
    roi = message.roi
    return (
        (roi.width or message.width) // max(message.binning_x, 1),
        (roi.height or message.height) // max(message.binning_y, 1),
    )


def _rectified_matrix(message: CameraInfo) -> NDArray[np.float64]:
    projection = np.reshape(np.array(message.p, dtype=np.float64), (3, 4))
    if np.any(projection[:, 3]):
        raise IntrinsicsInvalid(
            "P of camera_info is that of the second camera of a stereo pair; give the pictures and "
            "camera_info of the first."
        )
    return projection[:, :3]


def intrinsics_to_message(intrinsics: Intrinsics, header: Header) -> CameraInfo:
    """Return the camera_info of a camera; its P is that of no rectified picture where it has D."""
    fx, fy, cx, cy = intrinsics.fx_px, intrinsics.fy_px, intrinsics.cx_px, intrinsics.cy_px
    lens = intrinsics.distortion
    return CameraInfo(
        header=header,
        width=intrinsics.width_px,
        height=intrinsics.height_px,
        distortion_model=lens.model if lens else "plumb_bob",
        d=list(lens.coefficients) if lens else [0.0] * 5,
        k=[fx, 0.0, cx, 0.0, fy, cy, 0.0, 0.0, 1.0],
        r=np.eye(3).ravel().tolist(),
        p=[0.0] * 12 if lens else [fx, 0.0, cx, 0.0, 0.0, fy, cy, 0.0, 0.0, 0.0, 1.0, 0.0],
    )
