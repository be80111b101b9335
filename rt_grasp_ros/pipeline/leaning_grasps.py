"""The same grasp with the hand leaning: for where the arm can't come straight down to a thing.

The fingertips stay where they are and close along the same line; the hand leans along the breadth
of the pads, so that something tall beside the thing is beside the hand or the forearm no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ..grasp.clearance import blockage, obstacles_around
from ..grasp.error_code import ErrorCode
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Grasp, Gripper
from ..grasp.lift import origin_above_plane
from ..grasp.plane import Plane

_LEANS_RAD = tuple(math.radians(angle_deg) for angle_deg in (20, -20, 35, -35))
_WORTH_PER_RAD = 1.0  # of the score, that is lost


def leaning(
    grasps: Sequence[Grasp], frame: RgbdFrame, plane: Plane, gripper: Gripper
) -> Iterator[tuple[int, Grasp]]:
    """Yield grasps that are free once the hand leans, and of which each is; little leaning first.

    Args:
        grasps: with poses, best first.
        frame: colour, depth and intrinsics.
        plane: that bears what they hold.
        gripper: its measures.
    """
    for lean_rad in _LEANS_RAD:
        for index, grasp in enumerate(grasps):
            leant = off_the_plane(_leant(grasp, lean_rad), plane, gripper)
            if _is_free(leant, frame, plane, gripper):
                yield index, leant


def _is_free(grasp: Grasp, frame: RgbdFrame, plane: Plane, gripper: Gripper) -> bool:
    """Whether nothing is in the way down; what is seen is asked before what is below that."""
    return all(
        blockage(
            grasp.opening_m,
            obstacles_around(
                grasp, frame.depth_m, frame.intrinsics, gripper, plane, tops_alone=tops_alone
            ),
            gripper,
        )
        is None
        for tops_alone in (True, False)
    )


def off_the_plane(grasp: Grasp, plane: Plane, gripper: Gripper) -> Grasp:
    """Return a grasp that is drawn back where the ends of the fingers would meet the plane.

    Args:
        grasp: with a pose.
        plane: that bears what it holds.
        gripper: its measures.
    """
    closing, across, approach = grasp.T_camera_grasp[:3, :3].T
    lower_edge_m = gripper.finger_breadth_m / 2 * abs(float(across @ plane.normal))
    T_camera_grasp = grasp.T_camera_grasp.copy()
    T_camera_grasp[:3, 3] = origin_above_plane(
        grasp.position_m,
        closing * grasp.opening_m,
        -approach,
        replace(plane, offset_m=plane.offset_m - lower_edge_m),
        gripper,
    )
    return replace(grasp, T_camera_grasp=T_camera_grasp)


def _leant(grasp: Grasp, lean_rad: float) -> Grasp:
    """Return a grasp turned about its closing direction, what spoke against it forgotten."""
    cosine, sine = math.cos(lean_rad), math.sin(lean_rad)
    turn = np.eye(4)
    turn[1:3, 1:3] = [[cosine, -sine], [sine, cosine]]
    return replace(
        grasp,
        T_camera_grasp=grasp.T_camera_grasp @ turn,
        score=grasp.score * max(0.0, 1.0 - _WORTH_PER_RAD * abs(lean_rad)),
        rejected_code=ErrorCode.OK,
        rejected_reason="",
    )
