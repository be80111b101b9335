"""Models of others written as a folder of meshes, with attribution."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ...grasp.errors import DataInvalid
from ...sim.mesh import Mesh
from ...sim.meshes.grasp_search import MAX_WIDTH_M, search_grasps
from ...sim.meshes.mesh_entry import INDEX_FILE, MESH_FILE, TEXTURE_FILE
from ...sim.meshes.obj_file import ObjMesh, write_obj
from ...sim.objects import OBJECT_NAMES
from ...sim.palette import PALETTE
from ...whole_file import whole_file
from ..parallel import run_all
from .atlas import into_one_texture
from .convex_parts import convex_parts
from .outward_faces import turned_outwards
from .sweethome3d import Furniture, read_model

_DENSITY_KG_PER_M3 = 250.0  # of the bounding box: a guess between a sponge and a full bottle


@dataclass(frozen=True, slots=True)
class Converted:
    """What came of a conversion.

    Attributes:
        written: names of the meshes in the folder.
        left_out: ids of models that were not written, each with the reason.
    """

    written: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def convert(
    furniture: Sequence[Furniture],
    folder: Path,
    processes: int,
    progress: Callable[[int, int], None] = lambda done, count: None,
) -> Converted:
    """Write models as meshes; those that can't be read or grasped are left out.

    Args:
        furniture: which; of those kept back none may be among them.
        folder: gets `index.json` and a folder for each mesh.
        processes: how many work at once.
        progress: called with how many are done, and of how many.
    """
    if any(one.is_kept_back for one in furniture):
        raise ValueError("models that are kept back must not be converted")
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    left_out: list[tuple[str, str]] = []
    progress(0, len(furniture))
    results = run_all(partial(_convert_one, folder=folder), list(furniture), processes)
    for done, (row, one, reason) in enumerate(results, 1):
        if row is None:
            left_out.append((one.catalogue_id, reason))
        else:
            rows.append(row)
        progress(done, len(furniture))
    rows.sort(key=lambda row: str(row["name"]))
    with whole_file(folder / INDEX_FILE) as partial_file:
        partial_file.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return Converted(tuple(row["name"] for row in rows), tuple(sorted(left_out)))


def _convert_one(one: Furniture, folder: Path) -> tuple[dict[str, Any] | None, Furniture, str]:
    try:
        obj, pictures = read_model(one)
    except DataInvalid as error:
        return None, one, error.message
    painted, texture = into_one_texture(turned_outwards(obj), pictures)
    if not search_grasps(painted.mesh, 1):
        return None, one, f"no grasp from above with at most {1000 * MAX_WIDTH_M:.0f} mm is found"
    name = re.sub(r"[^a-z0-9]+", "_", one.catalogue_id.lower()).strip("_")
    here = folder / name
    here.mkdir(exist_ok=True)
    write_obj(here / MESH_FILE, painted)
    cv2.imwrite(str(here / TEXTURE_FILE), texture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
    parts = convex_parts(painted.mesh)
    for number, part in enumerate(parts):
        no_uv = ObjMesh(part, np.empty((0, 2)), np.empty((0, 3), np.int32), ())
        write_obj(here / f"collision_{number}.obj", no_uv)
    return _row(one, name, painted, texture, parts), one, ""


def _row(
    one: Furniture,
    name: str,
    painted: ObjMesh,
    texture: NDArray[np.uint8],
    parts: Sequence[Mesh],
) -> dict[str, Any]:
    noun = one.name.lower()
    last = noun.split()[-1]
    maker = one.creator or "an unnamed author"
    return {
        "name": name,
        "noun": noun,
        "other_names": [last] if last != noun and last in OBJECT_NAMES else [],
        "colour": main_colour(painted, texture),
        "parts": [],
        "purpose": "",
        "size_cm": [round(100 * side, 1) for side in one.size_m],
        "mass_kg": round(float(np.clip(_DENSITY_KG_PER_M3 * np.prod(one.size_m), 0.01, 0.5)), 3),
        "graspable_80mm": True,
        "kind": "modelled",
        "faces": len(painted.mesh.faces),
        "collision_parts": len(parts),
        "source": f"Debian package sweethome3d-furniture, {one.archive.name}, {one.catalogue_id}",
        "licence": one.licence,
        "attribution": f'"{one.name}" by {maker}, in Sweet Home 3D',
        "changes": "scaled to the catalogue's size, faces turned outwards, hidden ones dropped, "
        "textures put into one",
    }


def main_colour(painted: ObjMesh, texture: NDArray[np.uint8]) -> str:
    """Return the palette's name that fits most of a mesh's surface."""
    corners = painted.mesh.vertices_m[painted.mesh.faces]
    area = np.linalg.norm(
        np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
    )
    middle = painted.texture_uv[painted.face_uv].mean(axis=1)
    height, width = texture.shape[:2]
    rows = np.clip((1 - middle[:, 1]) * height, 0, height - 1).astype(int)
    columns = np.clip(middle[:, 0] * width, 0, width - 1).astype(int)
    names = list(PALETTE)
    palette = _lab(np.array([PALETTE[name] for name in names], np.float32))
    faces = _lab(texture[rows, columns].astype(np.float32) / 255)
    nearest = np.linalg.norm(faces[:, None] - palette[None], axis=2).argmin(axis=1)
    return names[int(np.bincount(nearest, area, len(names)).argmax())]


def _lab(rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(rgb[None], cv2.COLOR_RGB2Lab)[0], dtype=np.float32)
