"""What stands out by colour from the plane that it lies on, where depth hardly shows it.

A plane's colour is taken for smooth: the mean around each pixel of what lies on the plane and does
not stand out itself, found by turns. Sunglasses, a black pen, a blister pack have no height that a
camera measures, or no depth at all, and yet a colour of their own.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.plane import Plane

_FINE = 2  # pixels that are looked at as one
_AROUND = 0.2  # of the picture's width: where the plane's colour is taken from
_TURNS = 2
_ON_PLANE_M, _PER_NOISE = 0.008, 3.0
_BELOW_M, _ABOVE_M = -0.02, 0.35
_LEAST_OFF = 9.0
"""Of what stands out, in CIE L*a*b* with the lightness at `_LIGHTNESS`: shadows are no things."""
_LIGHTNESS = 0.6
_PER_DEVIATION = 5.0
"""In standard deviations, told by the median, of what lies on the plane: no pattern stands out."""
_EVERY = 7  # pixel of the plane's tells how much its colour varies
_RING_PX = 4
_LEAST_RING = 0.6
"""Of what is around a piece, so much is the plane: else it is a part of something larger."""
_FEWEST = 15
_SHOWN_M = 0.015
"""What is higher in the middle is cut out by its depth."""


def coarse_colours(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return CIE L*a*b*, the lightness weighed down, of every two by two pixels, (H/2, W/2, 3)."""
    size_px = (rgb.shape[1] // _FINE, rgb.shape[0] // _FINE)
    even = rgb[: _FINE * size_px[1], : _FINE * size_px[0]]
    coarse = cv2.resize(even, size_px, interpolation=cv2.INTER_AREA).astype(np.float32)
    lab = cv2.cvtColor(coarse / np.float32(255.0), cv2.COLOR_RGB2LAB)
    return np.asarray(lab * np.array([_LIGHTNESS, 1.0, 1.0], np.float32))


def stands_out(
    lab: NDArray[np.float32], points_m: NDArray[np.float64], plane: Plane
) -> NDArray[np.int32]:
    """Return a number for each piece that stands out by colour from a plane, 0 elsewhere, (H, W).

    Args:
        lab: from `coarse_colours`, shape (H/2, W/2, 3).
        points_m: in the optical frame, shape (H, W, 3), NaN where no depth is.
        plane: that they may lie on.
    """
    coarse_m = plane.height_m(points_m[::_FINE, ::_FINE][: lab.shape[0], : lab.shape[1]])
    on_plane = np.abs(coarse_m) < max(_ON_PLANE_M, _PER_NOISE * plane.noise_m)
    out = np.zeros(points_m.shape[:2], np.int32)
    if not on_plane.any():
        return out
    is_off, is_table = _off_colour(lab, on_plane)
    is_near = ~np.isfinite(coarse_m) | ((coarse_m > _BELOW_M) & (coarse_m < _ABOVE_M))
    kernel = np.ones((3, 3), np.uint8)
    off = cv2.morphologyEx((is_off & is_near).astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    count, found, stats, _ = cv2.connectedComponentsWithStats(off, connectivity=8)
    labels = np.asarray(found)
    is_kept = np.zeros(count, bool)
    for label in range(1, count):
        left, top, width, height, area_px = stats[label]
        if area_px >= _FEWEST:
            rows = slice(max(0, top - _RING_PX), top + height + _RING_PX)
            columns = slice(max(0, left - _RING_PX), left + width + _RING_PX)
            is_piece = labels[rows, columns] == label
            is_kept[label] = _is_hardly_shown(coarse_m[rows, columns][is_piece]) and _lies_on(
                is_piece, is_table[rows, columns]
            )
    fine = np.where(is_kept[labels], labels, 0).repeat(_FINE, axis=0).repeat(_FINE, axis=1)
    out[: fine.shape[0], : fine.shape[1]] = fine
    return out


def _off_colour(
    lab: NDArray[np.float32], on_plane: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return what differs from the plane's colour around it, and what shows the plane."""
    side_px = int(_AROUND * lab.shape[1]) | 1
    is_table = on_plane
    is_off = np.zeros(on_plane.shape, bool)
    for _ in range(_TURNS):
        weight = is_table.astype(np.float32)
        share = cv2.boxFilter(weight, -1, (side_px, side_px))
        around = cv2.boxFilter(lab * weight[..., None], -1, (side_px, side_px))
        apart = lab - around / np.maximum(share, 1e-3)[..., None]
        off = np.sqrt(np.einsum("ijk,ijk->ij", apart, apart))
        usual = off[is_table][::_EVERY]
        middle = np.median(usual)
        spread = 1.4826 * float(np.median(np.abs(usual - middle)))
        is_off = off > max(_LEAST_OFF, middle + _PER_DEVIATION * spread)
        is_table = on_plane & ~is_off
        if not is_table.any():
            break
    return is_off, is_table


def _is_hardly_shown(height_m: NDArray[np.float64]) -> bool:
    """Whether a piece is low, or mostly without depth."""
    measured_m = height_m[np.isfinite(height_m)]
    return 2 * len(measured_m) < len(height_m) or float(np.median(measured_m)) < _SHOWN_M


def _lies_on(is_piece: NDArray[np.bool_], is_table: NDArray[np.bool_]) -> bool:
    """Whether the plane is seen around a piece; both are shown of its box and a ring around it."""
    kernel = np.ones((2 * _RING_PX + 1, 2 * _RING_PX + 1), np.uint8)
    ring = (cv2.dilate(is_piece.astype(np.uint8), kernel) > 0) & ~is_piece
    return bool(ring.any()) and float(is_table[ring].mean()) >= _LEAST_RING
