"""Grasp candidates as RViz markers."""

from __future__ import annotations

import textwrap

import numpy as np
from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point, Pose, Vector3
from numpy.typing import NDArray
from std_msgs.msg import ColorRGBA, Header
from visualization_msgs.msg import Marker, MarkerArray

from ...grasp.grasp import Grasp, Gripper
from .poses import pose_from_matrix

_BEST = ColorRGBA(r=0.1, g=0.9, b=0.2, a=1.0)
_CANDIDATE = ColorRGBA(r=0.2, g=0.5, b=1.0, a=0.6)
_REJECTED = ColorRGBA(r=0.5, g=0.5, b=0.5, a=0.5)
_REASON = ColorRGBA(r=1.0, g=0.85, b=0.4, a=1.0)
_PALM_LENGTH_M = 0.04
_TEXT_HEIGHT_M = 0.015
_SPACE_OF_HEIGHT = 0.35  # RViz draws no space between words unless it is told how wide
_LINE_LENGTH = 40
_BEST_WIDTH, _WIDTH = 0.8, 0.4  # of a stroke, as shares of a finger's thickness


def grasp_markers(grasps: list[Grasp], gripper: Gripper, header: Header) -> MarkerArray:
    """Draw each candidate's gripper; the best one green, rejected ones grey with their reason.

    The best one is drawn thicker: others may lie almost where it does.

    Args:
        grasps: candidates, best first; those without a pose are left out.
        gripper: gives the fingers their size.
        header: colour optical frame and the picture's stamp.

    Returns:
        Markers that replace all earlier ones.
    """
    array = MarkerArray(markers=[Marker(header=header, action=Marker.DELETEALL)])
    for index, grasp in enumerate(grasps):
        if not grasp.has_pose:
            continue
        is_best = index == 0 and grasp.is_executable
        colour = _REJECTED if not grasp.is_executable else _BEST if is_best else _CANDIDATE
        width_m = gripper.finger_thickness_m * (_BEST_WIDTH if is_best else _WIDTH)
        array.markers.append(_gripper_marker(index, grasp, gripper, header, colour, width_m))
        if grasp.rejected_reason:
            array.markers.append(_reason_marker(index, grasp, header))
    return array


def _gripper_marker(
    index: int,
    grasp: Grasp,
    gripper: Gripper,
    header: Header,
    colour: ColorRGBA,
    width_m: float,
) -> Marker:
    """Two fingers, a bridge and a palm as lines in the grasp frame (+z approach, +x closing)."""
    half_m = grasp.opening_m / 2
    top_m = -gripper.finger_depth_m
    strokes_m = [
        ((-half_m, 0.0), (-half_m, top_m)),
        ((half_m, 0.0), (half_m, top_m)),
        ((-half_m, top_m), (half_m, top_m)),
        ((0.0, top_m), (0.0, top_m - _PALM_LENGTH_M)),
    ]
    return Marker(
        header=header,
        ns="gripper",
        id=index,
        type=Marker.LINE_LIST,
        action=Marker.ADD,
        pose=pose_from_matrix(grasp.T_camera_grasp),
        scale=Vector3(x=width_m),
        color=colour,
        points=[Point(x=x_m, y=0.0, z=z_m) for stroke in strokes_m for x_m, z_m in stroke],
        lifetime=Duration(),
    )


def _reason_marker(index: int, grasp: Grasp, header: Header) -> Marker:
    """The reason for the rejection, floating above the palm."""
    palm: NDArray[np.float64] = grasp.position_m - grasp.approach * 2 * _PALM_LENGTH_M
    x_m, y_m, z_m = palm.tolist()
    return Marker(
        header=header,
        ns="reason",
        id=index,
        type=Marker.TEXT_VIEW_FACING,
        action=Marker.ADD,
        pose=Pose(position=Point(x=x_m, y=y_m, z=z_m)),
        scale=Vector3(x=_SPACE_OF_HEIGHT * _TEXT_HEIGHT_M, z=_TEXT_HEIGHT_M),
        color=_REASON,
        text=textwrap.fill(grasp.rejected_reason, _LINE_LENGTH),
    )
