"""Whether the fingers and the hand can come down without hitting what depth shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .camera import Intrinsics
from .depth import samples_around
from .errors import NoFingerClearance
from .grasp import Grasp, Gripper
from .plane import Plane

_SKIN_M = 0.002  # depth noise: what reaches less into a finger than this does not block it
_MIN_BLOCKED_AREA_M2 = 2e-5  # stray pixels at depth edges cover less than this (4.5 mm squared)


def obstacle_points(
    grasp: Grasp,
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    gripper: Gripper,
    plane: Plane,
) -> NDArray[np.float64]:
    """Return the points above the support plane that the hand could meet, in the grasp frame.

    Args:
        grasp: with a pose.
        depth_m: shape (H, W), float32, NaN where invalid.
        intrinsics: of the colour image.
        gripper: its measures.
        plane: the support plane; what lies on it is no obstacle.

    Returns:
        Shape (N, 3), metres.
    """
    reach_m = np.hypot(gripper.palm_width_m, gripper.palm_breadth_m) / 2
    centre_px = intrinsics.project(grasp.position_m)
    # The palm is nearer to the camera than the fingertips and so covers more pixels.
    nearest_m = max(grasp.position_m[2] - gripper.palm_height_m, 0.1)
    radius_px = reach_m * max(intrinsics.fx_px, intrinsics.fy_px) / nearest_m
    cloud_m = samples_around(depth_m, intrinsics, centre_px, radius_px).points_m
    cloud_m = cloud_m[plane.height_m(cloud_m) > plane.object_height_m]
    return (cloud_m - grasp.position_m) @ grasp.T_camera_grasp[:3, :3]


def require_clearance(
    opening_m: float, points_m: NDArray[np.float64], gripper: Gripper, area_per_point_m2: float
) -> None:
    """Refuse a grasp whose way down is not free.

    The way down is straight along the approach, so whatever stands in the column above the
    footprint of a finger blocks it, and so does whatever reaches above the underside of the hand.

    Args:
        opening_m: distance of the jaws on the way down.
        points_m: obstacles in the grasp frame, shape (N, 3), from `obstacle_points`.
        gripper: its measures.
        area_per_point_m2: what one pixel covers at this distance.

    Raises:
        NoFingerClearance: something is in the way; the message says what of the gripper hits.
    """
    along_m, across_m, depth_below_tip_m = points_m.T
    above_tips = depth_below_tip_m < -_SKIN_M
    under_fingers = above_tips & (np.abs(across_m) < gripper.finger_breadth_m / 2)
    inner_m, outer_m = opening_m / 2, opening_m / 2 + gripper.finger_thickness_m
    in_the_way = {
        "one finger": (along_m < -inner_m - _SKIN_M) & (along_m > -outer_m) & under_fingers,
        "the other finger": (along_m > inner_m + _SKIN_M) & (along_m < outer_m) & under_fingers,
        "the hand": (depth_below_tip_m < -gripper.palm_height_m - _SKIN_M)
        & (np.abs(along_m) < gripper.palm_width_m / 2)
        & (np.abs(across_m) < gripper.palm_breadth_m / 2),
    }
    for part, hit in in_the_way.items():
        count = int(np.count_nonzero(hit))
        if count >= 3 and count * area_per_point_m2 > _MIN_BLOCKED_AREA_M2:
            height_m = float(-depth_below_tip_m[hit].min())
            raise NoFingerClearance(
                f"On the way down {part} would hit something that reaches "
                f"{height_m * 1000:.0f} mm above the fingertips; clear the space around the "
                "object or ask for another part of it."
            )


def check_clearance(
    grasp: Grasp,
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    gripper: Gripper,
    plane: Plane,
) -> None:
    """Refuse a grasp whose fingers or hand would hit what depth shows on the way down.

    Args and errors as `obstacle_points` and `require_clearance`.

    Raises:
        NoFingerClearance: something is in the way.
    """
    points_m = obstacle_points(grasp, depth_m, intrinsics, gripper, plane)
    require_clearance(grasp.opening_m, points_m, gripper, pixel_area_m2(grasp, intrinsics))


def pixel_area_m2(grasp: Grasp, intrinsics: Intrinsics) -> float:
    """Return the area that one pixel covers at the grasp, seen squarely."""
    return float(grasp.position_m[2] ** 2 / (intrinsics.fx_px * intrinsics.fy_px))
