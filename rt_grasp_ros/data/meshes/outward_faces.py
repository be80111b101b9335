"""Which side of a mesh's faces is outside, told by looking at it from all around.

Artists' models have faces turned either way, sheets without thickness and much that nobody sees.
MuJoCo draws only the front of a face. Points on the faces are projected along many directions; the
nearest point in each cell is seen, and its face shows that side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...sim.mesh import Mesh, surface_points
from ...sim.meshes.obj_file import ObjMesh

_VIEWS = 48
_CELLS = 96
_SEEN_DEPTH = 1.5  # cells within which a point counts as the nearest one
_POINTS_PER_CELL = 1.6
_SEEN_SHARE = 0.01  # of what there is to be seen of a face, from which on it is kept
_SIDES_SHARE = 0.25  # of a face's sightings, from which on it has two sides


def turned_outwards(obj: ObjMesh) -> ObjMesh:
    """Return a mesh of the faces that are seen, their fronts outside; sheets get two faces.

    Args:
        obj: faces turned either way.
    """
    front, back = sightings(obj.mesh)
    seen = front + back
    is_kept = seen > 0
    forwards = is_kept & (front >= _SIDES_SHARE * seen)
    backwards = is_kept & (back > _SIDES_SHARE * seen)
    chosen = np.concatenate([np.flatnonzero(forwards), np.flatnonzero(backwards)])
    flip = np.concatenate([np.zeros(forwards.sum(), bool), np.ones(backwards.sum(), bool)])
    faces, face_uv = obj.mesh.faces[chosen], obj.face_uv[chosen] if len(obj.face_uv) else None
    faces[flip] = faces[flip][:, ::-1]
    if face_uv is not None:
        face_uv[flip] = face_uv[flip][:, ::-1]
    # The two sides of a sheet share no vertices: their normals would cancel.
    of_side = faces + flip[:, None] * len(obj.mesh.vertices_m)
    both = np.concatenate([obj.mesh.vertices_m, obj.mesh.vertices_m])
    used, renumbered = np.unique(of_side, return_inverse=True)
    return ObjMesh(
        mesh=Mesh(both[used], renumbered.reshape(-1, 3).astype(np.int32)),
        texture_uv=obj.texture_uv,
        face_uv=np.empty((0, 3), np.int32) if face_uv is None else face_uv,
        materials=tuple(obj.materials[index] for index in chosen),
    )


def sightings(mesh: Mesh) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how often the front and the back of each face is seen, both shape (F,).

    A face that is seen less often than `_SEEN_SHARE` says counts as never seen.
    """
    spacing_m = float(np.ptp(mesh.vertices_m, axis=0).max()) / _CELLS / _POINTS_PER_CELL
    points, normals, face_of = surface_points(mesh, spacing_m)
    front = np.zeros(len(mesh.faces), np.int64)
    back = np.zeros(len(mesh.faces), np.int64)
    for towards in _directions(_VIEWS):
        right = np.cross(towards, [0.3, 0.5, 0.8])
        right /= np.linalg.norm(right)
        image = points @ np.stack([right, np.cross(towards, right)], axis=1)
        cell_m = max(float(np.ptp(image, axis=0).max()) / _CELLS, 1e-6)
        cells = np.floor((image - image.min(axis=0)) / cell_m).astype(np.int64)
        key = cells[:, 0] * (_CELLS + 2) + cells[:, 1]
        height = points @ towards
        nearest = np.full(int(key.max()) + 1, -np.inf)
        np.maximum.at(nearest, key, height)
        is_seen = height > nearest[key] - _SEEN_DEPTH * cell_m
        facing = normals @ towards
        np.add.at(front, face_of[is_seen & (facing > 0.05)], 1)
        np.add.at(back, face_of[is_seen & (facing < -0.05)], 1)
    there = np.bincount(face_of, minlength=len(mesh.faces)) * _VIEWS
    is_seen_enough = front + back >= _SEEN_SHARE * there
    return front * is_seen_enough, back * is_seen_enough


def _directions(count: int) -> NDArray[np.float64]:
    """Unit vectors spread evenly over the sphere (a Fibonacci lattice), shape (count, 3)."""
    index = np.arange(count) + 0.5
    height = 1 - 2 * index / count
    angle = np.pi * (1 + 5**0.5) * index
    radius = np.sqrt(1 - height**2)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=1)
