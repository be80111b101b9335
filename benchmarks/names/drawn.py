"""Drawn tables as depth cameras measure them, kept on disk so that they are drawn once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.segments import CROWDED, SEEN_PX, pictures
from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.errors import DataInvalid
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.sim.mesh_pictures import Crowd
from rt_grasp_ros.sim.meshes.mesh_entry import MeshEntry
from rt_grasp_ros.whole_file import whole_file

CROWDS = {"usual": Crowd(), "crowded": CROWDED}
"""How the tables of each kind are drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class SeenTable:
    """One view of a drawn table.

    Attributes:
        kind: of table, a key of `CROWDS`.
        seed: of the table; its views share it.
        view: which of them.
        frame: as a depth camera measures it.
        thing_ids: which of `things` each pixel shows, counted from 1, 0 for none, shape (H, W).
        things: that stand there.
        T_camera_things: map the coordinates of each thing's mesh (z up, the origin at its foot) to
            the optical frame, shape (T, 4, 4), metres.
    """

    kind: str
    seed: int
    view: int
    frame: RgbdFrame
    thing_ids: NDArray[np.uint8]
    things: tuple[MeshEntry, ...]
    T_camera_things: NDArray[np.float64]

    @property
    def seen(self) -> list[int]:
        """Indices of the things that show enough pixels to be asked for."""
        sizes = np.bincount(self.thing_ids.ravel(), minlength=len(self.things) + 1)[1:]
        return [k for k in range(len(self.things)) if sizes[k] >= SEEN_PX]


def seen_tables(
    things: Sequence[MeshEntry], kind: str, seed: int, folder: Path
) -> Iterator[SeenTable]:
    """Yield the views of one table; drawn where the folder does not hold it.

    Args:
        things: some of which stand there.
        kind: a key of `CROWDS`.
        seed: of the table.
        folder: keeps what was drawn of one set of meshes; it exists.

    Raises:
        DataInvalid: the folder holds tables of other meshes.
    """
    path = folder / f"{kind}_{seed}.npz"
    if not path.exists():
        _draw(things, kind, seed, path)
    by_name = {thing.name: thing for thing in things}
    with np.load(path) as kept:
        said = json.loads(str(kept["said"]))
        if said["of"] != sorted(by_name):
            raise DataInvalid(f"{path} was drawn of other meshes; name another folder.")
        for view, row in enumerate(said["views"]):
            yield SeenTable(
                kind,
                seed,
                view,
                RgbdFrame(
                    kept[f"{view}.rgb"],
                    kept[f"{view}.depth_m"],
                    Intrinsics(**row["intrinsics"]),
                    "camera",
                    0,
                ),
                kept[f"{view}.thing_ids"],
                tuple(by_name[name] for name in row["things"]),
                kept[f"{view}.T_camera_things"],
            )


def _draw(things: Sequence[MeshEntry], kind: str, seed: int, path: Path) -> None:
    arrays, views = {}, []
    for view, (frame, picture) in enumerate(pictures(tuple(things), seed, CROWDS[kind])):
        arrays[f"{view}.rgb"] = frame.rgb
        arrays[f"{view}.depth_m"] = frame.depth_m
        arrays[f"{view}.thing_ids"] = picture.thing_ids
        arrays[f"{view}.T_camera_things"] = picture.T_camera_things
        camera = frame.intrinsics
        measures = {name: getattr(camera, name) for name in camera.__slots__}
        views.append({"things": [one.name for one in picture.things], "intrinsics": measures})
    said = json.dumps({"of": sorted(thing.name for thing in things), "views": views})
    with whole_file(path) as partial, partial.open("wb") as file:
        np.savez_compressed(file, said=np.array(said), **arrays)
