"""A picture cut into pieces by depth: where it steps, and where the surface folds inwards.

Parts of one thing mostly meet convexly, two things that touch mostly concavely (Stein et al.,
"Object Partitioning using Local Convexity", CVPR 2014).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

FEWEST_PX = 60
"""What covers less is no piece."""

_STEP_M = 0.012
_STEP_PER_M2 = 0.004  # of the distance squared: a stereo camera's depth gets coarser
_NORMAL_PX = 5
_FOLD_PX = 4


def depth_steps(depth_m: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return the pixels at which depth steps, on the nearer and the farther side."""
    filled_m = np.nan_to_num(depth_m, nan=0.0)
    limit_m = _STEP_M + _STEP_PER_M2 * filled_m**2
    highest_m = cv2.dilate(filled_m, np.ones((3, 3), np.uint8))
    lowest_m = cv2.erode(np.where(filled_m > 0, filled_m, 1e3).astype(np.float32), np.ones((3, 3)))
    return np.asarray((highest_m - filled_m > limit_m) | (filled_m - lowest_m > limit_m))


def inward_folds(points_m: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return by how much the surface folds inwards along rows or columns, as a sine, (H, W)."""
    planes_m = [points_m[..., k].astype(np.float32) for k in range(3)]
    normals = _normals([np.nan_to_num(plane_m) for plane_m in planes_m])
    fold = np.zeros(points_m.shape[:2], np.float32)
    apart = slice(2 * _FOLD_PX, None), slice(None, -2 * _FOLD_PX)
    inner = slice(_FOLD_PX, -_FOLD_PX)
    for is_column in (False, True):
        ahead, behind = (
            (slice(None), piece) if is_column else (piece, slice(None)) for piece in apart
        )
        middle = (slice(None), inner) if is_column else (inner, slice(None))
        inwards = np.zeros(fold[middle].shape, np.float32)
        length = np.zeros_like(inwards)
        for normal, plane_m in zip(normals, planes_m, strict=True):
            way_m = plane_m[ahead] - plane_m[behind]
            inwards += (normal[behind] - normal[ahead]) * way_m
            length += way_m * way_m
        fold[middle] = np.fmax(fold[middle], inwards / np.sqrt(np.maximum(length, 1e-12)))
    return fold


def _normals(planes_m: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """Return x, y and z of the unit normals of a smoothed surface, towards the camera, (H, W)."""
    step = _NORMAL_PX // 2
    kernel = np.zeros((1, 2 * step + 1), np.float32)
    kernel[0, 0], kernel[0, -1] = -1.0, 1.0
    smooth_m = [cv2.boxFilter(plane_m, -1, (_NORMAL_PX, _NORMAL_PX)) for plane_m in planes_m]
    along = [cv2.filter2D(plane_m, -1, kernel) for plane_m in smooth_m]
    down = [cv2.filter2D(plane_m, -1, kernel.T) for plane_m in smooth_m]
    crossed = [
        down[(k + 1) % 3] * along[(k + 2) % 3] - down[(k + 2) % 3] * along[(k + 1) % 3]
        for k in range(3)
    ]
    length = np.sqrt(np.maximum(sum(one * one for one in crossed), 1e-24))
    return [np.asarray(one / length, np.float32) for one in crossed]


def cut_into_parts(
    stands: NDArray[np.bool_], edges: NDArray[np.bool_] | None
) -> tuple[NDArray[np.int32], tuple[int, int]]:
    """Cut what stands at edges, and grow each part back over them.

    Args:
        stands: which pixels show it, shape (H, W).
        edges: along which it is cut, shape (H, W); None to cut it nowhere.

    Returns:
        Labels of the parts in the rows and columns in which anything stands, and the first row and
        column of these.
    """
    left, top, width, height = cv2.boundingRect(stands.astype(np.uint8))
    place = slice(top, top + height), slice(left, left + width)
    if not (width and height):
        return np.zeros((1, 1), np.int32), (0, 0)
    return _parts(stands[place], None if edges is None else edges[place]), (top, left)


def _parts(stands: NDArray[np.bool_], edges: NDArray[np.bool_] | None) -> NDArray[np.int32]:
    standing = (stands if edges is None else stands & ~edges).astype(np.uint8)
    inner = cv2.morphologyEx(standing, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, found, stats, _ = cv2.connectedComponentsWithStats(inner, connectivity=4)
    kept = np.arange(count, dtype=np.int32)
    kept[stats[:, cv2.CC_STAT_AREA] < FEWEST_PX] = 0
    labels: NDArray[np.int32] = kept[found]
    seeds = np.flatnonzero(labels)
    if len(seeds) == 0:
        return labels
    distance, nearest = cv2.distanceTransformWithLabels(
        (labels == 0).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    of_seed = np.zeros(int(nearest.max()) + 1, np.int32)
    of_seed[nearest.ravel()[seeds]] = labels.ravel()[seeds]
    grown = np.asarray(of_seed[nearest], np.int32)
    grown *= stands & (distance <= 2 * _FOLD_PX)
    return grown
