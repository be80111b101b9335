"""Where a named part of a thing lies, by the shape of what depth cut out; nothing is learnt.

What is at the top of a standing thing is taken from its height, what stands out of a compact one
(the handle of a mug) by opening its outline, what is at an end of a long one by its width there.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from ..proposals.segments import Segment

_UPPER = frozenset(
    (
        "top",
        "rim",
        "rims",
        "lip",
        "edge",
        "mouth",
        "cap",
        "caps",
        "lid",
        "lids",
        "neck",
        "bottleneck",
        "throat",
        "spout",
        "nozzle",
    )
)
_HANDLES = frozenset(("handle", "handles", "grip", "grips", "ear", "haft", "hilt", "loop", "knob"))
_ENDS = frozenset(
    (
        "tip",
        "tips",
        "point",
        "end",
        "ends",
        "cap",
        "caps",
        "lid",
        "neck",
        "bottleneck",
        "throat",
        "nozzle",
        "blade",
        "blades",
        "shaft",
        "rod",
        "prongs",
        "tines",
    )
)
_HEADS = frozenset(("head", "heads", "bowl", "bristles", "scoop", "lens", "pommel"))
_MIDDLES = frozenset(
    (
        "middle",
        "body",
        "centre",
        "center",
        "belly",
        "barrel",
        "side",
        "sides",
        "wall",
        "walls",
        "label",
    )
)
_THICK_HANDLES = frozenset(("screwdriver", "paintbrush", "brush", "knife", "chisel", "file"))

_LONG = 2.2  # times as long as broad
_STANDING_SHARE = 0.9  # of the extent: a thing so high stands
_UPPER_SHARE, _MIDDLE_SHARE, _END_SHARE = 0.7, 0.4, 0.4
_OPENED = 0.45  # of the square root of the area: what is narrower stands out
_LEAST_SHARE, _MOST_SHARE = 0.03, 0.45
_FEWEST_PX = 40


def part_region(
    frame: RgbdFrame, segment: Segment, noun: str, part: str
) -> NDArray[np.bool_] | None:
    """Return the pixels of a part, shape (H, W); None where the shape does not tell.

    Args:
        frame: that shows the thing.
        segment: the thing.
        noun: what it is called.
        part: what the part is called, such as `handle` or `metal cap`.
    """
    name = part.split()[-1] if part else ""
    along, aspect = _along_axis(segment.mask)
    is_long = aspect > _LONG
    stands = segment.height_m > _STANDING_SHARE * segment.extent_m
    if name in _MIDDLES:
        region = np.abs(along - 0.5) < _MIDDLE_SHARE / 2 if is_long else None
    elif name in _HANDLES:
        region = _grip(segment.mask, along, noun) if is_long else _standing_out(segment.mask)
    elif name in _UPPER and (stands or not is_long):
        region = _upper(frame, segment)
    elif name in _ENDS and is_long:
        region = _end(segment.mask, along, is_thick=False)
    elif name in _HEADS and is_long:
        region = _end(segment.mask, along, is_thick=True)
    else:
        region = None
    if region is None:
        return None
    region = region & segment.mask
    return region if np.count_nonzero(region) >= _FEWEST_PX else None


def _along_axis(mask: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """Return how far along its long axis each pixel lies, 0..1, shape (H, W), and the aspect."""
    points = np.argwhere(mask)[:, ::-1].astype(float)
    middle = points.mean(axis=0)
    _, axes = np.linalg.eigh(np.cov((points - middle).T))
    lengthwise, crosswise = ((points - middle) @ axes[:, k] for k in (1, 0))
    columns, rows = np.meshgrid(np.arange(mask.shape[1]), np.arange(mask.shape[0]))
    way = (columns - middle[0]) * axes[0, 1] + (rows - middle[1]) * axes[1, 1]
    low, high = lengthwise.min(), lengthwise.max()
    return (way - low) / max(high - low, 1.0), (high - low + 1) / (np.ptp(crosswise) + 1)


def _upper(frame: RgbdFrame, segment: Segment) -> NDArray[np.bool_]:
    height_m = segment.plane.height_m(frame.points_m)
    return np.asarray(np.nan_to_num(height_m, nan=-1.0) > _UPPER_SHARE * segment.height_m)


def _standing_out(mask: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """Return the largest piece that an opening takes away; None where none is like a handle."""
    area = np.count_nonzero(mask)
    size = max(3, int(_OPENED * np.sqrt(area))) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    rest = (mask & (opened == 0)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=8)
    if count < 2:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    share = stats[largest, cv2.CC_STAT_AREA] / area
    return labels == largest if _LEAST_SHARE < share < _MOST_SHARE else None


def _grip(mask: NDArray[np.bool_], along: NDArray[np.float64], noun: str) -> NDArray[np.bool_]:
    """Return the handle of a long thing: the thinner end, or the thicker one of some."""
    return _end(mask, along, is_thick=bool(_THICK_HANDLES.intersection(noun.split())))


def _end(mask: NDArray[np.bool_], along: NDArray[np.float64], is_thick: bool) -> NDArray[np.bool_]:
    """Return the end of a long thing that is thicker, or the one that is thinner."""
    ends = along < _END_SHARE, along > 1 - _END_SHARE
    sizes = [np.count_nonzero(mask & end) for end in ends]
    return ends[int(np.argmax(sizes)) if is_thick else int(np.argmin(sizes))]
