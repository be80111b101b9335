"""The simulated cell with perception and executor, brought up by `rt-grasp demo`."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.status import Status

from ..language.vocabulary import load_vocabulary
from ..resources import share_path
from ..ros.node.domain import take_domain
from ..ros.node.processes import CELLS_CLOCK, CELLS_EXECUTOR

if TYPE_CHECKING:
    from ..ros.node.processes import NodeProcesses
    from ..ros.sim.cell_client import CellClient
    from ..sim.cameras.choice import CameraChoice
    from ..sim.meshes.mesh_entry import MeshEntry

_OBJECT_COUNT = 4
_START_TIMEOUT_S = 120.0
_LOAD_TIMEOUT_S = 180.0


def keep_to_this_machine() -> None:
    """Take a ROS domain of our own, so that nothing can move a real arm, nor another demo's.

    Fast DDS gets room for pictures in shared memory, unless the user has profiles of their own.
    All of it counts for nodes that are made from now on.

    Raises:
        NoFreeDomain: every domain is in use.
    """
    os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    take_domain()
    for version_2_or_3 in ("FASTRTPS", "FASTDDS"):
        profiles = str(share_path("config/fastdds.xml"))
        os.environ.setdefault(f"{version_2_or_3}_DEFAULT_PROFILES_FILE", profiles)


@dataclass(frozen=True, slots=True)
class Named:
    """What a command names.

    Attributes:
        placed_name: what puts it on the table: a known object's name, or a mesh's.
        object_name: what the judge calls it: a known object's name, or a mesh's noun.
    """

    placed_name: str
    object_name: str


@dataclass(frozen=True, slots=True)
class DemoScene:
    """What stands on the table, and what looks at it.

    Attributes:
        seed: draws the scene.
        mesh_folders: of textured meshes that commands may name, beside those that ship.
        cameras: what the camera is drawn from; one name.
    """

    seed: int
    mesh_folders: tuple[str, ...]
    cameras: CameraChoice

    def parameters(self, commands: Sequence[str]) -> dict[str, str | int | float]:
        """Return what `sim_node` is started with; what the commands name is on the table."""
        named = [found.placed_name for found in map(self.named, commands) if found is not None]
        objects = objects_for(dict.fromkeys(named), self.seed, self._meshes())
        ranges = (self.cameras.height_m, self.cameras.tilt_deg)
        height_m, tilt_deg = ("" if one is None else f"{one[0]}:{one[1]}" for one in ranges)
        return {
            "seed": self.seed,
            "object_names": ",".join(objects),
            "mesh_folders": ",".join(self.mesh_folders),
            "camera": self.cameras.names[0],
            "height_m": height_m,
            "tilt_deg": tilt_deg,
            "room": self.cameras.with_room,
        }

    def named(self, command: str) -> Named | None:
        """Return what a command names: a given mesh, else a known object, else one that ships."""
        name = named_object(command)
        known = None if name is None else Named(name, name)
        from ..sim.meshes.mesh_entry import meshes_in

        given = named_mesh(command, meshes_in(self.mesh_folders))
        return given or known or named_mesh(command, self._meshes())

    def _meshes(self) -> tuple[MeshEntry, ...]:
        from ..sim.meshes.mesh_entry import meshes_beside_shipped

        return meshes_beside_shipped(self.mesh_folders)


def bring_up(
    processes: NodeProcesses,
    client: CellClient,
    commands: Sequence[str],
    scene: DemoScene,
    model: str,
    status: Status,
) -> None:
    """Start cell, executor and perception, and return once commands are taken.

    Args:
        processes: runs them.
        client: waits for them.
        commands: the known objects and meshes that they name are in the scene.
        scene: what is on the table.
        model: folder of the checkpoint.
        status: shows progress.

    Raises:
        RtGraspError: a node did not start.
    """
    processes.start("sim_node", scene.parameters(commands), share_path("config/sim.yaml"))
    processes.start("executor_node", CELLS_EXECUTOR, share_path("config/executor_cell.yaml"))
    perception = {"model_dir": model, **CELLS_CLOCK}
    processes.start("perception_node", perception, share_path("config/perception.yaml"))
    client.wait_for_cell_and_executor(_START_TIMEOUT_S)
    status.update("loading the model")
    client.activate_perception(_LOAD_TIMEOUT_S)


def named_object(command: str) -> str | None:
    """Return the catalogue's name of the object that a command names, if it is a known one."""
    found = [
        (len(word), name)
        for name, words in load_vocabulary().objects.items()
        for word in words.names
        if re.search(rf"\b{re.escape(word)}\b", command, re.IGNORECASE)
    ]
    return max(found)[1] if found else None


def named_mesh(command: str, meshes: Sequence[MeshEntry]) -> Named | None:
    """Return the mesh that a command names, the longest name first."""
    found = [
        (len(name), mesh.name, mesh.noun)
        for mesh in meshes
        if mesh.graspable
        for name in mesh.names
        if re.search(rf"\b{re.escape(name)}\b", command, re.IGNORECASE)
    ]
    return Named(*max(found)[1:]) if found else None


def objects_for(named: Collection[str], seed: int, meshes: Sequence[MeshEntry] = ()) -> list[str]:
    """Return which objects to put on the table: the named ones among others that fit beside them.

    Args:
        named: known objects or names of meshes, each once.
        seed: draws the others.
        meshes: that may be named.
    """
    from ..sim.objects import SEEN
    from ..sim.placement import NoRoom
    from ..sim.scene import MAX_OBJECTS, random_scene

    if not named:
        return [placed.name for placed in random_scene(seed).objects]
    others = [name for name in SEEN if name not in named]
    drawn = np.random.default_rng(seed).permutation(others)
    names = [*named, *drawn[: max(0, _OBJECT_COUNT - len(named))].tolist()][:MAX_OBJECTS]
    while True:
        try:
            random_scene(seed, names, meshes=meshes)
        except NoRoom:
            names.pop()
        else:
            return names
