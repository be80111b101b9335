"""Convex pieces of a mesh, for contact: by CoACD where it is installed, else its hull."""

from __future__ import annotations

import importlib.util

import numpy as np
from scipy.spatial import ConvexHull

from ...sim.mesh import Mesh

MAX_PIECES = 12
_THRESHOLD = 0.08
_MAX_VERTICES = 48


def can_decompose() -> bool:
    """Whether CoACD is installed (the extra `[meshes]`)."""
    return importlib.util.find_spec("coacd") is not None


def convex_parts(mesh: Mesh) -> list[Mesh]:
    """Return at most `MAX_PIECES` convex meshes that fill the mesh, each as its hull.

    Without CoACD there is one: the hull of the whole, which closes the mouth of a cup.

    Args:
        mesh: closed or not.
    """
    if not can_decompose():
        return [hull_of(mesh)]
    import coacd

    coacd.set_log_level("error")
    pieces = coacd.run_coacd(
        coacd.Mesh(mesh.vertices_m, mesh.faces),
        threshold=_THRESHOLD,
        max_convex_hull=MAX_PIECES,
        preprocess_resolution=30,
        resolution=500,
        mcts_nodes=10,
        mcts_iterations=40,
        mcts_max_depth=2,
        decimate=True,
        max_ch_vertex=_MAX_VERTICES,
        seed=0,
    )
    return [
        hull_of(Mesh(np.asarray(vertices, np.float64), np.asarray(faces, np.int32)))
        for vertices, faces in pieces
    ]


def hull_of(mesh: Mesh) -> Mesh:
    """Return the convex hull; a flat mesh is made a tenth of a millimetre thick."""
    vertices = mesh.vertices_m
    if np.linalg.svd(vertices - vertices.mean(axis=0), compute_uv=False)[-1] < 1e-6:
        normal = np.linalg.svd(vertices - vertices.mean(axis=0))[2][-1]
        vertices = np.concatenate([vertices - 5e-5 * normal, vertices + 5e-5 * normal])
    hull = ConvexHull(vertices)
    kept, faces = np.unique(hull.simplices, return_inverse=True)
    faces = faces.reshape(-1, 3)
    corners = vertices[kept][faces]
    outwards = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    inside = np.einsum("fk,fk->f", outwards, hull.equations[:, :3]) < 0
    faces[inside] = faces[inside][:, ::-1]
    return Mesh(vertices[kept], np.asarray(faces, dtype=np.int32))
