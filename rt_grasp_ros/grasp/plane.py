"""The plane that the objects stand on, found in a depth image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .camera import Intrinsics
from .errors import NoSupportPlane

_SAMPLE_COLUMNS = 80
_HYPOTHESES = 192
_VOTERS = 800  # points that the hypotheses are counted on; all of them take part afterwards
_REFINEMENTS = 4
_STEEPEST_NORMAL_Z = -0.2  # a plane seen at less than 12 degrees is a wall, not a table
_SMALLEST_NOISE_M = 2e-4


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A plane in the optical frame, as the points with `height_m` 0.

    Attributes:
        normal: unit normal towards the camera, shape (3,), float64.
        offset_m: the camera's height above the plane.
        noise_m: standard deviation of the measured points about it.
    """

    normal: NDArray[np.float64]
    offset_m: float
    noise_m: float

    def height_m(self, points_m: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return how high points (shape (..., 3)) stand above the plane (shape (...))."""
        return np.asarray(points_m) @ self.normal + self.offset_m

    @property
    def object_height_m(self) -> float:
        """Height from which on a point is taken for an object's, not for the plane's noise."""
        return max(0.004, 3.0 * self.noise_m)


def fit_support_plane(
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    *,
    min_inlier_fraction: float = 0.2,
    seed: int = 0,
) -> Plane:
    """Fit the plane that most of the picture shows.

    Seeded RANSAC (Fischler and Bolles, 1981) on a regular grid of pixels, then least squares
    on the inliers, with the tolerance shrunk to the noise that remains, so that objects lower
    than the first tolerance do not bend the plane.

    Args:
        depth_m: shape (H, W), NaN where invalid.
        intrinsics: the camera of the depth image.
        min_inlier_fraction: share of the valid grid pixels that must lie on the plane.
        seed: of the random hypotheses.

    Raises:
        NoSupportPlane: no plane holds enough of the picture.
    """
    points_m = _grid_points(depth_m, intrinsics)
    # Depth noise of stereo and structured light grows with the square of the distance.
    tolerance_m = 0.004 + 0.006 * points_m[:, 2] ** 2
    plane = _best_hypothesis(points_m, tolerance_m, seed) if len(points_m) >= 50 else None
    if plane is None:
        raise NoSupportPlane(
            "The depth image holds too few valid pixels to find the table; "
            "check the depth sensor's view and light."
        )
    for _ in range(_REFINEMENTS):
        distance_m = np.abs(plane.height_m(points_m))
        reach_m = np.minimum(tolerance_m, 3.0 * max(plane.noise_m, _SMALLEST_NOISE_M))
        inliers = distance_m < reach_m
        if np.count_nonzero(inliers) < 10:
            break
        plane = plane_through(points_m[inliers])
    inlier_fraction = float(np.mean(np.abs(plane.height_m(points_m)) < tolerance_m))
    if inlier_fraction < min_inlier_fraction:
        raise NoSupportPlane(
            f"No table was found: the largest plane holds {inlier_fraction:.0%} of the depth, "
            f"{min_inlier_fraction:.0%} are needed; point the camera so that it sees more table."
        )
    return plane


def _grid_points(depth_m: NDArray[np.float32], intrinsics: Intrinsics) -> NDArray[np.float64]:
    """Return the valid points of a regular grid of pixels, shape (N, 3)."""
    step = max(1, depth_m.shape[1] // _SAMPLE_COLUMNS)
    grid = depth_m[step // 2 :: step, step // 2 :: step]
    rows, columns = np.nonzero(np.isfinite(grid))
    pixels = np.stack([columns, rows], axis=-1) * step + (step // 2 + 0.5)
    return intrinsics.back_project(pixels, grid[rows, columns])


def _best_hypothesis(
    points_m: NDArray[np.float64], tolerance_m: NDArray[np.float64], seed: int
) -> Plane | None:
    """Return the plane through three of the points that holds the most of them."""
    triples = np.random.default_rng(seed).integers(len(points_m), size=(_HYPOTHESES, 3))
    first, second, third = np.moveaxis(points_m[triples], 1, 0)
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
    every = max(1, len(points_m) // _VOTERS)
    distances_m = np.abs(normals @ points_m[::every].T + offsets_m[:, None])
    counts = np.count_nonzero(distances_m < tolerance_m[::every], axis=1)
    best = int(np.argmax(counts))
    return Plane(normals[best], float(offsets_m[best]), noise_m=float(np.median(tolerance_m)))


def plane_through(points_m: NDArray[np.float64]) -> Plane:
    """Return the plane of least squared distance to points.

    Args:
        points_m: in the optical frame, shape (N, 3), N >= 3.
    """
    centroid = points_m.mean(axis=0)
    centred = points_m - centroid
    eigenvalues, eigenvectors = np.linalg.eigh(centred.T @ centred / len(points_m))
    normal = eigenvectors[:, 0]
    normal = -normal if normal @ centroid > 0 else normal
    return Plane(normal, float(-normal @ centroid), float(np.sqrt(max(eigenvalues[0], 0.0))))
