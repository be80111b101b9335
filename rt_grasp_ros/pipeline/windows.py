"""Which places of a table to look at, each as large as one trained view."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.overhead_picture import TableScene
from ..grasp.trained_view import TrainedView

MOST_WINDOWS = 8
"""A model call takes 40 ms and more, so a wide view of a table is not looked at everywhere."""

_GRID_COLUMNS = 320
_CELL_M = 0.02
_JOIN_CELLS = 3  # cells across: things nearer than 4 cm to each other are looked at together
_FEWEST_CELLS = 2
_FILLED_SHARE = 0.3  # of a cell's pixels: less are the noise of the table
_MARGIN_SHARE = 0.08  # of a view at each side: a thing at its edge is seen badly
_OVERLAP_SHARE = 0.25  # of two pieces of something that does not fit into one view

Box = NDArray[np.float64]
"""Least and largest coordinates on the table, `[[x, y], [x, y]]`, in metres."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Where to look.

    Attributes:
        at_things: middles of the views that show things, shape (N, 2), coordinates on the table.
        elsewhere: middles of the views that show the rest of the table, shape (M, 2).
        are_all: whether they show all of the table that the camera sees.
    """

    at_things: NDArray[np.float64]
    elsewhere: NDArray[np.float64]
    are_all: bool


def choose_windows(scene: TableScene, trained: TrainedView) -> Windows:
    """Return where to look so that everything on the table is seen whole, in few views.

    Things that fit into one view are looked at together; what is larger than a view is looked at
    piece by piece.

    Args:
        scene: colour, depth and heights.
        trained: how large a view is.
    """
    size_m = np.array([trained.width_m, trained.height_m])
    inner_m = size_m * (1 - 2 * _MARGIN_SHARE)
    step = max(1, scene.frame.depth_m.shape[1] // _GRID_COLUMNS)
    table, table_counts = _cells_of(scene, scene.is_table, step)
    things = _filled_cells(*_cells_of(scene, scene.is_thing, step), table, table_counts)
    pieces = [piece for box in _boxes(things) for piece in _pieces(box, inner_m)]
    groups = _grouped(pieces, inner_m)
    at_things = np.array([group.mean(axis=0) for group in groups]).reshape(-1, 2)
    table_m = table * _CELL_M
    unseen_m = table_m[~_is_in_view(table_m, at_things[:MOST_WINDOWS], size_m)]
    elsewhere: list[NDArray[np.float64]] = []
    while len(unseen_m) and len(at_things) + len(elsewhere) < MOST_WINDOWS:
        corner_m = unseen_m[np.lexsort((unseen_m[:, 1], unseen_m[:, 0]))[0]]
        strip_m = unseen_m[unseen_m[:, 0] < corner_m[0] + size_m[0]]
        strip_m = strip_m[np.abs(strip_m[:, 1] - corner_m[1]) < size_m[1]]
        top_m = max(strip_m[:, 1].min(), corner_m[1] - size_m[1] + _CELL_M)
        middle_m = np.array([corner_m[0], top_m]) + size_m / 2 - _CELL_M / 2
        elsewhere.append(middle_m)
        unseen_m = unseen_m[~_is_in_view(unseen_m, middle_m[None], size_m)]
    return Windows(
        at_things[:MOST_WINDOWS],
        np.array(elsewhere).reshape(-1, 2),
        are_all=len(unseen_m) == 0 and len(at_things) <= MOST_WINDOWS,
    )


def _cells_of(
    scene: TableScene, mask: NDArray[np.bool_], step: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the cells of the table (N, 2) that a pixel of a mask shows, and how many each (N,)."""
    offset = step // 2
    pixels = np.argwhere(mask[offset::step, offset::step]) * step + offset
    depth_m = scene.frame.depth_m[pixels[:, 0], pixels[:, 1]]
    points_m = scene.frame.intrinsics.back_project(pixels[:, ::-1] + 0.5, depth_m)
    cells = np.floor(scene.axes.coordinates_m(points_m) / _CELL_M).astype(np.int64)
    return _counted(cells)


def _counted(cells: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the different cells of many (N, 2) in their order (M, 2), and how many each (M,)."""
    if len(cells) == 0:
        return cells, np.zeros(0, np.int64)
    low = cells.min(axis=0)
    across, along = (cells - low).T
    breadth = int(along.max()) + 1
    found, counts = np.unique(across * breadth + along, return_counts=True)
    return np.column_stack([found // breadth, found % breadth]) + low, counts


def _filled_cells(
    cells: NDArray[np.int64],
    counts: NDArray[np.int64],
    table: NDArray[np.int64],
    table_counts: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the cells that show more of things than stray pixels above the table, (N, 2)."""
    of_table = {tuple(cell): count for cell, count in zip(table, table_counts, strict=True)}
    shares = [
        count / (count + of_table.get(tuple(cell), 0))
        for cell, count in zip(cells, counts, strict=True)
    ]
    return cells[np.asarray(shares) > _FILLED_SHARE] if len(cells) else cells


def _boxes(cells: NDArray[np.int64]) -> list[Box]:
    """Return the extents of what stands apart, the nearest to the middle of all first."""
    if len(cells) == 0:
        return []
    low = cells.min(axis=0) - 1
    taken = np.zeros(cells.max(axis=0) - low + 2, np.uint8)
    taken[tuple((cells - low).T)] = 1
    joined = cv2.dilate(taken, np.ones((_JOIN_CELLS, _JOIN_CELLS), np.uint8))
    _, labels = cv2.connectedComponents(joined, connectivity=8)
    labels *= taken
    boxes = []
    for label in range(1, labels.max() + 1):
        own = np.argwhere(labels == label) + low
        if len(own) >= _FEWEST_CELLS:
            boxes.append(np.stack([own.min(axis=0), own.max(axis=0) + 1]) * _CELL_M)
    middle_m = cells.mean(axis=0) * _CELL_M
    return sorted(boxes, key=lambda box: float(np.linalg.norm(box.mean(axis=0) - middle_m)))


def _pieces(box: Box, inner_m: NDArray[np.float64]) -> list[Box]:
    """Return a box, or overlapping pieces of it that each fit into a view."""
    extent_m = box[1] - box[0]
    overlap_m = _OVERLAP_SHARE * inner_m
    counts = np.where(
        extent_m <= inner_m, 1, np.ceil((extent_m - overlap_m) / (inner_m - overlap_m))
    ).astype(int)
    piece_m = np.minimum(extent_m, inner_m)
    starts = [np.linspace(box[0][k], box[1][k] - piece_m[k], counts[k]) for k in range(len(counts))]
    return [
        np.array([(x, y), (x + piece_m[0], y + piece_m[1])]) for x in starts[0] for y in starts[1]
    ]


def _grouped(boxes: list[Box], inner_m: NDArray[np.float64]) -> list[Box]:
    """Return boxes that hold all the given ones, each small enough for a view."""
    rest, groups = list(boxes), []
    while rest:
        group = rest.pop(0)
        for box in sorted(rest, key=lambda each: float(np.abs(each - group).max())):
            both = np.stack([np.minimum(group[0], box[0]), np.maximum(group[1], box[1])])
            if (both[1] - both[0] <= inner_m).all():
                group = both
                rest = [each for each in rest if each is not box]
        groups.append(group)
    return groups


def _is_in_view(
    coordinates_m: NDArray[np.floating],
    middles_m: NDArray[np.float64],
    size_m: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Return which places (shape (N, 2)) one of the views (shape (M, 2)) shows, shape (N,)."""
    away_m = np.abs(coordinates_m[:, None] - middles_m[None])
    is_inside = np.asarray(away_m <= size_m / 2).all(axis=-1)
    return np.asarray(np.any(is_inside, axis=1))
