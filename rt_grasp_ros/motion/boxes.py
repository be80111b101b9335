"""A point cloud as few boxes, for planners that take solids instead of points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BOX_M = 0.01


def boxes_around(
    points_m: NDArray[np.float64], edge_m: float = BOX_M
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return boxes that hold all points: filled cells of a grid, rows of them merged.

    Args:
        points_m: shape (N, 3).
        edge_m: edge of a cell.

    Returns:
        Centres, shape (K, 3), and sizes, shape (K, 3), metres; disjoint, axis-parallel.
    """
    cells = np.unique(np.floor(points_m / edge_m).astype(np.int64), axis=0)
    low, high = cells, cells + 1
    for axis in (2, 0, 1):
        low, high = _merged(low, high, axis)
    low_m, high_m = low.astype(np.float64) * edge_m, high.astype(np.float64) * edge_m
    return (low_m + high_m) / 2, high_m - low_m


def _merged(
    low: NDArray[np.int64], high: NDArray[np.int64], axis: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Join boxes that touch along an axis and are alike across it."""
    if not len(low):
        return low, high
    across = [other for other in range(3) if other != axis]
    keys = np.column_stack([low[:, across], high[:, across], low[:, axis]])
    order = np.lexsort(keys.T[::-1])
    low, high, keys = low[order], high[order], keys[order]
    is_new = np.ones(len(low), bool)
    is_new[1:] = (keys[1:, :4] != keys[:-1, :4]).any(axis=1) | (low[1:, axis] != high[:-1, axis])
    starts = np.flatnonzero(is_new)
    ends = np.append(starts[1:], len(low)) - 1
    return low[starts], high[ends]
