"""Smooth triangle meshes from a few numbers: surfaces of revolution and swept tubes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A triangle mesh whose faces are counter-clockwise as seen from outside.

    Attributes:
        vertices_m: shape (V, 3).
        faces: indices of vertices, shape (F, 3).
    """

    vertices_m: NDArray[np.float64]
    faces: NDArray[np.int32]

    def turned_along_x(self, axis_height_m: float) -> Mesh:
        """Lay a mesh that stands along +z down along +x, its axis at the given height."""
        x, y, z = self.vertices_m.T
        return Mesh(np.stack([z, y, axis_height_m - x], axis=1), self.faces)

    def turned(self, angle_rad: float) -> Mesh:
        """Return the mesh turned about the z axis."""
        cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
        turn = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
        return Mesh(self.vertices_m @ turn.T, self.faces)

    def moved(self, offset_m: ArrayLike) -> Mesh:
        """Return the mesh shifted by an offset, shape (3,)."""
        return Mesh(self.vertices_m + np.asarray(offset_m, dtype=np.float64), self.faces)


def surface_points(
    mesh: Mesh, spacing_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return points spread over a mesh's triangles in a grid, edges included.

    Args:
        mesh: its triangles.
        spacing_m: how far the points on a triangle are apart at most.

    Returns:
        The points and their unit normals, both shape (N, 3), and the triangles that they are on,
        shape (N,).
    """
    corners = mesh.vertices_m[mesh.faces]
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normals = np.cross(first, second)
    doubled = np.linalg.norm(normals, axis=1)
    longest = np.linalg.norm(np.stack([first, second, second - first]), axis=2).max(axis=0)
    points, directions, triangles = [], [], []
    steps = np.minimum(np.ceil(longest / spacing_m).astype(int), 200)
    for count in np.unique(steps):
        chosen = (steps == count) & (doubled > 0)
        row, column = np.meshgrid(np.arange(count + 1), np.arange(count + 1), indexing="ij")
        inside = row + column <= count
        shares = np.stack([row[inside], column[inside]], axis=1) / max(1, count)
        on = corners[chosen, :1] + np.einsum(
            "sk,fkd->fsd", shares, np.stack([first[chosen], second[chosen]], axis=1)
        )
        points.append(on.reshape(-1, 3))
        directions.append(np.repeat(normals[chosen] / doubled[chosen, None], len(shares), axis=0))
        triangles.append(np.repeat(np.flatnonzero(chosen), len(shares)))
    return np.concatenate(points), np.concatenate(directions), np.concatenate(triangles)


def _grid_faces(rings: int, sides: int) -> NDArray[np.int32]:
    """Triangles between consecutive closed rings of `sides` vertices each."""
    ring, side = np.meshgrid(np.arange(rings - 1), np.arange(sides), indexing="ij")
    following = (side + 1) % sides
    here, beside = ring * sides + side, ring * sides + following
    ahead, diagonal = here + sides, beside + sides
    quads = [np.stack([here, beside, diagonal], -1), np.stack([here, diagonal, ahead], -1)]
    return np.concatenate([quad.reshape(-1, 3) for quad in quads]).astype(np.int32)


def lathe(profile_m: ArrayLike, sides: int = 28) -> Mesh:
    """Revolve a profile about the z axis.

    Args:
        profile_m: `[radius, z]` in order, the outside on the right hand of the way (upwards along
            an outer wall, downwards along an inner one), shape (N, 2).
        sides: vertices around the axis.
    """
    profile = np.asarray(profile_m, dtype=np.float64)
    angle = np.linspace(0.0, 2 * np.pi, sides, endpoint=False)
    # A pole is a very small ring, which keeps the grid regular.
    radius = np.maximum(profile[:, :1], 1e-5)
    vertices = np.stack(
        [
            radius * np.cos(angle),
            radius * np.sin(angle),
            np.broadcast_to(profile[:, 1:], (len(profile), sides)),
        ],
        axis=-1,
    )
    return Mesh(vertices.reshape(-1, 3), _grid_faces(len(profile), sides))


def sweep(
    path_m: ArrayLike,
    half_across_m: ArrayLike,
    half_normal_m: ArrayLike,
    normal: ArrayLike = (0.0, 0.0, 1.0),
    exponent: float = 2.0,
    sides: int = 18,
) -> Mesh:
    """Sweep a superellipse along a plane curve and close its ends.

    Args:
        path_m: points of the curve, shape (N, 3).
        half_across_m: half extent in the curve's plane, one number or shape (N,).
        half_normal_m: half extent along the plane's normal, one number or shape (N,).
        normal: unit normal of the curve's plane.
        exponent: 2 is an ellipse, larger is closer to a rectangle.
        sides: vertices around the curve.
    """
    path = np.asarray(path_m, dtype=np.float64)
    normal_unit = np.asarray(normal, dtype=np.float64)
    tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    across = np.cross(normal_unit, tangent)
    angle = np.linspace(0.0, 2 * np.pi, sides, endpoint=False)
    cosine, sine = np.cos(angle), np.sin(angle)
    unit_across = np.sign(cosine) * np.abs(cosine) ** (2 / exponent)
    unit_normal = np.sign(sine) * np.abs(sine) ** (2 / exponent)
    size_across = np.broadcast_to(np.asarray(half_across_m, dtype=np.float64), len(path))
    size_normal = np.broadcast_to(np.asarray(half_normal_m, dtype=np.float64), len(path))
    rings = (
        path[:, None]
        + (size_across[:, None] * unit_across)[..., None] * across[:, None]
        + (size_normal[:, None] * unit_normal)[..., None] * normal_unit
    )
    body = _grid_faces(len(path), sides)
    first, last = len(path) * sides, len(path) * sides + 1
    side = np.arange(sides)
    following = (side + 1) % sides
    final = (len(path) - 1) * sides
    caps = [
        np.stack([np.full(sides, first), following, side], -1),
        np.stack([np.full(sides, last), final + side, final + following], -1),
    ]
    vertices = np.concatenate([rings.reshape(-1, 3), path[:1], path[-1:]])
    return Mesh(vertices, np.concatenate([body, *caps]).astype(np.int32))


def rounded_profile(
    start_m: float, end_m: float, radius_m: float, bevel_m: float, end_radius_m: float | None = None
) -> NDArray[np.float64]:
    """Profile for `lathe`: a (tapered) cylinder with rounded edges.

    Args:
        start_m: where it starts along the axis.
        end_m: where it ends along the axis.
        radius_m: radius at the start.
        bevel_m: radius of the rounded edges.
        end_radius_m: radius at the end; the same as at the start if left out.

    Returns:
        `[radius, z]`, shape (N, 2).
    """
    final_m = radius_m if end_radius_m is None else end_radius_m
    quarter = np.linspace(0.0, np.pi / 2, 5)
    low = np.stack(
        [radius_m - bevel_m * (1 - np.sin(quarter)), start_m + bevel_m * (1 - np.cos(quarter))], 1
    )
    high = np.stack(
        [final_m - bevel_m * (1 - np.cos(quarter)), end_m - bevel_m * (1 - np.sin(quarter))], 1
    )
    return np.concatenate([[[0.0, start_m]], low, high, [[0.0, end_m]]])


def rounded_bar(
    start_m: ArrayLike,
    end_m: ArrayLike,
    half_across_m: float,
    half_height_m: float,
    bevel_m: float = 0.002,
    exponent: float = 6.0,
    end_half_across_m: float | None = None,
) -> Mesh:
    """A lying bar between two points with rounded ends; the section is a superellipse.

    Args:
        start_m: middle of the first end, shape (3,).
        end_m: middle of the second end, shape (3,).
        half_across_m: half width at the start.
        half_height_m: half height.
        bevel_m: how much the ends are rounded.
        exponent: 2 is an ellipse, larger is closer to a rectangle.
        end_half_across_m: half width at the end; the same as at the start if left out.
    """
    start, end = (np.asarray(point, dtype=np.float64) for point in (start_m, end_m))
    bevel = bevel_m / float(np.linalg.norm(end - start))
    steps = np.array([0.0, 0.3 * bevel, bevel, 0.5, 1 - bevel, 1 - 0.3 * bevel, 1.0])
    less_m = bevel_m * np.array([1.0, 0.35, 0.0, 0.0, 0.0, 0.35, 1.0])
    final_m = half_across_m if end_half_across_m is None else end_half_across_m
    across = half_across_m + (final_m - half_across_m) * steps - less_m
    return sweep(
        start + steps[:, None] * (end - start),
        across,
        half_height_m - less_m,
        exponent=exponent,
        sides=24,
    )
