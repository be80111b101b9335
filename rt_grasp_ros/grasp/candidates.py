"""From the model's rectangles to grasps in space, best first, each with its fate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .camera import Intrinsics
from .clearance import blockage, obstacles_around
from .errors import GraspGeometryError, NoFingerClearance, RobotAtGrasp
from .grasp import Grasp, Gripper
from .lift import lift
from .plane import Plane
from .rectangle import GraspRectangle
from .support import Support

_BACK_STEP_M = 0.003


def ranked_grasps(
    rectangles: Sequence[GraspRectangle],
    scores: Sequence[float],
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    gripper: Gripper,
    support: Support,
    *,
    approach: str | Sequence[float] = "plane",
    is_robot: NDArray[np.bool_] | None = None,
) -> list[tuple[int, Grasp]]:
    """Lift rectangles, check their way down, and sort them.

    Args:
        rectangles: from the model.
        scores: one each, 0..1, higher is better.
        depth_m: registered to the colour image, shape (H, W), float32, NaN where invalid.
        intrinsics: of the colour image.
        gripper: its measures.
        support: the planes that things stand on; each rectangle is lifted from the one under it.
        approach: see `lift`.
        is_robot: which pixels show the robot itself, shape (H, W); a grasp whose centre lies there
            is rejected.

    Returns:
        `(index, grasp)`, where `index` says which rectangle it came from: those that may be
        executed by falling score, then the rejected ones, each with its code and reason.

    Raises:
        SizeMismatch: depth, intrinsics and rectangles are of different sizes.
        RequestInvalid: the approach does not lead away from the camera.
    """
    grasps = [
        (index, _grasp_with_fate(rectangle, score, depth_m, intrinsics, gripper, support, approach))
        if is_robot is None or not _shows(is_robot, rectangle)
        else (index, _rejected(_not_lifted(rectangle, score), RobotAtGrasp()))
        for index, (rectangle, score) in enumerate(zip(rectangles, scores, strict=True))
    ]
    return sorted(grasps, key=lambda entry: (not entry[1].is_executable, -entry[1].score))


def with_clearance(
    grasp: Grasp,
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    gripper: Gripper,
    plane: Plane,
) -> Grasp:
    """Return the deepest grasp, with the widest opening at that depth, whose way down is free.

    Tried at each depth: the opening it has, and where the width of the object is known, that width
    with the least clearance on both sides, which squeezes the fingers past a near neighbour. Where
    something low is in the way (the inside of a bowl, the neck of a hammer), the grasp moves back
    along its approach as long as the fingers still reach `min_hold_m` beside the object.

    Raises:
        NoFingerClearance: the way down is blocked with all of them.
    """
    obstacles = obstacles_around(grasp, depth_m, intrinsics, gripper, plane)
    openings_m = [grasp.opening_m]
    if grasp.object_width_m is not None:
        openings_m.append(grasp.object_width_m + gripper.min_clearance_m)
    held_m = grasp.opening_m if grasp.object_width_m is None else grasp.object_width_m
    room_m = obstacles.hold_m(held_m, gripper) - gripper.min_hold_m
    for back_m in np.arange(0.0, max(room_m, 0.0) + _BACK_STEP_M / 2, _BACK_STEP_M):
        for opening_m in openings_m:
            if blockage(opening_m, obstacles, gripper, back_m) is None:
                T_camera_grasp = grasp.T_camera_grasp.copy()
                T_camera_grasp[:3, 3] -= back_m * grasp.approach
                return replace(grasp, opening_m=opening_m, T_camera_grasp=T_camera_grasp)
    raise NoFingerClearance(blockage(openings_m[-1], obstacles, gripper))


def _grasp_with_fate(
    rectangle: GraspRectangle,
    score: float,
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    gripper: Gripper,
    support: Support,
    approach: str | Sequence[float],
) -> Grasp:
    """Return the grasp of a rectangle, marked as rejected where something speaks against it."""
    grasp = _not_lifted(rectangle, score)
    try:
        plane = support.under(rectangle, depth_m, intrinsics)
        grasp = lift(
            rectangle, depth_m, intrinsics, gripper, plane=plane, approach=approach, score=score
        )
        return with_clearance(grasp, depth_m, intrinsics, gripper, plane)
    except GraspGeometryError as error:
        return _rejected(grasp, error)


def _not_lifted(rectangle: GraspRectangle, score: float) -> Grasp:
    return Grasp(rectangle, np.full((4, 4), np.nan), opening_m=float("nan"), score=score)


def _rejected(grasp: Grasp, error: GraspGeometryError) -> Grasp:
    return replace(grasp, rejected_code=error.code, rejected_reason=error.message)


def _shows(mask: NDArray[np.bool_], rectangle: GraspRectangle) -> bool:
    """Whether a mask holds the pixel of a rectangle's centre; outside the image nothing is."""
    x_px, y_px = np.floor(rectangle.centre).astype(int)
    is_inside = 0 <= x_px < mask.shape[1] and 0 <= y_px < mask.shape[0]
    return is_inside and bool(mask[y_px, x_px])
