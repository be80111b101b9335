"""Several materials in one texture: each gets a tile, and the faces' coordinates follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ...sim.meshes.obj_file import ObjMesh

SIDE_PX = 512
_RIM_PX = 2


def into_one_texture(
    obj: ObjMesh, pictures: Mapping[str, NDArray[np.uint8]]
) -> tuple[ObjMesh, NDArray[np.uint8]]:
    """Return the mesh with coordinates in one square texture, and that texture.

    Where a face's coordinates go over a picture several times, the picture is stretched over the
    face instead of repeated.

    Args:
        obj: each face with a material.
        pictures: of each material, uint8, shape (h, w, 3); a single pixel for a plain colour.

    Returns:
        The mesh, and the texture, uint8, shape (SIDE_PX, SIDE_PX, 3).
    """
    names = sorted(pictures)
    columns = int(np.ceil(np.sqrt(len(names))))
    tile_px = SIDE_PX // columns
    inner_px = tile_px - 2 * _RIM_PX
    texture = np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8)
    for number, name in enumerate(names):
        row, column = divmod(number, columns)
        tile = cv2.resize(pictures[name], (inner_px, inner_px), interpolation=cv2.INTER_AREA)
        tile = cv2.copyMakeBorder(tile, *(_RIM_PX,) * 4, cv2.BORDER_REPLICATE)
        top, left = row * tile_px, column * tile_px
        texture[top : top + tile_px, left : left + tile_px] = tile
    tile_of = np.array([names.index(name) for name in obj.materials])
    rows, columns_of = np.divmod(tile_of, columns)
    corners = _within_one(obj)
    left_px = columns_of[:, None] * tile_px + _RIM_PX + corners[..., 0] * inner_px
    top_px = rows[:, None] * tile_px + _RIM_PX + (1.0 - corners[..., 1]) * inner_px
    uv = np.stack([left_px / SIDE_PX, 1.0 - top_px / SIDE_PX], axis=-1).reshape(-1, 2)
    face_uv = np.arange(len(uv), dtype=np.int32).reshape(-1, 3)
    return replace(obj, texture_uv=uv, face_uv=face_uv), texture


def _within_one(obj: ObjMesh) -> NDArray[np.float64]:
    """Each face's coordinates, moved or shrunk into 0..1, shape (F, 3, 2)."""
    if not len(obj.face_uv):
        return np.full((len(obj.mesh.faces), 3, 2), 0.5)
    corners = obj.texture_uv[obj.face_uv]
    least = np.floor(corners.min(axis=1, keepdims=True) + 1e-6)
    moved = corners - least
    span = np.maximum(moved.max(axis=1, keepdims=True), 1.0)
    return np.clip(moved / span, 0.0, 1.0)
