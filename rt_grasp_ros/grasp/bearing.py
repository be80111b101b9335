"""How many points of a depth image stand on each of its planes."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from .plane_search import GridPoints, PlanePatch

TALLEST_M = 0.35
"""What is higher above a plane than this does not stand on it."""

FEWEST_THINGS = 8
"""Points that must stand on a plane before it is called one that bears something."""

_WHOLE_SHARE = 0.8  # of a thing's flat top: as much of it must be above what it stands on,
_EDGE_SHARE = 0.1  # and so much near to where that is seen; the rest is hidden by the thing
_ALIKE_COSINE = 0.87  # 30 degrees: a thing's top lies as what it stands on does; a wall does not
_FOOT_CELL_M = 0.04
_FOOT_CELLS = 5  # across: a thing's foot lies within 8 cm of what is seen of its plane
_SIDE_CELLS = 3  # and what lies right under a plane is the side of what that is the top of


def standing_on(grid: GridPoints, patches: Sequence[PlanePatch]) -> list[int]:
    """Return how many points stand on each plane.

    Every point above planes is a vote for the plane right below it, if that plane is seen near
    its foot; so a floor far below a table, or a wall behind it, gets none. A plane on which
    nothing stands is taken for the top of a thing, such as a box, and votes as well for one
    that lies as it does. The sides of a table are no things on the floor.

    Args:
        grid: the points.
        patches: the planes.
    """
    votes = [0] * len(patches)
    if not patches:
        return votes
    heights_m = np.stack([patch.plane.height_m(grid.points_m) for patch in patches])
    object_heights_m = np.array([[patch.plane.object_height_m] for patch in patches])
    near_foot = np.stack([_is_near_foot(grid, patch, _FOOT_CELLS) for patch in patches])
    right_at_foot = np.stack([_is_near_foot(grid, patch, _SIDE_CELLS) for patch in patches])
    is_side = ((heights_m < -object_heights_m) & right_at_foot).any(axis=0)
    above = (heights_m > object_heights_m) & (heights_m < TALLEST_M) & ~is_side
    below_m = np.where(above & near_foot, heights_m, np.inf)
    is_loose = ~np.any([patch.members for patch in patches], axis=0)
    # The nearest to the camera first: whether something stands on it is then known.
    for index in sorted(range(len(patches)), key=lambda i: patches[i].plane.offset_m):
        nearest = np.isfinite(below_m[index]) & (np.argmin(below_m, axis=0) == index)
        votes[index] += int(np.count_nonzero(nearest & is_loose))
        if votes[index] < FEWEST_THINGS:
            members = patches[index].members
            under = [
                (float(np.median(heights_m[other, members])), other)
                for other in range(len(patches))
                if _are_alike(patches[index], patches[other])
                and np.mean(above[other, members]) > _WHOLE_SHARE
                and np.mean(near_foot[other, members]) > _EDGE_SHARE
            ]
            if under:
                votes[min(under)[1]] += patches[index].size
    return votes


def _are_alike(first: PlanePatch, second: PlanePatch) -> bool:
    """Whether two planes are turned nearly alike."""
    return float(first.plane.normal @ second.plane.normal) > _ALIKE_COSINE


def _is_near_foot(grid: GridPoints, patch: PlanePatch, breadth: int) -> NDArray[np.bool_]:
    """Return for each point whether the plane is seen in cells around the point's foot on it."""
    axes = np.linalg.svd(patch.plane.normal[None])[2][1:]
    cells = np.floor(grid.points_m @ axes.T / _FOOT_CELL_M).astype(int)
    of_plane = cells[patch.members]
    low = of_plane.min(axis=0) - breadth
    size = of_plane.max(axis=0) + breadth + 1 - low
    seen = np.zeros(size, np.uint8)
    seen[tuple((of_plane - low).T)] = 1
    seen = cv2.dilate(seen, np.ones((breadth, breadth), np.uint8))
    inside = ((cells >= low) & (cells < low + size)).all(axis=1)
    found = np.zeros(len(cells), bool)
    found[inside] = seen[tuple((cells[inside] - low).T)] > 0
    return found
