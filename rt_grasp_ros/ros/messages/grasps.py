"""Rectangles, grasps and verdicts to messages and back."""

from __future__ import annotations

import math

import numpy as np
from geometry_msgs.msg import Point, Pose, Vector3
from std_msgs.msg import Header

from rt_grasp_ros.msg import Grasp as GraspMessage
from rt_grasp_ros.msg import GraspRectangle as GraspRectangleMessage
from rt_grasp_ros.msg import GraspVerdict

from ...grasp.error_code import ErrorCode
from ...grasp.errors import RequestInvalid
from ...grasp.grasp import Grasp
from ...grasp.rectangle import GraspRectangle
from ...grasp.verdict import Verdict
from .poses import matrix_from_pose, pose_from_matrix

_NO_POSE = Pose(position=Point(x=math.nan, y=math.nan, z=math.nan))


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
