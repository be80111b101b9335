"""From where a model points to the pixels of the thing or part that it means, by depth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from ..grasp.plane import Plane
from ..grasp.pointed import Pointed
from ..grasp.support import Support
from ..proposals.segments import Segment, find_segments
from ..proposals.thing_under import ThingUnder
from .cut_out import cut_out
from .grasps_there import plane_under

_FARTHEST = 0.06  # of the picture's longer side: so far beside a thing a point still means it
_PIECE_SHARE = 0.5  # of what stands together: less is a part of it, and no thing of its own
_LARGEST_ALONE_M = 0.2  # what stands together and is longer is several things as likely as one
_FOLDS = (0.7, 0.35)  # see `find_segments`
_MARGIN_PX = 12
_GOOD_FIT, _SURE_FIT = 0.5, 0.85
_HALF_BOX = 0.8  # what a box is worth that fits a thing only once it is halved
_SECOND_INSIDE, _SECOND_SHARE = 0.8, 0.3
_SAME_SHARE = 0.3
_PART_RADIUS_M = 0.025
_FEWEST_PX = 30
_LEAST_FIT = 0.08


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """Pixels of one thing or part.

    Attributes:
        mask: shape (H, W).
        plane: that bears it.
        is_second: whether it is another thing than the one that fits the place best.
    """

    mask: NDArray[np.bool_]
    plane: Plane
    is_second: bool = False


class PointedRegions:
    """Finds regions in one frame; what stands on the table is cut out once."""

    def __init__(
        self, frame: RgbdFrame, support: Support, thing_under: ThingUnder | None = None
    ) -> None:
        """Take what is seen.

        Args:
            frame: colour, depth and intrinsics.
            support: the planes that things stand on.
            thing_under: tells which pixels belong to the thing under a point; depth alone tells
                where it is left out.
        """
        self._frame, self._support, self._thing_under = frame, support, thing_under

    def at(self, place: Pointed, is_part: bool) -> list[Region]:
        """Return what is pointed at, the best first; none where depth shows nothing there.

        A box is narrowed to the thing that fits it best, also where it is twice too large; a
        second thing in it is returned as well. A point grows to the thing that it is on, or that
        is nearest. Where a part is meant, the region stays within the box, or near the point, of
        what depth cuts out there: from a rim or an end a thing is not always seen whole.

        Args:
            place: in the frame's picture.
            is_part: whether a part is meant.
        """
        if place.mask is not None:
            standing = place.mask & np.isfinite(self._frame.depth_m)
            if np.count_nonzero(standing) >= _FEWEST_PX:
                return [Region(standing, plane_under(self._frame, standing, self._support))]
        if place.box_px is not None and not is_part:
            return self._in_box(place, place.box_px)
        if is_part:
            thing = self._under_point(place) or self._seen_under(place)
            return [] if thing is None else [replace(thing, mask=self._part(place, thing.mask))]
        thing = self._seen_under(place) or self._under_point(place)
        return [] if thing is None else [thing]

    @cached_property
    def _together(self) -> list[Segment]:
        """What stands together: cut only where the table is seen between."""
        return find_segments(self._frame, self._support, fold_limits=(None,))

    @cached_property
    def _apart(self) -> list[Segment]:
        """The same, cut at steps of depth as well."""
        return find_segments(self._frame, self._support, fold_limits=(np.inf,))

    def _in_box(self, place: Pointed, box_px: tuple[float, float, float, float]) -> list[Region]:
        halved = _scaled(box_px, 0.5)

        def fit(one: Region) -> float:
            return max(_iou(_box_of(one), box_px), _HALF_BOX * _iou(_box_of(one), halved))

        def fitting(regions: Iterable[Region | Segment]) -> list[tuple[float, Region]]:
            found = [Region(one.mask, one.plane) for one in regions]
            return [(fit(one), one) for one in found]

        ranked = fitting([*self._together, *self._apart])
        if max((fits for fits, _ in ranked), default=0.0) < _SURE_FIT:
            seen = self._seen_under(place)
            ranked += fitting([] if seen is None else [seen])
        if max((fits for fits, _ in ranked), default=0.0) < _GOOD_FIT:
            ranked += fitting(self._around(_mask_of(box_px, self._frame.depth_m.shape), _FOLDS))
        ranked.sort(key=lambda entry: -entry[0])
        if not ranked or ranked[0][0] < _LEAST_FIT:
            return []
        best = ranked[0][1]
        box = _mask_of(box_px, best.mask.shape)
        area = _area(best)
        second = next(
            (
                one
                for _, one in ranked[1:]
                if np.count_nonzero(one.mask & best.mask) < _SAME_SHARE * min(area, _area(one))
                and np.count_nonzero(one.mask & box) > _SECOND_INSIDE * _area(one)
                and _area(one) > _SECOND_SHARE * area
            ),
            None,
        )
        return [best] if second is None else [best, replace(second, is_second=True)]

    def _seen_under(self, place: Pointed) -> Region | None:
        """Return the thing that a place is on or near; None where none is seen there."""
        if self._thing_under is None:
            return None
        frame, support = self._frame, self._support
        mask = self._thing_under.mask(frame, support.plane, place.x_px, place.y_px)
        if np.count_nonzero(mask & np.isfinite(frame.depth_m)) < _FEWEST_PX:
            return None
        return Region(mask, plane_under(frame, mask, support))

    def _under_point(self, place: Pointed) -> Region | None:
        """Return the thing that a place is on, or the nearest one; None where there is none."""
        thing = self._cut_under(place)
        return None if thing is None else Region(thing.mask, thing.plane)

    def _cut_under(self, place: Pointed) -> Segment | None:
        together = self._nearest(place, self._together)
        if together is None:
            return None
        pieces = self._pieces(together, (np.inf,))
        piece = self._nearest(place, pieces)
        if piece is not None and _area(piece) > _PIECE_SHARE * _area(together):
            together = piece
        if together.extent_m <= _LARGEST_ALONE_M:
            return together
        pieces += self._pieces(together, _FOLDS)
        near = self._all_nearest(place, pieces)
        alone = [one for one in near if one.extent_m <= _LARGEST_ALONE_M]
        if alone:
            return max(alone, key=_area)
        return min(near, key=_area, default=together)

    def _pieces(self, thing: Segment, fold_limits: tuple[float, ...]) -> list[Segment]:
        """Return the pieces of what stands together, see `find_segments`."""
        return [one for one in self._around(thing.mask, fold_limits) if _is_within(one, thing)]

    def _around(self, region: NDArray[np.bool_], fold_limits: tuple[float, ...]) -> list[Segment]:
        """Return what is around a region, cut as `find_segments` does."""
        part = cut_out(self._frame, region, _MARGIN_PX)
        return [
            replace(one, mask=part.whole_mask(one.mask), box_px=part.whole_box(one.box_px))
            for one in find_segments(part.frame, self._support, fold_limits=fold_limits)
        ]

    def _all_nearest(self, place: Pointed, things: Sequence[Segment]) -> list[Segment]:
        """Return all things that a place is on, or the nearest one."""
        on = [one for one in things if one.mask[int(place.y_px), int(place.x_px)]]
        nearest = self._nearest(place, things)
        return on or ([] if nearest is None else [nearest])

    def _nearest(self, place: Pointed, things: Sequence[Segment]) -> Segment | None:
        farthest_px = _FARTHEST * max(self._frame.depth_m.shape)
        near = [(_distance_px(one.mask, place), one) for one in things]
        near = [entry for entry in near if entry[0] <= farthest_px]
        return min(near, key=lambda entry: (entry[0], -_area(entry[1])), default=(0.0, None))[1]

    def _part(self, place: Pointed, thing: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the pixels of a thing within a box, or near a point in space."""
        if place.box_px is not None:
            inside = thing & _mask_of(place.box_px, thing.shape)
            return inside if np.count_nonzero(inside) >= _FEWEST_PX else thing
        points_m = self._frame.points_m
        seen = thing & np.isfinite(points_m[..., 2])
        rows, columns = np.nonzero(seen)
        if len(rows) == 0:
            return thing
        nearest = int(np.argmin((rows + 0.5 - place.y_px) ** 2 + (columns + 0.5 - place.x_px) ** 2))
        away_m = np.linalg.norm(points_m[seen] - points_m[rows[nearest], columns[nearest]], axis=1)
        part = np.zeros_like(thing)
        part[rows[away_m < _PART_RADIUS_M], columns[away_m < _PART_RADIUS_M]] = True
        return part if np.count_nonzero(part) >= _FEWEST_PX else thing


def _area(region: Region | Segment) -> int:
    return int(np.count_nonzero(region.mask))


def _is_within(inner: Segment, outer: Segment) -> bool:
    return bool(np.count_nonzero(inner.mask & outer.mask) > _PIECE_SHARE * _area(inner))


def _box_of(region: Region) -> tuple[float, float, float, float]:
    left, top, width, height = cv2.boundingRect(region.mask.astype(np.uint8))
    return float(left), float(top), float(left + width), float(top + height)


def _scaled(
    box_px: tuple[float, float, float, float], factor: float
) -> tuple[float, float, float, float]:
    left, top, right, bottom = box_px
    x_px, y_px = (left + right) / 2, (top + bottom) / 2
    half_x_px, half_y_px = factor * (right - left) / 2, factor * (bottom - top) / 2
    return x_px - half_x_px, y_px - half_y_px, x_px + half_x_px, y_px + half_y_px


def _iou(
    first: tuple[float, float, float, float], second: tuple[float, float, float, float]
) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)]
    return width * height / (sum(areas) - width * height)


def _mask_of(
    box_px: tuple[float, float, float, float], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    mask = np.zeros(shape, bool)
    left, top, right, bottom = (max(0, round(edge)) for edge in box_px)
    mask[top:bottom, left:right] = True
    return mask


def _distance_px(mask: NDArray[np.bool_], place: Pointed) -> float:
    """Return how far a place is from the nearest pixel of a mask; 0 on it."""
    row, column = int(place.y_px), int(place.x_px)
    if mask[row, column]:
        return 0.0
    outlines, _ = cv2.findContours(
        mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    return min(
        abs(cv2.pointPolygonTest(outline, (place.x_px, place.y_px), True)) for outline in outlines
    )
