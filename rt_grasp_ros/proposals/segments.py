"""What stands on a plane, cut into things by depth, in several ways: a thing and its pieces."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..grasp.frame import RgbdFrame
from ..grasp.plane import Plane
from ..grasp.support import Support
from .colour_cuts import coarse_colours, stands_out
from .cuts import FEWEST_PX, cut_into_parts, depth_steps, inward_folds
from .low_height import smoothed_height_m

_LOWEST_M, _HIGHEST_M = 0.008, 0.35
_LEAST_LOW_M = 0.0035  # of smoothed heights
_PER_NOISE = 1.2
_SMALLEST_M, _LARGEST_M = 0.012, 0.45
_PLANES = 3
_SAME_IOU = 0.85
_TOP_PERCENTILE = 97
_BORDER_PX = 2
_COLUMNS = 640  # cut at about so many
_THREADS = 2  # the work of each is done without the interpreter, mostly
_MOST_MEASURED = 2000  # pixels, of which a segment's place and height are taken

_CLEAR, _LOW = False, True
_EVERY_CUT: tuple[tuple[bool, float | None], ...] = (
    (_LOW, None),
    (_LOW, np.inf),
    (_LOW, 0.35),
    (_CLEAR, None),
)
"""Found on drawn tables (`python -m benchmarks.segments`); see `find_segments`."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
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

    @property
    def place(self) -> tuple[slice, slice]:
        """Rows and columns of its box."""
        left, top, width, height = self.box_px
        return slice(top, top + height), slice(left, left + width)

    @property
    def area_px(self) -> int:
        """How many pixels it has."""
        return int(np.count_nonzero(self.mask[self.place]))


def find_segments(
    frame: RgbdFrame, support: Support, fold_limits: Sequence[float | None] | None = None
) -> list[Segment]:
    """Return the things on planes, as several cuts show them.

    What stands clear of a plane, or lies so low that only the mean of its pixels tells, is taken
    whole, cut at steps of depth, and also where the surface folds inwards; what depth hardly shows
    is taken by its colour, see `stands_out`. What two cuts show alike is returned once. A thing may
    be returned as a whole and in parts, alone and with what it touches; what it is called tells
    which is meant.

    Args:
        frame: colour, depth and intrinsics.
        support: the planes that may bear them.
        fold_limits: cut what stands clear of a plane in these ways alone, each the sine of the
            angle by which the surface folds inwards where two things meet; infinity cuts at steps
            of depth alone, None only where the plane is seen between things. Nothing is taken by
            its colour then.
    """
    step = max(1, frame.depth_m.shape[1] // _COLUMNS)
    points_m = frame.points_m[::step, ::step]
    depth_m = frame.depth_m[::step, ::step]
    ways = _EVERY_CUT if fold_limits is None else [(_CLEAR, limit) for limit in fold_limits]
    is_bent = any(limit is not None and np.isfinite(limit) for _, limit in ways)
    planes = support.planes[:_PLANES]
    lab = coarse_colours(frame.rgb[::step, ::step]) if fold_limits is None else None
    pieces = _Pieces()
    found: list[Segment] = []
    with ThreadPoolExecutor(_THREADS) as pool:
        bending = pool.submit(inward_folds, points_m) if is_bent else None
        standing = {
            (plane, kind): pool.submit(_standing, points_m, plane, kind)
            for plane in planes
            for kind in dict.fromkeys(kind for kind, _ in ways)
        }
        steps = depth_steps(depth_m)
        folds = np.zeros(steps.shape, np.float32) if bending is None else bending.result()
        stands = {key: job.result() for key, job in standing.items()}

        def cut(plane: Plane, kind: bool, limit: float | None) -> list[_Piece]:
            edges = None if limit is None else steps | (folds > limit)
            return _pieces_of(*cut_into_parts(stands[plane, kind], edges))

        def by_colour(plane: Plane, lab: NDArray[np.float32]) -> list[_Piece]:
            return _pieces_of(stands_out(lab, points_m, plane), (0, 0))

        jobs = [(plane, pool.submit(cut, plane, *way)) for plane in planes for way in ways]
        if lab is not None:
            jobs += [(plane, pool.submit(by_colour, plane, lab)) for plane in planes]
        for plane, job in jobs:
            for piece in job.result():
                segment = None
                if not pieces.hold(piece):
                    segment = _segment(piece, points_m, frame, plane, step)
                if segment is not None:
                    pieces.add(piece)
                    found.append(segment)
    return found


def _standing(points_m: NDArray[np.float64], plane: Plane, is_low: bool) -> NDArray[np.bool_]:
    """Return what stands on a plane, the low things as well or not, shape (H, W)."""
    height_m = plane.height_m(points_m)
    if is_low:
        least_m = float(np.clip(_PER_NOISE * plane.noise_m, _LEAST_LOW_M, _LOWEST_M))
        smooth_m = smoothed_height_m(height_m)
        return np.asarray((smooth_m > least_m) & (smooth_m < _HIGHEST_M))
    return (height_m > max(_LOWEST_M, plane.object_height_m)) & (height_m < _HIGHEST_M)


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A piece of a cut picture.

    Attributes:
        place: rows and columns of its box.
        inside: which pixels of the box it covers, its holes among them.
        area_px: how many.
    """

    place: tuple[slice, slice]
    inside: NDArray[np.bool_]
    area_px: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        """First row, first column, the row and the column after the last."""
        rows, columns = self.place
        return rows.start, columns.start, rows.stop, columns.stop


class _Pieces:
    """The pieces that are known, and whether one is nearly the same as one of them."""

    def __init__(self) -> None:
        self._known: list[_Piece] = []
        self._boxes = np.zeros((0, 4), int)
        self._areas = np.zeros(0)

    def add(self, piece: _Piece) -> None:
        self._known.append(piece)
        self._boxes = np.vstack([self._boxes, piece.box])
        self._areas = np.append(self._areas, piece.area_px)

    def hold(self, piece: _Piece) -> bool:
        low = np.maximum(self._boxes[:, :2], piece.box[:2])
        sides = np.minimum(self._boxes[:, 2:], piece.box[2:]) - low
        most = np.prod(np.maximum(sides, 0), axis=1)
        for bound in (self._areas, piece.area_px):
            most = np.minimum(most, bound)
        is_alike = most > _SAME_IOU * (self._areas + piece.area_px - most)
        return any(_is_same(piece, self._known[k]) for k in np.nonzero(is_alike)[0])


def _is_same(first: _Piece, second: _Piece) -> bool:
    """Whether two pieces, whose boxes overlap, cover nearly the same pixels."""
    places = []
    top, left = (max(a, b) for a, b in zip(first.box[:2], second.box[:2], strict=True))
    bottom, right = (min(a, b) for a, b in zip(first.box[2:], second.box[2:], strict=True))
    for piece in (first, second):
        row, column = piece.box[:2]
        places.append(piece.inside[top - row : bottom - row, left - column : right - column])
    common = np.count_nonzero(places[0] & places[1])
    return bool(common > _SAME_IOU * (first.area_px + second.area_px - common))


def _pieces_of(labels: NDArray[np.int32], corner: tuple[int, int]) -> list[_Piece]:
    """Return the piece of each label.

    Args:
        labels: of a part of the picture.
        corner: first row and column of that.
    """
    top, left = corner
    pieces = []
    for label, place in enumerate(ndimage.find_objects(labels), 1):
        if place is not None:
            inside = _filled(labels[place] == label)
            rows, columns = place
            place = (
                slice(rows.start + top, rows.stop + top),
                slice(columns.start + left, columns.stop + left),
            )
            pieces.append(_Piece(place, inside, int(np.count_nonzero(inside))))
    return pieces


def _segment(
    piece: _Piece,
    points_m: NDArray[np.float64],
    frame: RgbdFrame,
    plane: Plane,
    step: int,
) -> Segment | None:
    """Return a segment; None for what is too small or large, or cut off by a picture's corner.

    Args:
        piece: of every `step`-th pixel.
        points_m: of these pixels.
        frame: the picture.
        plane: that bears it.
        step: between pixels.
    """
    height_px, width_px = frame.depth_m.shape
    top, left, bottom, right = (step * edge for edge in piece.box)
    bottom, right = min(bottom, height_px), min(right, width_px)
    touched = sum(
        (
            left < _BORDER_PX * step,
            top < _BORDER_PX * step,
            right > width_px - _BORDER_PX * step,
            bottom > height_px - _BORDER_PX * step,
        )
    )
    if touched > 1:
        return None
    heights_m = plane.height_m(points_m[piece.place])
    measured = np.flatnonzero(piece.inside & np.isfinite(heights_m))
    if len(measured) < FEWEST_PX:
        return None
    measured = measured[:: max(1, len(measured) // _MOST_MEASURED)]
    rows, columns = np.divmod(measured, piece.inside.shape[1])
    rows, columns = rows + piece.box[0], columns + piece.box[1]
    centre_m = np.median(np.ascontiguousarray(points_m[rows, columns].T), axis=1)
    focal_x_px, focal_y_px = frame.intrinsics.fx_px, frame.intrinsics.fy_px
    extent_m = float(max((right - left) / focal_x_px, (bottom - top) / focal_y_px) * centre_m[2])
    if not _SMALLEST_M <= extent_m <= _LARGEST_M:
        return None
    mask = _blank(height_px, width_px)
    fine = piece.inside.repeat(step, axis=0).repeat(step, axis=1) if step > 1 else piece.inside
    mask[top:bottom, left:right] = fine[: bottom - top, : right - left]
    return Segment(
        mask=mask,
        box_px=(left, top, right - left, bottom - top),
        centre_m=centre_m,
        extent_m=extent_m,
        height_m=float(np.percentile(heights_m.ravel()[measured], _TOP_PERCENTILE)),
        plane=plane,
    )


def _blank(height_px: int, width_px: int) -> NDArray[np.bool_]:
    """Return a mask of nothing, of which only what is written to takes memory.

    A crowded picture has a hundred segments, and glibc clears what it takes from freed memory. Of
    memory that is shared, as `mmap` takes it by itself, reading takes as much as writing.
    """
    memory = mmap(-1, height_px * width_px, flags=MAP_PRIVATE | MAP_ANONYMOUS)
    return np.frombuffer(memory, bool).reshape(height_px, width_px)


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


def overlap(first: Segment, second: Segment) -> float:
    """Return how much of the smaller of two segments lies within the other, 0..1."""
    if first is second:
        return 1.0
    common = common_px(first, second)
    return common / min(first.area_px, second.area_px) if common else 0.0
