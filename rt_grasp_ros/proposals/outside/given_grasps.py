"""Poses of a gripper that somebody else proposes, turned into proposals of ours.

What is no pose is refused before anything is made of it. Others say where the hand goes, not how
wide the thing is there: that is measured between the pads, in depth.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...grasp.grasp import Gripper
from ...grasp.plane import Plane
from ..proposal import Proposal

MOST = 2000
"""So many grasps at once are looked at; more are a mistake of whoever sends them."""

_ROTATION_TOLERANCE = 1e-2
_FARTHEST_M = 5.0
_FEWEST_POINTS = 5
_LAST_SCORE = 0.5
_EDGE_PERCENTILE = 2.0  # of the points between the pads: stray ones are no width


class GivenGraspsInvalid(ValueError):
    """What was given is no list of grasps; says what it is instead, as a clause."""


def require_grasps(
    T_camera_grasp: NDArray[np.floating], scores: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return poses and scores as they are computed with.

    Args:
        T_camera_grasp: as of `Proposal`, shape (N, 4, 4).
        scores: of each, 0..1, shape (N,).

    Raises:
        GivenGraspsInvalid: they are of another shape, too many, not finite, no rigid motions, or
            far from any table.
    """
    poses = np.asarray(T_camera_grasp, np.float64)
    values = np.asarray(scores, np.float64)
    if poses.ndim != 3 or poses.shape[1:] != (4, 4) or values.shape != poses.shape[:1]:
        raise GivenGraspsInvalid(
            f"poses of shape {poses.shape} and scores of shape {values.shape} are no grasps"
        )
    if len(poses) > MOST:
        raise GivenGraspsInvalid(f"{len(poses)} grasps are more than {MOST}")
    _refuse("is not finite", np.isfinite(poses).all(axis=(1, 2)) & np.isfinite(values))
    turns = poses[:, :3, :3]
    off = np.abs(turns @ turns.transpose(0, 2, 1) - np.eye(3)).max(axis=(1, 2), initial=0.0)
    is_turn = (off < _ROTATION_TOLERANCE) & (np.linalg.det(turns) > 0)
    is_turn &= np.abs(poses[:, 3] - [0, 0, 0, 1]).max(axis=1, initial=0.0) < _ROTATION_TOLERANCE
    _refuse("is no rigid motion (a quaternion that is not of length 1?)", is_turn)
    near = np.linalg.norm(poses[:, :3, 3], axis=1) < _FARTHEST_M
    _refuse(f"is farther than {_FARTHEST_M:g} m from the camera (another unit or frame?)", near)
    return poses, np.clip(values, 0.0, 1.0)


def scores_by_rank(count: int) -> NDArray[np.float64]:
    """Return scores of grasps that come best first without any, 1 to 0.5, shape (count,)."""
    return np.linspace(1.0, _LAST_SCORE, count) if count > 1 else np.ones(count)


def measured(
    T_camera_grasp: NDArray[np.float64],
    scores: NDArray[np.float64],
    points_m: NDArray[np.float64],
    plane: Plane,
    gripper: Gripper,
) -> list[Proposal]:
    """Return the grasps that have something of a thing between the pads, best first.

    Args:
        T_camera_grasp: from `require_grasps`, shape (N, 4, 4).
        scores: from there, shape (N,).
        points_m: of the thing, in the optical frame, shape (M, 3).
        plane: that bears it.
        gripper: its measures.
    """
    proposals = []
    for pose, score in zip(T_camera_grasp, scores, strict=True):
        along_m, across_m, deep_m = ((points_m - pose[:3, 3]) @ pose[:3, :3]).T
        held = (
            (np.abs(along_m) < gripper.max_opening_m / 2)
            & (np.abs(across_m) < gripper.finger_breadth_m / 2)
            & (deep_m > -gripper.finger_depth_m)
            & (deep_m < gripper.finger_overhang_m)
        )
        if np.count_nonzero(held) < _FEWEST_POINTS:
            continue
        low_m, high_m = np.percentile(
            along_m[held], [_EDGE_PERCENTILE, 100.0 - _EDGE_PERCENTILE]
        ).tolist()
        centred = pose.copy()  # the fingers close at the same time on both sides
        centred[:3, 3] += (low_m + high_m) / 2 * pose[:3, 0]
        width_m = high_m - low_m
        proposals.append(
            Proposal(
                T_camera_grasp=centred,
                opening_m=min(width_m + gripper.clearance_m, gripper.max_opening_m),
                object_width_m=width_m,
                height_m=float(plane.height_m(centred[:3, 3])),
                quality=float(score),
            )
        )
    return sorted(proposals, key=lambda one: -one.quality)


def _refuse(problem: str, is_right: NDArray[np.bool_]) -> None:
    if not is_right.all():
        wrong = int(np.argmin(is_right))
        raise GivenGraspsInvalid(f"grasp {wrong} of {len(is_right)} {problem}")
