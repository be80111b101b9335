"""Folders of meshes: an index, and for each mesh its files. docs/data.md describes the layout."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...grasp.errors import DataInvalid, RequestInvalid
from ..palette import PALETTE
from .tried_meshes import (
    TRIED_FILE,
    GivenGrasp,
    TriedMesh,
    key_of,
    read_tried_meshes,
    shipped_tried_meshes,
)

INDEX_FILE = "index.json"
MESH_FILE = "mesh.obj"
TEXTURE_FILE = "texture.jpg"
COLLISION_FILES = "collision_*.obj"

SHIPPED_FOLDER = Path(__file__).parents[1] / "assets" / "meshes"
"""The meshes that the package brings."""


@dataclass(frozen=True, slots=True)
class MeshEntry:
    """One mesh of an index.

    Attributes:
        folder: where its files are.
        name: of the folder, unlike all others.
        noun: what it is.
        other_names: what else it is called.
        colour: its main colour, one of the palette's names.
        purpose: what it is for, as `drinking coffee or tea`; empty where nothing is known.
        size_m: of its bounding box, x, y and z.
        mass_kg: of the whole object.
        grasp: how it is grasped: as held in the physics, else as the index says; None where
            neither says anything.
        lifted: how often that grasp lifted it in the physics.
        tried: of how many times; 0 where it was not tried.
        graspable: whether a gripper that opens 80 mm can take it.
        attribution: whom to name for it.
        licence: under which it may be used.
    """

    folder: str
    name: str
    noun: str
    other_names: tuple[str, ...]
    colour: str
    purpose: str
    size_m: tuple[float, float, float]
    mass_kg: float
    grasp: GivenGrasp | None
    graspable: bool
    attribution: str
    licence: str
    lifted: int = 0
    tried: int = 0

    @property
    def holds(self) -> bool:
        """Whether its grasp held in the physics at least every other time, or was not tried."""
        return 2 * self.lifted >= self.tried

    @property
    def may_be_drawn(self) -> bool:
        """Whether it may stand in a drawn scene: something of it can be held."""
        return self.graspable and self.holds

    @property
    def radius_m(self) -> float:
        """Half of the longer side of its foot."""
        return max(self.size_m[:2]) / 2

    @property
    def names(self) -> tuple[str, ...]:
        """How it is called, the usual name first."""
        return (self.noun, *self.other_names)

    def may_be_called(self, other: MeshEntry) -> bool:
        """Whether a name of one of the two may be said of the other: `bottle`, `spray bottle`."""
        return any(
            set(one.split()) <= set(another.split()) or set(another.split()) <= set(one.split())
            for one in self.names
            for another in other.names
        )

    @property
    def uses(self) -> tuple[str, ...]:
        """What it is for, as it completes "grasp the thing ..."."""
        first, *_ = self.purpose.split(" ")
        return (f"for {self.purpose}",) if first.endswith("ing") else ()


def shipped_meshes() -> tuple[MeshEntry, ...]:
    """Return the meshes that come with the package."""
    return read_meshes(str(SHIPPED_FOLDER))


def meshes_beside_shipped(folders: Sequence[str]) -> tuple[MeshEntry, ...]:
    """Return the meshes of folders, then those that ship and are not among them by name.

    Raises:
        DataInvalid: see `read_meshes`.
        RequestInvalid: see `meshes_in`.
    """
    given = meshes_in(folders)
    names = {mesh.name for mesh in given}
    return (*given, *(mesh for mesh in shipped_meshes() if mesh.name not in names))


def meshes_in(folders: Sequence[str]) -> tuple[MeshEntry, ...]:
    """Return the meshes of several folders, in their order.

    Raises:
        DataInvalid: see `read_meshes`.
        RequestInvalid: two of them have the same name, or none can be grasped.
    """
    found = [entry for folder in folders for entry in read_meshes(str(folder))]
    names = [entry.name for entry in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RequestInvalid(f"Two folders of meshes hold '{twice[0]}'; give only one of them.")
    if folders and not any(entry.graspable for entry in found):
        raise RequestInvalid("None of these meshes can be grasped; give others with --meshes.")
    return tuple(found)


@lru_cache(maxsize=32)
def read_meshes(folder: str) -> tuple[MeshEntry, ...]:
    """Read the index of a folder, or those of its folders (`train`, ...) where it has none.

    Raises:
        DataInvalid: there is no index, or it lacks a field, or a mesh's file is missing.
    """
    root = Path(folder)
    indices = [root / INDEX_FILE] if (root / INDEX_FILE).is_file() else []
    indices = indices or sorted(root.glob(f"*/{INDEX_FILE}"))
    if not indices:
        raise DataInvalid(
            f"The folder {root} holds no {INDEX_FILE} of meshes; give the folder that does."
        )
    return tuple(entry for index in indices for entry in _read_index(index))


def _read_index(index: Path) -> list[MeshEntry]:
    try:
        rows = json.loads(index.read_text(encoding="utf-8"))
        entries = [_entry(index.parent, row) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataInvalid(
            f"The index {index} can't be read ({type(error).__name__}: {error}); see docs/data.md."
        ) from error
    for entry in entries:
        for file in (MESH_FILE, TEXTURE_FILE):
            if not (Path(entry.folder) / file).is_file():
                raise DataInvalid(f"The mesh '{entry.name}' of {index} has no {file}.")
    tried = {**shipped_tried_meshes(), **read_tried_meshes(index.parent / TRIED_FILE)}
    return [_as_tried(entry, tried) for entry in entries]


def _as_tried(entry: MeshEntry, tried: Mapping[str, TriedMesh]) -> MeshEntry:
    one = tried.get(key_of(entry.name, Path(entry.folder) / MESH_FILE))
    if one is None:
        return entry
    return replace(entry, grasp=one.grasp, lifted=one.lifted, tried=one.tried)


def _entry(folder: Path, row: dict[str, Any]) -> MeshEntry:
    given = row.get("one_grasp")
    colour = row["colour"]
    if colour not in PALETTE:
        raise ValueError(f"'{colour}' is no colour's name")
    size_m = [float(side) / 100 for side in row["size_cm"]]
    return MeshEntry(
        folder=str(folder / row["name"]),
        name=row["name"],
        noun=row["noun"],
        other_names=tuple(row.get("other_names", ())),
        colour=colour,
        purpose=row.get("purpose", ""),
        size_m=(size_m[0], size_m[1], size_m[2]),
        mass_kg=float(row["mass_kg"]),
        grasp=None
        if given is None
        else GivenGrasp(
            x_m=given["x_cm"] / 100,
            y_m=given["y_cm"] / 100,
            top_m=given["top_cm"] / 100,
            closing_deg=float(given["closing_deg"]),
            width_m=given["width_cm"] / 100,
        ),
        graspable=bool(row.get("graspable_80mm", True)),
        attribution=row.get("attribution", ""),
        licence=row.get("licence", ""),
    )
