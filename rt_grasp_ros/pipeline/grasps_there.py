"""Grasps on a region that somebody pointed at: proposed, checked, ranked."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from ..grasp.candidates import with_clearance
from ..grasp.errors import GraspGeometryError
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Grasp, Gripper
from ..grasp.plane import Plane
from ..grasp.support import Support
from ..proposals.proposal import Proposals
from .leaning_grasps import leaning, off_the_plane

_LOW_PERCENTILE, _HIGH_PERCENTILE = 5, 95
_PER_M_BACK = 25.0  # what a metre that a grasp is drawn back takes of its score's logarithm
_LEANT = 6  # of the best, which the hand may lean at
_BELOW_M = 0.015
_ABOVE_M = 0.006


def grasps_on(
    frame: RgbdFrame,
    region: NDArray[np.bool_],
    plane: Plane,
    proposals: Proposals,
    gripper: Gripper,
    count: int,
    worth: Callable[[Grasp], float] = lambda grasp: grasp.score,
) -> list[Grasp]:
    """Return grasps on a region, those that may be executed first, best first.

    What has to stay higher than proposed, since something low is in the fingers' way, is worth
    less: pads that reach less far down slip off. Where the hand can't come straight down to any,
    it leans.

    Args:
        frame: colour, depth and intrinsics.
        region: pixels of the thing or part to hold, shape (H, W).
        plane: that bears it.
        proposals: finds where the gripper could close.
        gripper: its measures.
        count: at most so many.
        worth: the score that a proposed grasp gets in place of its quality.
    """
    free: list[Grasp] = []
    rejected: list[Grasp] = []
    proposed = [
        off_the_plane(proposal.to_grasp(frame.intrinsics, gripper.finger_breadth_m), plane, gripper)
        for proposal in proposals.propose(frame, plane, region)
    ]
    scored = [replace(grasp, score=worth(grasp)) for grasp in proposed]
    for grasp in sorted(scored, key=lambda one: -one.score):
        if len(free) >= count and free[count - 1].score >= grasp.score:
            break
        try:
            there = with_clearance(grasp, frame.depth_m, frame.intrinsics, gripper, plane)
        except GraspGeometryError as error:
            rejected.append(replace(grasp, rejected_code=error.code, rejected_reason=error.message))
            continue
        back_m = float((grasp.position_m - there.position_m) @ grasp.approach)
        free.append(replace(there, score=grasp.score * math.exp(-_PER_M_BACK * back_m)))
        free.sort(key=lambda one: -one.score)
    if not free:
        leant = leaning(rejected[:_LEANT], frame, plane, gripper)
        free = [grasp for _, grasp in islice(leant, count)]
    return [*free, *rejected][:count]


def plane_under(frame: RgbdFrame, region: NDArray[np.bool_], support: Support) -> Plane:
    """Return the plane that bears a region: what it rises from, and does not reach below.

    Args:
        frame: colour, depth and intrinsics.
        region: pixels of a thing, shape (H, W).
        support: the planes that may bear it.
    """
    points_m = frame.points_m[region]
    points_m = points_m[np.isfinite(points_m[:, 2])]
    if len(points_m) == 0:
        return support.plane
    feet_m: list[tuple[float, int]] = []
    for index, plane in enumerate(support.planes):
        low_m, high_m = np.percentile(plane.height_m(points_m), [_LOW_PERCENTILE, _HIGH_PERCENTILE])
        if low_m > -_BELOW_M and high_m > max(_ABOVE_M, plane.object_height_m):
            feet_m.append((float(low_m), index))
    return support.planes[min(feet_m)[1]] if feet_m else support.plane
