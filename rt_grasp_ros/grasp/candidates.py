"""From the model's rectangles to grasps in space, best first, each with its fate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .camera import Intrinsics
from .clearance import obstacles_around, require_clearance
from .errors import GraspGeometryError, NoFingerClearance
from .grasp import Grasp, Gripper
from .lift import lift
from .plane import Plane
from .rectangle import GraspRectangle


def ranked_grasps(
    rectangles: Sequence[GraspRectangle],
    scores: Sequence[float],
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    gripper: Gripper,
    plane: Plane,
    *,
    approach: str | Sequence[float] = "plane",
) -> list[tuple[int, Grasp]]:
    """Lift rectangles, check their way down, and sort them.

    Args:
        rectangles: from the model.
        scores: one each, 0..1, higher is better.
        depth_m: registered to the colour image, shape (H, W), float32, NaN where invalid.
        intrinsics: of the colour image.
        gripper: its measures.
        plane: the support plane.
        approach: see `lift`.

    Returns:
        `(index, grasp)`, where `index` says which rectangle it came from: those that may be
        executed by falling score, then the rejected ones, each with its code and reason.

    Raises:
        SizeMismatch: depth, intrinsics and rectangles are of different sizes.
        RequestInvalid: the approach does not lead away from the camera.
    """
    grasps = [
        (index, _grasp_with_fate(rectangle, score, depth_m, intrinsics, gripper, plane, approach))
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
    """Return the grasp with the widest opening whose way down is free.

    Tried in turn: the opening it has, and where the width of the object is known, that width with
    the least clearance on both sides, which squeezes the fingers past a near neighbour.

    Raises:
        NoFingerClearance: the way down is blocked with both.
    """
    obstacles = obstacles_around(grasp, depth_m, intrinsics, gripper, plane)
    try:
        require_clearance(grasp.opening_m, obstacles, gripper)
    except NoFingerClearance:
        if grasp.object_width_m is None:
            raise
        narrow_m = grasp.object_width_m + gripper.min_clearance_m
        require_clearance(narrow_m, obstacles, gripper)
        return replace(grasp, opening_m=narrow_m)
    return grasp


def _grasp_with_fate(
    rectangle: GraspRectangle,
    score: float,
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    gripper: Gripper,
    plane: Plane,
    approach: str | Sequence[float],
) -> Grasp:
    """Return the grasp of a rectangle, marked as rejected where something speaks against it."""
    grasp = Grasp(rectangle, np.full((4, 4), np.nan), opening_m=float("nan"), score=score)
    try:
        grasp = lift(
            rectangle, depth_m, intrinsics, gripper, plane=plane, approach=approach, score=score
        )
        return with_clearance(grasp, depth_m, intrinsics, gripper, plane)
    except GraspGeometryError as error:
        return replace(grasp, rejected_code=error.code, rejected_reason=error.message)
