"""A mesh of an index as an object of the cell: what is seen, what touches, how it is grasped."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from ...grasp.errors import DataInvalid
from ..palette import PALETTE
from ..shape import CollisionHull, ObjectShape, PartGrasp, Texture, Visual
from .grasp_search import WHOLE, search_grasps
from .mesh_entry import COLLISION_FILES, MESH_FILE, TEXTURE_FILE, MeshEntry
from .obj_file import read_obj
from .tried_meshes import GivenGrasp

SHININESS = 0.2


@lru_cache(maxsize=256)
def mesh_shape(entry: MeshEntry) -> ObjectShape:
    """Return a mesh as an object; what is colliding are its pieces, or its convex hull.

    Args:
        entry: the mesh; where it names no grasp, the best of those sampled on the mesh is taken.

    Raises:
        DataInvalid: a file can't be read, or no grasp is named and none is found.
    """
    folder = Path(entry.folder)
    obj = read_obj(folder / MESH_FILE)
    bgr = cv2.imread(str(folder / TEXTURE_FILE), cv2.IMREAD_COLOR)
    if bgr is None or not len(obj.face_uv):
        raise DataInvalid(f"The mesh {folder} has no readable texture; see docs/data.md.")
    texture = Texture(obj.texture_uv, obj.face_uv, np.ascontiguousarray(bgr[..., ::-1]))
    hulls = [read_obj(path).mesh for path in sorted(folder.glob(COLLISION_FILES))] or [obj.mesh]
    if entry.grasp is not None:
        grasp = _part_grasp(entry.grasp)
    else:
        found = search_grasps(obj.mesh, 1)
        if not found:
            raise DataInvalid(f"No grasp from above is found on the mesh {folder}; leave it out.")
        grasp = found[0]
    return ObjectShape(
        name=entry.noun,
        colour_name=entry.colour,
        mass_kg=entry.mass_kg,
        visuals=(Visual(WHOLE, obj.mesh, PALETTE[entry.colour], SHININESS, texture),),
        boxes=(),
        hulls=tuple(CollisionHull(WHOLE, hull) for hull in hulls),
        grasps=(grasp,),
        default_part=WHOLE,
        symmetric=False,
        called=entry.names,
        uses=entry.uses,
    )


def candidate_grasps(entry: MeshEntry, count: int) -> list[GivenGrasp]:
    """Return grasps to try on a mesh: the one that it names, then those sampled on it.

    Args:
        entry: the mesh.
        count: at most so many.
    """
    mesh = read_obj(Path(entry.folder) / MESH_FILE).mesh
    sampled = [
        GivenGrasp(
            x_m=float(grasp.top_m[0]),
            y_m=float(grasp.top_m[1]),
            top_m=float(grasp.top_m[2]),
            closing_deg=math.degrees(math.atan2(grasp.closing[1], grasp.closing[0])),
            width_m=grasp.width_m,
        )
        for grasp in search_grasps(mesh, count)
    ]
    named = [] if entry.grasp is None else [entry.grasp]
    return [*named, *sampled][:count]


def _part_grasp(grasp: GivenGrasp) -> PartGrasp:
    angle_rad = math.radians(grasp.closing_deg)
    closing = np.array([math.cos(angle_rad), math.sin(angle_rad), 0.0])
    return PartGrasp(WHOLE, np.array([grasp.x_m, grasp.y_m, grasp.top_m]), closing, grasp.width_m)
