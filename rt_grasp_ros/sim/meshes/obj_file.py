"""Wavefront OBJ: the triangles of one mesh, with texture coordinates where it has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...grasp.errors import DataInvalid
from ..mesh import Mesh


@dataclass(frozen=True, slots=True, eq=False)
class ObjMesh:
    """What an OBJ file holds.

    Attributes:
        mesh: its triangles; the file's unit counts as metres.
        texture_uv: texture coordinates, v upwards, shape (T, 2); empty where it has none.
        face_uv: indices of `texture_uv` at each triangle's corners, shape (F, 3); empty alike.
        materials: name of each triangle's material (`usemtl`), empty where none is named.
    """

    mesh: Mesh
    texture_uv: NDArray[np.float64]
    face_uv: NDArray[np.int32]
    materials: tuple[str, ...]


def read_obj(path: Path) -> ObjMesh:
    """Read a file.

    Raises:
        DataInvalid: it can't be read, or holds no triangle that its vertices make.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise DataInvalid(f"The mesh {path} can't be read ({error.strerror}).") from error
    return parse_obj(text.splitlines(), str(path))


def parse_obj(lines: Iterable[str], name: str) -> ObjMesh:
    """Read the lines of a file; polygons are cut into fans of triangles.

    Args:
        lines: of the file.
        name: of the file, for errors.

    Raises:
        DataInvalid: they hold no triangle that the vertices make.
    """
    vertices: list[list[float]] = []
    texture_uv: list[list[float]] = []
    faces: list[list[int]] = []
    face_uv: list[list[int]] = []
    materials: list[str] = []
    material = ""
    try:
        for line in lines:
            kind, _, rest = line.strip().partition(" ")
            if kind == "v":
                vertices.append([float(number) for number in rest.split()[:3]])
            elif kind == "vt":
                texture_uv.append([float(number) for number in rest.split()[:2]])
            elif kind == "usemtl":
                material = rest.strip()
            elif kind == "f":
                corners = [_corner(one, len(vertices), len(texture_uv)) for one in rest.split()]
                for second, third in pairwise(corners[1:]):
                    triangle = (corners[0], second, third)
                    faces.append([corner[0] for corner in triangle])
                    face_uv.append([corner[1] for corner in triangle])
                    materials.append(material)
        found = Mesh(np.array(vertices, np.float64).reshape(-1, 3), np.array(faces, np.int32))
        uv_of_faces = np.array(face_uv, np.int32).reshape(-1, 3)
    except (ValueError, IndexError) as error:
        raise DataInvalid(f"The mesh {name} is no readable OBJ file ({error}).") from error
    is_within = len(faces) and found.faces.min() >= 0 and found.faces.max() < len(vertices)
    if not is_within or not np.isfinite(found.vertices_m).all():
        raise DataInvalid(f"The mesh {name} holds no triangles, or some of vertices it lacks.")
    has_uv = len(texture_uv) > 0 and uv_of_faces.min() >= 0 and uv_of_faces.max() < len(texture_uv)
    return ObjMesh(
        mesh=found,
        texture_uv=np.array(texture_uv if has_uv else [], np.float64).reshape(-1, 2),
        face_uv=uv_of_faces if has_uv else np.empty((0, 3), np.int32),
        materials=tuple(materials),
    )


def write_obj(path: Path, obj: ObjMesh) -> None:
    """Write a mesh as `v`, `vt` and `f v/vt`, to hundredths of millimetres."""
    lines = [f"v {x:.5f} {y:.5f} {z:.5f}" for x, y, z in obj.mesh.vertices_m]
    lines += [f"vt {u:.4f} {v:.4f}" for u, v in obj.texture_uv]
    if len(obj.face_uv):
        corners = np.stack([obj.mesh.faces + 1, obj.face_uv + 1], axis=-1)
        lines += ["f " + " ".join(f"{v}/{t}" for v, t in triangle) for triangle in corners]
    else:
        lines += [f"f {a} {b} {c}" for a, b, c in obj.mesh.faces + 1]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _corner(text: str, vertex_count: int, uv_count: int) -> tuple[int, int]:
    """Read `v`, `v/vt`, `v//vn` or `v/vt/vn`; from 0, negative numbers count from the last one."""
    fields = text.split("/")
    vertex = _index(fields[0], vertex_count)
    uv = _index(fields[1], uv_count) if len(fields) > 1 and fields[1] else -1
    return vertex, uv


def _index(text: str, count: int) -> int:
    number = int(text)
    return number - 1 if number > 0 else count + number
