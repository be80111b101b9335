"""What stands on a plane, cut into things by depth: at steps, and where the surface folds inwards.

Parts of one thing mostly meet convexly, two things that touch mostly concavely (Stein et al.,
"Object Partitioning using Local Convexity", CVPR 2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..grasp.frame import RgbdFrame
from ..grasp.plane import Plane
from ..grasp.support import Support

_LOWEST_M, _HIGHEST_M = 0.008, 0.35
_STEP_M = 0.012
_STEP_PER_M2 = 0.004  # of the distance squared: a stereo camera's depth gets coarser
_SMALLEST_M, _LARGEST_M = 0.012, 0.45
_FEWEST_PX = 60
_NORMAL_PX = 5
_FOLD_PX = 4
FOLD_LIMITS = (np.inf, 0.7, 0.35)
"""Sines of the angle by which a surface folds inwards where two things meet, one a cut."""

_PLANES = 3
_SAME_IOU = 0.85
_TOP_PERCENTILE = 97
_BORDER_PX = 2


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """One thing on the plane, as depth shows it.

    Attributes:
        mask: its pixels, shape (H, W).
        box_px: left, top, width, height of them.
        centre_m: median of its points in the optical frame, shape (3,).
        extent_m: the longer side of its box, at its distance.
        height_m: of its top above the plane.
        plane: that bears it.
    """

    mask: NDArray[np.bool_]
    box_px: tuple[int, int, int, int]
    centre_m: NDArray[np.float64]
    extent_m: float
    height_m: float
    plane: Plane


def find_segments(
    frame: RgbdFrame, support: Support, fold_limits: Sequence[float | None] = FOLD_LIMITS
) -> list[Segment]:
    """Return the things on planes, as several cuts show them: with and without inward folds.

    What two cuts show alike is returned once. A thing may be returned as a whole and in parts;
    what it is called tells which is meant.

    Args:
        frame: colour, depth and intrinsics.
        support: the planes that may bear them.
        fold_limits: one a cut, see `FOLD_LIMITS`; infinity cuts at steps of depth alone, None only
            where the plane is seen between things.
    """
    points_m = frame.points_m
    steps = _depth_steps(frame.depth_m)
    bent = any(limit is not None and np.isfinite(limit) for limit in fold_limits)
    folded = _fold(points_m) if bent else np.zeros(steps.shape)
    found: list[Segment] = []
    for plane in support.planes[:_PLANES]:
        height_m = plane.height_m(points_m)
        low_m = max(_LOWEST_M, plane.object_height_m)
        stands = (height_m > low_m) & (height_m < _HIGHEST_M)
        for limit in fold_limits:
            edges = np.zeros_like(steps) if limit is None else steps | (folded > limit)
            labels = _cut(stands, edges)
            for box, label in _boxes(labels):
                segment = _segment(labels, box, label, points_m, height_m, frame, plane)
                if segment is not None and not any(_is_same(segment, other) for other in found):
                    found.append(segment)
    return found


def _depth_steps(depth_m: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return the pixels at which depth steps, on the nearer and the farther side."""
    filled_m = np.nan_to_num(depth_m, nan=0.0)
    limit_m = _STEP_M + _STEP_PER_M2 * filled_m**2
    highest_m = cv2.dilate(filled_m, np.ones((3, 3), np.uint8))
    lowest_m = cv2.erode(np.where(filled_m > 0, filled_m, 1e3).astype(np.float32), np.ones((3, 3)))
    return np.asarray((highest_m - filled_m > limit_m) | (filled_m - lowest_m > limit_m))


def _fold(points_m: NDArray[np.float64]) -> NDArray[np.float32]:
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


def _cut(stands: NDArray[np.bool_], edges: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return labels of what stands, cut at edges, each part grown back over them; (H, W)."""
    cut = np.zeros(stands.shape, np.int32)
    left, top, width, height = cv2.boundingRect(stands.astype(np.uint8))
    if width and height:
        place = slice(top, top + height), slice(left, left + width)
        cut[place] = _parts(stands[place], edges[place])
    return cut


def _parts(stands: NDArray[np.bool_], edges: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return what `_cut` does, of the part of a picture in which anything stands."""
    standing = (stands & ~edges).astype(np.uint8)
    inner = cv2.morphologyEx(standing, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inner, connectivity=4)
    is_small = stats[:, cv2.CC_STAT_AREA] < _FEWEST_PX
    labels[is_small[labels]] = 0
    if not labels.any():
        return np.asarray(labels, np.int32)
    distance, nearest = cv2.distanceTransformWithLabels(
        (labels == 0).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    of_seed = np.zeros(int(nearest.max()) + 1, np.int32)
    of_seed[nearest[labels > 0]] = labels[labels > 0]
    return np.where(stands & (distance <= 2 * _FOLD_PX), of_seed[nearest], 0).astype(np.int32)


def _boxes(labels: NDArray[np.int32]) -> list[tuple[tuple[slice, slice], int]]:
    """Return where each label lies."""
    places = ndimage.find_objects(labels)
    return [(place, index) for index, place in enumerate(places, 1) if place is not None]


def _segment(
    labels: NDArray[np.int32],
    box: tuple[slice, slice],
    label: int,
    points_m: NDArray[np.float64],
    height_m: NDArray[np.float64],
    frame: RgbdFrame,
    plane: Plane,
) -> Segment | None:
    """Return a segment; None for what is too small or large, or cut off by a picture's corner."""
    inside = _filled(labels[box] == label)
    measured = inside & np.isfinite(height_m[box])
    if np.count_nonzero(measured) < _FEWEST_PX:
        return None
    top, left = box[0].start, box[1].start
    height, width = inside.shape
    centre_m = np.median(points_m[box][measured], axis=0)
    intrinsics = frame.intrinsics
    extent_m = float(max(width / intrinsics.fx_px, height / intrinsics.fy_px) * centre_m[2])
    touched = sum(
        (
            left < _BORDER_PX,
            top < _BORDER_PX,
            left + width > labels.shape[1] - _BORDER_PX,
            top + height > labels.shape[0] - _BORDER_PX,
        )
    )
    if not _SMALLEST_M <= extent_m <= _LARGEST_M or touched > 1:
        return None
    mask = np.zeros(labels.shape, bool)
    mask[box] = inside
    return Segment(
        mask=mask,
        box_px=(left, top, width, height),
        centre_m=centre_m,
        extent_m=extent_m,
        height_m=float(np.percentile(height_m[box][measured], _TOP_PERCENTILE)),
        plane=plane,
    )


def _filled(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask without holes."""
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(filled, outlines, -1, 1, cv2.FILLED)
    return filled > 0


def common_px(first: Segment, second: Segment, least_box_px: float = 0.0) -> int:
    """Return how many pixels two segments share.

    Args:
        first: one of them.
        second: the other one.
        least_box_px: 0 is returned, without a look at the masks, where their boxes share less.
    """
    left = max(first.box_px[0], second.box_px[0])
    top = max(first.box_px[1], second.box_px[1])
    right = min(first.box_px[0] + first.box_px[2], second.box_px[0] + second.box_px[2])
    bottom = min(first.box_px[1] + first.box_px[3], second.box_px[1] + second.box_px[3])
    if right <= left or bottom <= top or (right - left) * (bottom - top) < least_box_px:
        return 0
    place = slice(top, bottom), slice(left, right)
    return int(np.count_nonzero(first.mask[place] & second.mask[place]))


def _is_same(first: Segment, second: Segment) -> bool:
    """Whether two segments cover nearly the same pixels."""
    area = min(first.box_px[2] * first.box_px[3], second.box_px[2] * second.box_px[3])
    common = common_px(first, second, least_box_px=_SAME_IOU * area)
    if common == 0:
        return False
    union = np.count_nonzero(first.mask) + np.count_nonzero(second.mask) - common
    return bool(common > _SAME_IOU * union)
