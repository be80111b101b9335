"""Every plane that a depth image shows, the largest first."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .camera import Intrinsics
from .plane import Plane, plane_through

FARTHEST_M = 3.0
"""What is further away, such as the 65.535 m that some cameras send for 'nothing', is no table."""

_WIDEST_TOLERANCE_M = 0.03
_SAMPLE_COLUMNS = 80
_FAR_HYPOTHESES = 192  # from three points anywhere
_NEAR_HYPOTHESES = 96  # from three points side by side, which finds a small plane
_NEAR_CELLS = 10
_VOTERS = 800  # points that the hypotheses are counted on; all of them take part afterwards
_REFINEMENTS = 4
_STEEPEST_NORMAL_Z = -0.2  # a plane seen at less than 12 degrees is a wall, not a table
_SMALLEST_NOISE_M = 2e-4
_MOST_PLANES = 6
_FEWEST_POINTS = 40
_COHERENT_SHARE = 0.5  # of a point's measured neighbours that lie on its plane, too


@dataclass(frozen=True, slots=True, eq=False)
class GridPoints:
    """The valid points of a regular grid of pixels.

    Attributes:
        points_m: in the optical frame, shape (N, 3).
        cells: row and column of each in the grid, shape (N, 2).
        tolerance_m: how far each may lie off its plane, shape (N,).
        area_m2: what each covers at its distance, seen squarely, shape (N,).
    """

    points_m: NDArray[np.float64]
    cells: NDArray[np.int64]
    tolerance_m: NDArray[np.float64]
    area_m2: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PlanePatch:
    """A plane and the grid points that lie on it, among others that do, too.

    Attributes:
        plane: fitted to them.
        members: which of the grid points, shape (N,), bool.
        area_m2: what is seen of it.
    """

    plane: Plane
    members: NDArray[np.bool_]
    area_m2: float

    @property
    def size(self) -> int:
        """How many points lie on it."""
        return int(np.count_nonzero(self.members))


def grid_points(depth_m: NDArray[np.float32], intrinsics: Intrinsics) -> GridPoints:
    """Return the points of a grid of about 80 columns that are nearer than `FARTHEST_M`.

    Args:
        depth_m: shape (H, W), NaN where invalid.
        intrinsics: the camera of the depth image.
    """
    step = max(1, depth_m.shape[1] // _SAMPLE_COLUMNS)
    grid = depth_m[step // 2 :: step, step // 2 :: step]
    cells = np.argwhere(grid < FARTHEST_M)
    z_m = grid[cells[:, 0], cells[:, 1]].astype(np.float64)
    pixels = cells[:, ::-1] * step + (step // 2 + 0.5)
    # Depth noise of stereo and structured light grows with the square of the distance.
    tolerance_m = np.minimum(0.004 + 0.006 * z_m**2, _WIDEST_TOLERANCE_M)
    area_m2 = (step * z_m) ** 2 / (intrinsics.fx_px * intrinsics.fy_px)
    return GridPoints(intrinsics.back_project(pixels, z_m), cells, tolerance_m, area_m2)


def find_planes(grid: GridPoints, seed: int = 0) -> list[PlanePatch]:
    """Return the planes that hold the points, one after the other, the largest first.

    Seeded RANSAC (Fischler and Bolles, 1981), then least squares on the inliers, with the
    tolerance shrunk to the noise that remains, so that objects lower than the first tolerance do
    not bend the plane. What lies on a plane is set aside and the rest is searched again. A point
    counts where its neighbours lie on the plane, too: clutter that a plane cuts is no plane.

    Args:
        grid: from `grid_points`.
        seed: of the random hypotheses.
    """
    random = np.random.default_rng(seed)
    free = np.ones(len(grid.points_m), bool)
    patches: list[PlanePatch] = []
    for _ in range(_MOST_PLANES):
        if np.count_nonzero(free) < _FEWEST_POINTS:
            break
        plane = _best_hypothesis(grid, np.flatnonzero(free), random)
        if plane is None:
            break
        plane = _refined(plane, grid.points_m[free], grid.tolerance_m[free])
        near = free & (np.abs(plane.height_m(grid.points_m)) < grid.tolerance_m)
        members = near & _has_like_neighbours(near, grid.cells)
        if np.count_nonzero(members) < _FEWEST_POINTS:
            break
        points_m = grid.points_m[members]
        is_new = not any(_are_noise_of(patch.plane, points_m) for patch in patches)
        if plane.normal[2] < _STEEPEST_NORMAL_Z and is_new:
            patches.append(PlanePatch(plane, members, _area_m2(plane, grid, members)))
        free &= ~near
    return sorted(patches, key=lambda patch: -patch.size)


def _are_noise_of(plane: Plane, points_m: NDArray[np.float64]) -> bool:
    """Whether points lie so near to a plane that they are its noise, or its unevenness."""
    return float(np.median(np.abs(plane.height_m(points_m)))) < 2 * plane.object_height_m


def _area_m2(plane: Plane, grid: GridPoints, members: NDArray[np.bool_]) -> float:
    """Return the area of the seen part of a plane; a slanted one covers fewer pixels."""
    points_m = grid.points_m[members]
    slant = np.abs(points_m @ plane.normal) / points_m[:, 2]
    return float((grid.area_m2[members] / slant).sum())


def _best_hypothesis(
    grid: GridPoints, free: NDArray[np.int64], random: np.random.Generator
) -> Plane | None:
    """Return the plane through three of the free points that holds the most of them."""
    triples = np.concatenate(
        [
            free[random.integers(len(free), size=(_FAR_HYPOTHESES, 3))],
            _near_triples(grid.cells, free, random),
        ]
    )
    first, second, third = np.moveaxis(grid.points_m[triples], 1, 0)
    normals = np.cross(second - first, third - first)
    lengths = np.linalg.norm(normals, axis=1)
    proper = lengths > 1e-9
    normals = normals[proper] / lengths[proper, None]
    normals *= -np.sign(normals[:, 2:])
    offsets_m = -np.einsum("ij,ij->i", normals, first[proper])
    facing = normals[:, 2] < _STEEPEST_NORMAL_Z
    normals, offsets_m = normals[facing], offsets_m[facing]
    if len(normals) == 0:
        return None
    voters = free[:: max(1, len(free) // _VOTERS)]
    tolerance_m = grid.tolerance_m[voters]
    distances_m = np.abs(normals @ grid.points_m[voters].T + offsets_m[:, None])
    best = int(np.argmax(np.count_nonzero(distances_m < tolerance_m, axis=1)))
    return Plane(normals[best], float(offsets_m[best]), noise_m=float(np.median(tolerance_m)))


def _near_triples(
    cells: NDArray[np.int64], free: NDArray[np.int64], random: np.random.Generator
) -> NDArray[np.int64]:
    """Return indices of three free points each that lie near each other, shape (M, 3)."""
    index_of_cell = np.full(cells.max(axis=0) + 1, -1)
    index_of_cell[tuple(cells[free].T)] = free
    first = free[random.integers(len(free), size=_NEAR_HYPOTHESES)]
    steps = random.integers(-_NEAR_CELLS, _NEAR_CELLS + 1, size=(_NEAR_HYPOTHESES, 2, 2))
    others = np.clip(cells[first][:, None] + steps, 0, np.array(index_of_cell.shape) - 1)
    triples = np.column_stack([first, index_of_cell[others[..., 0], others[..., 1]]])
    return triples[(triples >= 0).all(axis=1)]


def _refined(
    plane: Plane, points_m: NDArray[np.float64], tolerance_m: NDArray[np.float64]
) -> Plane:
    """Return the plane of least squares of the points near a plane."""
    for _ in range(_REFINEMENTS):
        reach_m = np.minimum(tolerance_m, 3.0 * max(plane.noise_m, _SMALLEST_NOISE_M))
        inliers = np.abs(plane.height_m(points_m)) < reach_m
        if np.count_nonzero(inliers) < 10:
            break
        plane = plane_through(points_m[inliers])
    return plane


def _has_like_neighbours(near: NDArray[np.bool_], cells: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return for each point whether half of the measured cells beside it are near, too."""
    shape = tuple(cells.max(axis=0) + 1)
    measured, alike = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    measured[tuple(cells.T)] = 1.0
    alike[tuple(cells.T)] = near
    kernel = np.ones((3, 3), np.float32)
    kernel[1, 1] = 0.0
    count, count_alike = (
        cv2.filter2D(layer, -1, kernel, borderType=cv2.BORDER_CONSTANT)
        for layer in (measured, alike)
    )
    is_like = count_alike >= np.maximum(_COHERENT_SHARE * count, 1.0)
    return np.asarray(is_like[tuple(cells.T)], bool)
