"""Antipodal grasps on edges: two points that two fingers with friction could press on.

The search works on a relief, a picture of how much a pixel belongs to the object: its height
above the table, or how much its colour differs from the table's. Two edge points hold the object
if the line between them lies in the friction cones of both (Nguyen, "Constructing Force-Closure
Grasps", IJRR 1988), with the relief rising inwards along the normals.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.rectangle import GraspRectangle
from ..language.codec import JAW_PER_OPENING

OBJECT_LEVEL = 0.5
"""From this relief on a pixel is the object's."""

_FRICTION = 0.5
_BLUR_SIGMA_PX = 1.5
_EDGE_STEP = 0.08  # of the relief a pixel; half of it goes on an edge that has begun
_MAX_EDGE_POINTS = 500
_MAX_CHECKED_PAIRS = 300
_SMALLEST_OBJECT = 5e-4  # of the picture
_SMALLEST_DISTANCE_PX = 3.0
_CLEARANCE = 0.5  # of the distance between the points, both fingers together
_SAMPLES_BETWEEN = 9
_FILLED_BETWEEN = 0.7  # of the samples lie on the object

Floats = NDArray[np.float64]


def antipodal_grasp(
    relief: NDArray[np.float32], narrow_px: float, wide_px: float
) -> GraspRectangle | None:
    """Find the best pair of opposed edge points on the largest object that is seen whole.

    The best pair is the best aligned one near the object's middle.

    Args:
        relief: shape (H, W), 0 the table, 1 the object.
        narrow_px: smallest opening, which thinner objects get too.
        wide_px: widest opening.

    Returns:
        The grasp with some clearance for the fingers, or None where no pair holds the object.
    """
    mask = _object_mask(relief)
    if mask is None:
        return None
    points, normals = _edges(relief, mask)
    rows, columns = np.nonzero(mask)
    centroid = np.array([columns.mean() + 0.5, rows.mean() + 0.5])
    pair = _best_pair(points, normals, mask, centroid, wide_px / (1 + _CLEARANCE))
    if pair is None:
        return None
    first, second = pair
    along = second - first
    opening_px = max(narrow_px, float(np.hypot(*along)) * (1 + _CLEARANCE))
    x_px, y_px = ((first + second) / 2).tolist()
    height_px, width_px = relief.shape
    return GraspRectangle(
        x_px=x_px,
        y_px=y_px,
        theta_rad=math.atan2(-along[1], along[0]),
        opening_px=opening_px,
        jaw_px=opening_px * JAW_PER_OPENING,
        image_width_px=width_px,
        image_height_px=height_px,
    )


def _object_mask(relief: NDArray[np.float32]) -> NDArray[np.bool_] | None:
    """Return the largest connected object, one cut by the picture's border only if need be."""
    above = (relief >= OBJECT_LEVEL).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(above)
    height_px, width_px = relief.shape
    best, best_rank = None, (False, 0)
    for index in range(1, count):
        x, y, width, height, area = stats[index].tolist()
        is_whole = x > 0 and y > 0 and x + width < width_px and y + height < height_px
        if area >= _SMALLEST_OBJECT * relief.size and (is_whole, area) > best_rank:
            best, best_rank = index, (is_whole, area)
    return None if best is None else np.asarray(labels == best)


def _edges(relief: NDArray[np.float32], mask: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return edge points `[x, y]` of the object and their inward unit normals (shapes (N, 2))."""
    smooth = cv2.GaussianBlur(relief.clip(0, 1), (0, 0), _BLUR_SIGMA_PX)
    scale = 255 / 8  # Sobel's weights sum to 8; Canny wants whole numbers
    gradient = [
        (cv2.Sobel(smooth, cv2.CV_32F, *order, ksize=3) * scale).astype(np.int16)
        for order in ((1, 0), (0, 1))
    ]
    step = 255 * _EDGE_STEP
    edges = cv2.Canny(gradient[0], gradient[1], step / 2, step, L2gradient=True)
    near = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8))
    rows, columns = np.nonzero((edges > 0) & (near > 0))
    every = max(1, math.ceil(len(rows) / _MAX_EDGE_POINTS))
    rows, columns = rows[::every], columns[::every]
    normals = np.stack([axis[rows, columns] for axis in gradient], axis=-1).astype(np.float64)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1.0)
    points = np.stack([columns, rows], axis=-1).astype(np.float64) + 0.5
    return points, normals


def _best_pair(
    points: Floats,
    normals: Floats,
    mask: NDArray[np.bool_],
    centroid: Floats,
    apart_px: float,
) -> tuple[Floats, Floats] | None:
    """Return the two points, at most `apart_px` apart, that hold the object best, if any do."""
    first, second = np.triu_indices(len(points), 1)
    along = points[second] - points[first]
    distance_px = np.linalg.norm(along, axis=1)
    fits = (distance_px >= _SMALLEST_DISTANCE_PX) & (distance_px <= apart_px)
    first, second, distance_px = first[fits], second[fits], distance_px[fits]
    along = along[fits] / distance_px[:, None]
    alignment = np.minimum(
        np.einsum("ij,ij->i", along, normals[first]),
        -np.einsum("ij,ij->i", along, normals[second]),
    )
    holds = alignment >= math.cos(math.atan(_FRICTION))
    first, second, alignment = first[holds], second[holds], alignment[holds]
    middle = (points[first] + points[second]) / 2
    size_px = math.sqrt(np.count_nonzero(mask))
    score = alignment - np.linalg.norm(middle - centroid, axis=1) / size_px
    for index in np.argsort(-score, kind="stable")[:_MAX_CHECKED_PAIRS]:
        if _is_filled(points[first[index]], points[second[index]], mask):
            return points[first[index]], points[second[index]]
    return None


def _is_filled(first: Floats, second: Floats, mask: NDArray[np.bool_]) -> bool:
    """Whether the object is between two points, and not another's gap."""
    shares = np.linspace(0.1, 0.9, _SAMPLES_BETWEEN)[:, None]
    columns, rows = (first + shares * (second - first)).astype(int).T
    return float(np.mean(mask[rows, columns])) >= _FILLED_BETWEEN
