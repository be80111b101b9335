"""ROS messages to this package's values and back: poses, grasps, intrinsics, stamps."""

from __future__ import annotations

import math

import numpy as np
from builtin_interfaces.msg import Duration, Time
from geometry_msgs.msg import Point, Pose, Quaternion, Transform, Vector3
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header

from rt_grasp_ros.msg import Grasp as GraspMessage
from rt_grasp_ros.msg import GraspRectangle as GraspRectangleMessage
from rt_grasp_ros.msg import GraspVerdict

from ...grasp.camera import Intrinsics, intrinsics_of_matrix
from ...grasp.distortion import distortion_of
from ...grasp.error_code import ErrorCode
from ...grasp.errors import IntrinsicsInvalid, RequestInvalid
from ...grasp.frame import RgbdFrame
from ...grasp.grasp import Grasp
from ...grasp.plausible import require_plausible_intrinsics
from ...grasp.rectangle import GraspRectangle
from ...grasp.verdict import Verdict

NANOSECONDS_PER_SECOND = 1_000_000_000

_NO_POSE = Pose(position=Point(x=math.nan, y=math.nan, z=math.nan))


def nanoseconds_from_time(stamp: Time) -> int:
    """Return a stamp as nanoseconds since the epoch of its clock."""
    return int(stamp.sec) * NANOSECONDS_PER_SECOND + int(stamp.nanosec)


def time_from_nanoseconds(stamp_ns: int) -> Time:
    """Return nanoseconds since the epoch of a clock as a stamp."""
    sec, nanosec = divmod(stamp_ns, NANOSECONDS_PER_SECOND)
    return Time(sec=sec, nanosec=nanosec)


def duration_from_seconds(duration_s: float) -> Duration:
    """Return seconds as a duration message."""
    sec, nanosec = divmod(round(duration_s * NANOSECONDS_PER_SECOND), NANOSECONDS_PER_SECOND)
    return Duration(sec=sec, nanosec=nanosec)


def seconds_from_duration(duration: Duration) -> float:
    """Return a duration message in seconds."""
    return float(duration.sec + duration.nanosec / NANOSECONDS_PER_SECOND)


def header_of(frame: RgbdFrame) -> Header:
    """Return the header of everything seen in a frame."""
    return Header(stamp=time_from_nanoseconds(frame.stamp_ns), frame_id=frame.frame_id)


def _rotation_from_quaternion(quaternion: Quaternion) -> NDArray[np.float64]:
    """Return the rotation matrix (3, 3); a quaternion that is not of unit length is refused."""
    xyzw = np.array([quaternion.x, quaternion.y, quaternion.z, quaternion.w])
    if not np.isfinite(xyzw).all() or not math.isclose(np.linalg.norm(xyzw), 1.0, abs_tol=1e-3):
        raise RequestInvalid(
            f"The orientation {xyzw.tolist()} is not a unit quaternion; normalise x, y, z, w."
        )
    return Rotation.from_quat(xyzw).as_matrix()


def _quaternion_from_rotation(rotation: NDArray[np.float64]) -> Quaternion:
    x, y, z, w = Rotation.from_matrix(rotation).as_quat(canonical=True).tolist()
    return Quaternion(x=x, y=y, z=z, w=w)


def _matrix(
    rotation: NDArray[np.float64], translation_m: tuple[float, float, float]
) -> NDArray[np.float64]:
    if not np.isfinite(translation_m).all():
        raise RequestInvalid(f"The position {translation_m} is not finite; send metres.")
    matrix = np.eye(4)
    matrix[:3, :3] = rotation
    matrix[:3, 3] = translation_m
    return matrix


def matrix_from_pose(pose: Pose) -> NDArray[np.float64]:
    """Return the pose as a homogeneous matrix, shape (4, 4), metres.

    Raises:
        RequestInvalid: a number is not finite, or the quaternion is not of unit length.
    """
    position = (pose.position.x, pose.position.y, pose.position.z)
    return _matrix(_rotation_from_quaternion(pose.orientation), position)


def matrix_from_transform(transform: Transform) -> NDArray[np.float64]:
    """Return `T_parent_child` of a TF transform, shape (4, 4), metres.

    Raises:
        RequestInvalid: a number is not finite, or the quaternion is not of unit length.
    """
    translation = transform.translation
    return _matrix(
        _rotation_from_quaternion(transform.rotation),
        (translation.x, translation.y, translation.z),
    )


def pose_from_matrix(matrix: NDArray[np.float64]) -> Pose:
    """Return a homogeneous matrix (4, 4) in metres as a pose."""
    x, y, z = matrix[:3, 3].tolist()
    return Pose(
        position=Point(x=x, y=y, z=z), orientation=_quaternion_from_rotation(matrix[:3, :3])
    )


def transform_from_matrix(matrix: NDArray[np.float64]) -> Transform:
    """Return `T_parent_child` (4, 4) in metres as a TF transform."""
    x, y, z = matrix[:3, 3].tolist()
    return Transform(
        translation=Vector3(x=x, y=y, z=z), rotation=_quaternion_from_rotation(matrix[:3, :3])
    )


def rectangle_to_message(rectangle: GraspRectangle) -> GraspRectangleMessage:
    """Return the rectangle as a message; the fields have the same names."""
    return GraspRectangleMessage(
        x_px=rectangle.x_px,
        y_px=rectangle.y_px,
        theta_rad=rectangle.theta_rad,
        opening_px=rectangle.opening_px,
        jaw_px=rectangle.jaw_px,
        image_width_px=rectangle.image_width_px,
        image_height_px=rectangle.image_height_px,
    )


def rectangle_from_message(message: GraspRectangleMessage) -> GraspRectangle:
    """Return the rectangle of a message.

    Raises:
        RequestInvalid: the numbers describe no rectangle.
    """
    try:
        return GraspRectangle(
            x_px=message.x_px,
            y_px=message.y_px,
            theta_rad=message.theta_rad,
            opening_px=message.opening_px,
            jaw_px=message.jaw_px,
            image_width_px=message.image_width_px,
            image_height_px=message.image_height_px,
        )
    except ValueError as error:
        raise RequestInvalid(f"The grasp rectangle is not usable: {error}.") from error


def grasp_to_message(grasp: Grasp, header: Header, reasoning: str, command: str) -> GraspMessage:
    """Return the grasp as a message.

    Args:
        grasp: the candidate; the position is NaN and the approach zero where it has no pose.
        header: stamp of the picture and the colour optical frame.
        reasoning: why the model grasps there.
        command: what was asked for.
    """
    pose, approach = _NO_POSE, Vector3()
    if grasp.has_pose:
        x, y, z = grasp.approach.tolist()
        pose, approach = pose_from_matrix(grasp.T_camera_grasp), Vector3(x=x, y=y, z=z)
    return GraspMessage(
        header=header,
        rectangle=rectangle_to_message(grasp.rectangle),
        pose=pose,
        opening_m=grasp.opening_m,
        approach=approach,
        score=grasp.score,
        reasoning=reasoning,
        command=command,
        rejected_code=int(grasp.rejected_code),
        rejected_reason=grasp.rejected_reason,
    )


def grasp_from_message(message: GraspMessage) -> Grasp:
    """Return the grasp of a message; its approach is that of its pose.

    Raises:
        RequestInvalid: a number is out of its bounds, or the error code is not one of ours.
    """
    try:
        rejected_code = ErrorCode(message.rejected_code)
    except ValueError as error:
        raise RequestInvalid(
            f"The grasp's rejected_code {message.rejected_code} is no ErrorCode; send 0 for none."
        ) from error
    if not 0.0 <= message.score <= 1.0:
        raise RequestInvalid(f"The grasp's score is {message.score:g}; send a number in 0..1.")
    T_camera_grasp = np.full((4, 4), math.nan)
    has_pose = not math.isnan(message.pose.position.x)
    if has_pose or rejected_code is ErrorCode.OK:
        T_camera_grasp = matrix_from_pose(message.pose)
        if not 0.0 < message.opening_m < 1.0:
            raise RequestInvalid(
                f"The grasp's opening is {message.opening_m:g} m; send metres between 0 and 1."
            )
    return Grasp(
        rectangle=rectangle_from_message(message.rectangle),
        T_camera_grasp=T_camera_grasp,
        opening_m=message.opening_m,
        score=message.score,
        rejected_code=rejected_code,
        rejected_reason=message.rejected_reason,
    )


def verdict_to_message(verdict: Verdict) -> GraspVerdict:
    """Return the verdict as a message; the fields have the same names."""
    return GraspVerdict(
        grasp_index=verdict.grasp_index,
        is_twin=verdict.is_twin,
        rejected_code=int(verdict.rejected_code),
        rejected_reason=verdict.rejected_reason,
    )


def verdict_from_message(message: GraspVerdict) -> Verdict:
    """Return the verdict of a message; a code of a later version counts as `INTERNAL`."""
    try:
        code = ErrorCode(message.rejected_code)
    except ValueError:
        code = ErrorCode.INTERNAL
    return Verdict(message.grasp_index, message.is_twin, code, message.rejected_reason)


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
