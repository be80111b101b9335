"""Antipodal top-down grasps of a mesh, sampled on its surface (after Dex-Net 2.0, Mahler 2017).

A grasp is a point on top, a closing direction, and the run of surface between the pads: both ends
of the run must face the pads, and the fingers must come down beside it into empty space.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..mesh import Mesh, surface_points
from ..shape import FINGER_DEPTH_M, TABLE_CLEARANCE_M, PartGrasp

WHOLE = "whole"
"""Name of the only part of a mesh."""

MAX_WIDTH_M = 0.074
DIRECTIONS = 12
_SPACING_M = 0.0025
_CENTRES = 60
_PAD_HALF_M = 0.009
_FINGER_HALF_M = 0.011
_FINGER_M = (0.003, 0.015)  # where a finger is, from the run's end
_BELOW_TIP_M = 0.009  # how far the fingers reach below the point between the pads
_GAP_M = 0.006
_FACING = 0.8  # cosine between a surface's normal and the closing direction
_END_M = 0.003  # how deep a run's end is
_LEAST_CONTACT = 0.2
_ASIDE_COST, _WIDTH_COST = 0.8, 1.0


def search_grasps(mesh: Mesh, count: int = 4, seed: int = 0) -> list[PartGrasp]:
    """Return the best grasps of a mesh, unlike each other, the best one first; fewer, or none.

    Args:
        mesh: at rest on the plane z = 0.
        count: at most so many.
        seed: draws where it is tried.
    """
    points, normals, _ = surface_points(mesh, _SPACING_M)
    rng = np.random.default_rng(seed)
    middle = points.mean(axis=0)
    reach_m = float(np.linalg.norm(points[:, :2] - middle[:2], axis=1).max())
    upper = np.flatnonzero(points[:, 2] > max(0.3 * points[:, 2].max(), 0.004))
    centres = points[rng.choice(upper, min(_CENTRES, len(upper)), replace=False), :2]
    centres = np.concatenate([middle[None, :2], centres])
    rated = []
    for direction in np.arange(DIRECTIONS) * math.pi / DIRECTIONS:
        closing = np.array([math.cos(direction), math.sin(direction), 0.0])
        across = np.array([-closing[1], closing[0], 0.0])
        for centre in centres:
            found = _grasp_at(points, normals, centre, closing, across)
            if found is not None:
                grasp, contact = found
                aside = np.linalg.norm(grasp.top_m[:2] - middle[:2]) / max(reach_m, 1e-6)
                wide = grasp.width_m / MAX_WIDTH_M
                rated.append((contact - _ASIDE_COST * aside - _WIDTH_COST * wide, grasp))
    rated.sort(key=lambda one: -one[0])
    chosen: list[PartGrasp] = []
    for _, grasp in rated:
        if len(chosen) < count and all(_is_unlike(grasp, other) for other in chosen):
            chosen.append(grasp)
    return chosen


def _grasp_at(
    points: NDArray[np.float64],
    normals: NDArray[np.float64],
    centre: NDArray[np.float64],
    closing: NDArray[np.float64],
    across: NDArray[np.float64],
) -> tuple[PartGrasp, float] | None:
    """Return the grasp there and how much of the pads it fills, in 0..1."""
    offset = points[:, :2] - centre
    along, aside = offset @ closing[:2], np.abs(offset @ across[:2])
    near = (aside < _PAD_HALF_M) & (np.abs(along) < MAX_WIDTH_M)
    under = near & (np.abs(along) < 0.005)
    if not under.any():
        return None
    top_m = float(points[under, 2].max())
    tip_m = max(TABLE_CLEARANCE_M, top_m - FINGER_DEPTH_M)
    between = near & (points[:, 2] > tip_m - _BELOW_TIP_M / 2)
    reached = _run(along[between])
    if reached is None or reached[1] - reached[0] > MAX_WIDTH_M:
        return None
    low_m, high_m = reached
    finger = (aside < _FINGER_HALF_M) & (points[:, 2] > max(tip_m - _BELOW_TIP_M, 0.002))
    beyond = np.maximum(low_m - along, along - high_m)
    if (finger & (beyond > _FINGER_M[0]) & (beyond < _FINGER_M[1])).any():
        return None
    facing = []
    for end_m, sign in ((low_m, -1.0), (high_m, 1.0)):
        cosine = sign * (normals[between & (np.abs(along - end_m) < _END_M)] @ closing)
        if not (cosine > _FACING).any():
            return None
        facing.append(float(cosine[cosine > _FACING].mean() * (cosine > _FACING).mean()))
    if min(facing) < _LEAST_CONTACT:
        return None
    middle = centre + closing[:2] * (low_m + high_m) / 2
    grasp = PartGrasp(WHOLE, np.array([*middle, top_m]), closing, high_m - low_m)
    return grasp, min(facing)


def _run(along_m: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return where the run of points around 0 begins and ends; None where there is none."""
    ordered = np.sort(along_m)
    breaks = np.flatnonzero(np.diff(ordered) > _GAP_M)
    starts = ordered[np.concatenate([[0], breaks + 1])] if len(ordered) else ordered
    ends = ordered[np.concatenate([breaks, [len(ordered) - 1]])] if len(ordered) else ordered
    for start, end in zip(starts, ends, strict=True):
        if start - 0.002 <= 0 <= end + 0.002:
            return float(start), float(end)
    return None


def _is_unlike(one: PartGrasp, other: PartGrasp) -> bool:
    apart_m = float(np.linalg.norm(one.top_m[:2] - other.top_m[:2]))
    return apart_m > 0.015 or abs(float(one.closing @ other.closing)) < math.cos(math.radians(25))
