"""A table with objects on it: plain values, drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..grasp.errors import RequestInvalid
from .cameras.choice import CameraChoice
from .cameras.profiles import CELL_CAMERA, CameraProfile
from .instance import Instance
from .meshes.mesh_entry import MeshEntry
from .objects import NAMELESS, OBJECT_NAMES, SEEN
from .placed_object import PlacedObject
from .placement import NoRoom, place
from .room import Room, random_room
from .surroundings import CameraPose, Light, Table, random_camera, random_light, random_table

MAX_OBJECTS = 6
_DRAWS = 6
CELLS_CAMERA = CameraChoice()


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a picture and the physics of the cell depend on.

    World frame: the Panda's base, the table top at z = 0, +x away from the robot.
    """

    seed: int
    objects: tuple[PlacedObject, ...]
    light: Light
    table: Table
    camera: CameraPose
    camera_profile: CameraProfile = CELL_CAMERA
    room: Room | None = None

    @property
    def part_ids(self) -> dict[tuple[int, str], int]:
        """Pixel value in `Camera.part_ids` of each `(object index, part name)`, from 1."""
        keys = [(i, part) for i, placed in enumerate(self.objects) for part in placed.shape.parts]
        return {key: number for number, key in enumerate(keys, start=1)}


class ObjectCountInvalid(RequestInvalid):
    """Too few or too many objects, or another number than there are names."""

    def __init__(self, count: int | None) -> None:
        self.count = count
        super().__init__(
            f"A scene can't have {count} objects here; ask for 1 to {MAX_OBJECTS}, and for as "
            "many as are named."
        )


def random_scene(
    seed: int,
    object_names: Sequence[str] | None = None,
    count: int | None = None,
    cameras: CameraChoice = CELLS_CAMERA,
    meshes: Sequence[MeshEntry] = (),
) -> Scene:
    """Draw a scene; the same arguments give the same scene on every machine.

    Args:
        seed: not negative.
        object_names: which objects, in this order: names of `meshes`, of the catalogue, or nouns
            of `meshes`; drawn if left out, from `meshes` alone where there are any, and else from
            the catalogue, never held-out ones.
        count: how many to draw, 1..6; drawn if left out.
        cameras: what the camera is drawn from; nothing else depends on it.
        meshes: what may stand on the table; drawn so that their names tell them apart, which
            may be fewer than `count`. What can't be grasped, or did not hold in the physics where
            it was tried, is not drawn.

    Raises:
        UnknownObject: a name is neither one of `OBJECT_NAMES` nor a mesh's.
        ObjectCountInvalid: there are none, more than 6, or not `count` names.
        NoRoom: the objects do not fit on the table.
    """
    rng = np.random.default_rng(seed)
    surroundings = random_light(rng), random_table(rng), random_camera(rng)
    if object_names is not None:
        wanted = len(object_names)
    else:
        wanted = int(rng.integers(1, MAX_OBJECTS + 1)) if count is None else count
    if not 1 <= wanted <= MAX_OBJECTS or count not in (None, wanted):
        raise ObjectCountInvalid(wanted if count in (None, wanted) else count)
    for tries_left in reversed(range(_DRAWS)):
        names = _draw_names(rng, wanted, meshes) if object_names is None else object_names
        try:
            objects = place(rng, [_instance(name, meshes, rng) for name in names])
        except NoRoom:
            if not tries_left:
                raise
        else:
            break
    scene = Scene(seed, objects, *surroundings)
    return scene if cameras.is_cells else seen_by(scene, cameras)


def seen_by(scene: Scene, cameras: CameraChoice) -> Scene:
    """Return a scene with a camera, and the room that it sees, drawn by the scene's seed."""
    profile, pose = cameras.draw(scene.seed)
    room = random_room(scene.seed) if cameras.with_room else None
    return replace(scene, camera=pose, camera_profile=profile, room=room)


def _draw_names(
    rng: np.random.Generator, count: int, meshes: Sequence[MeshEntry]
) -> tuple[str, ...]:
    """Draw distinct objects that are not held out, or meshes whose names tell them apart."""
    if not meshes:
        return tuple(SEEN[i] for i in rng.permutation(len(SEEN))[:count])
    drawn: list[MeshEntry] = []
    for i in rng.permutation(len(meshes)):
        mesh = meshes[i]
        if len(drawn) < count and mesh.may_be_drawn and not any(map(mesh.may_be_called, drawn)):
            drawn.append(mesh)
    return tuple(mesh.name for mesh in drawn)


def _instance(name: str, meshes: Sequence[MeshEntry], rng: np.random.Generator) -> Instance:
    """Draw the instance of a name: a mesh of that name, else an object, else a mesh so called."""
    seed = int(rng.integers(2**31))
    named = [mesh for mesh in meshes if mesh.name == name]
    if not named and name not in (*OBJECT_NAMES, *NAMELESS):
        named = [mesh for mesh in meshes if mesh.noun == name and mesh.graspable]
    if named:
        mesh = named[seed % len(named)]
        return Instance(mesh.noun, seed, mesh)
    return Instance(name, seed)
