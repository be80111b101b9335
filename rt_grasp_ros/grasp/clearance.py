"""Whether the fingers and the hand can come down without hitting what depth shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .camera import Intrinsics
from .depth import points_above
from .grasp import Grasp, Gripper
from .plane import Plane

_SKIN_M = 0.002  # depth noise: what reaches less into a finger than this does not block it
_MIN_BLOCKED_AREA_M2 = 6e-5  # the veil that stereo draws behind an edge covers less (8 mm squared)
_MIN_BLOCKED_POINTS = 3
_TOP_PERCENTILE = 2.0  # of the depths: the top, but not one stray pixel
_STRAIGHT_DOWN = 0.97  # cosine; a table's slope by noise, and little more
_SOLID_STEP_M = 0.012
_SPACING_M = 0.0015  # of the obstacle points: fine enough for a finger, coarse enough to be fast


@dataclass(frozen=True, slots=True, eq=False)
class Obstacles:
    """What stands above the support plane around a grasp.

    Attributes:
        points_m: in the grasp frame, shape (N, 3), float64; or (L, N, 3) where the hand comes from
            aside and could meet what stands below each of the seen points, which come first.
        area_per_point_m2: what one of them stands for, seen squarely.
    """

    points_m: NDArray[np.float64]
    area_per_point_m2: float

    def hold_m(self, opening_m: float, gripper: Gripper) -> float:
        """Return how far the ends of the fingers are below the top of what is between the jaws.

        Args:
            opening_m: distance of the jaws.
            gripper: its measures.
        """
        seen_m = self.points_m if self.points_m.ndim == 2 else self.points_m[0]
        along_m, across_m, deep_m = seen_m.T
        between = (np.abs(along_m) < opening_m / 2) & (np.abs(across_m) < gripper.finger_breadth_m)
        if not between.any():
            return 0.0
        return gripper.finger_overhang_m - float(np.percentile(deep_m[between], _TOP_PERCENTILE))


def obstacles_around(
    grasp: Grasp,
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    gripper: Gripper,
    plane: Plane,
    *,
    tops_alone: bool = False,
) -> Obstacles:
    """Return what the hand could meet on its way down, the grasped object included.

    What it can't reach at any opening is left out.

    Args:
        grasp: with a pose.
        depth_m: shape (H, W), float32, NaN where invalid.
        intrinsics: of the colour image.
        gripper: its measures.
        plane: the support plane; what lies flat on it is no obstacle.
        tops_alone: whether what stands below the seen points is left out, which is quicker where a
            hand comes from aside and they block it already.
    """
    origin_m = grasp.position_m
    focal_px = max(intrinsics.fx_px, intrinsics.fy_px)
    # The body of the hand is nearer to the camera than the fingers, so it covers more pixels.
    nearest_m = max(origin_m[2] - gripper.palm_height_m, origin_m[2] / 2)
    reach_m = float(np.hypot(gripper.palm_width_m, gripper.palm_breadth_m)) / 2
    step_px = max(1, round(_SPACING_M * focal_px / origin_m[2]))
    above_m = points_above(
        depth_m,
        intrinsics,
        plane,
        plane.object_height_m,
        intrinsics.project(origin_m),
        reach_m * focal_px / nearest_m,
        step_px,
    )
    tallest_m = float(plane.height_m(above_m).max(initial=0.0))
    above_m = above_m[_may_be_met(above_m, grasp, gripper, plane)]
    pixel_area_m2 = float(origin_m[2] ** 2 / (intrinsics.fx_px * intrinsics.fy_px))
    solid_m = above_m if tops_alone else _down_to(above_m, tallest_m, grasp, plane)
    return Obstacles(
        points_m=(solid_m - origin_m) @ grasp.T_camera_grasp[:3, :3],
        area_per_point_m2=step_px**2 * pixel_area_m2,
    )


def _may_be_met(
    above_m: NDArray[np.float64], grasp: Grasp, gripper: Gripper, plane: Plane
) -> NDArray[np.bool_]:
    """Return which points above a plane, or what is below them, the hand could reach, (N,)."""
    widest_m = max(
        gripper.max_opening_m,
        grasp.opening_m,
        (grasp.object_width_m or 0.0) + gripper.min_clearance_m,
    )
    reach_m = np.array(
        [
            max(gripper.palm_width_m / 2, widest_m / 2 + gripper.finger_thickness_m),
            max(gripper.palm_breadth_m / 2, gripper.finger_breadth_m),
        ]
    )
    sideways = grasp.T_camera_grasp[:3, :2]
    top_m = (above_m - grasp.position_m) @ sideways
    foot_m = top_m
    if not _is_straight_down(grasp, plane):
        foot_m = top_m - plane.height_m(above_m)[:, None] * (plane.normal @ sideways)
    is_met = (np.minimum(top_m, foot_m) <= reach_m) & (np.maximum(top_m, foot_m) >= -reach_m)
    return np.asarray(is_met.all(axis=1))


def _is_straight_down(grasp: Grasp, plane: Plane) -> bool:
    return -float(grasp.approach @ plane.normal) > _STRAIGHT_DOWN


def _down_to(
    above_m: NDArray[np.float64], tallest_m: float, grasp: Grasp, plane: Plane
) -> NDArray[np.float64]:
    """Return points above a plane (N, 3), or where the hand leans, all down to it (L, N, 3).

    Straight down, a hand meets the tops of things first. From aside it meets their sides, which a
    camera above does not see, so whatever is below a seen point counts as solid.
    """
    if _is_straight_down(grasp, plane) or len(above_m) == 0:
        return above_m
    height_m = plane.height_m(above_m)
    steps_m = np.arange(0.0, tallest_m, _SOLID_STEP_M)
    below_m = np.minimum(steps_m[:, None], np.maximum(height_m - plane.object_height_m, 0.0))
    return np.asarray(above_m - below_m[..., None] * plane.normal)


def blockage(
    opening_m: float, obstacles: Obstacles, gripper: Gripper, back_m: float = 0.0
) -> str | None:
    """Return a sentence that says what is in the way down, or None where it is free.

    The way down is straight along the approach, so whatever stands in the column above the
    footprint of a finger blocks it, and so does whatever reaches above the underside of the hand.

    Args:
        opening_m: distance of the jaws on the way down.
        obstacles: from `obstacles_around`.
        gripper: its measures.
        back_m: how much earlier than at the grasp the way ends.
    """
    along_m, across_m, deep_m = np.moveaxis(obstacles.points_m, -1, 0)
    deep_m = deep_m + back_m
    inner_m = opening_m / 2 + _SKIN_M
    outer_m = opening_m / 2 + gripper.finger_thickness_m
    beside = np.abs(across_m) < gripper.finger_breadth_m / 2
    under_fingers = beside & (deep_m < gripper.finger_overhang_m - _SKIN_M)
    in_the_way = {
        "one finger": under_fingers & (-outer_m < along_m) & (along_m < -inner_m),
        "the other finger": under_fingers & (inner_m < along_m) & (along_m < outer_m),
        "the hand": (deep_m < -gripper.palm_height_m - _SKIN_M)
        & (np.abs(along_m) < gripper.palm_width_m / 2)
        & (np.abs(across_m) < gripper.palm_breadth_m / 2),
    }
    for part, hit in in_the_way.items():
        count = int(np.count_nonzero(np.atleast_2d(hit).any(axis=0)))
        area_m2 = count * obstacles.area_per_point_m2
        if count >= _MIN_BLOCKED_POINTS and area_m2 > _MIN_BLOCKED_AREA_M2:
            height_m = gripper.finger_overhang_m - float(deep_m[hit].min())
            return (
                f"On the way down {part} would hit something {height_m * 1000:.0f} mm above the "
                "lowest point of the fingers; clear the space around the object or ask for another "
                "part of it."
            )
    return None
