"""Scenes of the evaluation: none that training saw, with or without held-out objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..data.sim_data import FIRST_TRAINING_SEED
from ..sim.cameras.choice import CameraChoice
from ..sim.meshes.mesh_entry import meshes_in
from ..sim.objects import HELD_OUT, SEEN
from ..sim.placement import NoRoom
from ..sim.scene import CELLS_CAMERA, MAX_OBJECTS, Scene, random_scene


@dataclass(frozen=True, slots=True)
class SceneKind:
    """What stands on the table.

    Attributes:
        fewest_objects: at least 1.
        most_objects: at most `MAX_OBJECTS`.
        with_unseen: whether one of the objects is held out of training.
        cameras: what the camera is drawn from.
        mesh_folders: where there are any, their meshes stand on the table and nothing else.
    """

    fewest_objects: int = 1
    most_objects: int = MAX_OBJECTS
    with_unseen: bool = False
    cameras: CameraChoice = CELLS_CAMERA
    mesh_folders: tuple[str, ...] = ()


def draw_scene(kind: SceneKind, rng: np.random.Generator) -> Scene:
    """Draw a scene whose seed is none of training's; crowds that find no room are drawn anew."""
    meshes = meshes_in(kind.mesh_folders)
    while True:
        seed = int(rng.integers(FIRST_TRAINING_SEED))
        count = int(rng.integers(kind.fewest_objects, kind.most_objects + 1))
        names = None
        if kind.with_unseen:
            unseen = HELD_OUT[int(rng.integers(len(HELD_OUT)))]
            chosen = [unseen, *rng.permutation(SEEN)[: count - 1].tolist()]
            names = rng.permutation(chosen).tolist()
        try:
            return random_scene(seed, names, count, kind.cameras, meshes)
        except NoRoom:
            continue


def draw_alike_scene(kind: SceneKind, rng: np.random.Generator) -> Scene:
    """Draw a scene with two things of one name in it, each of its own size and colours.

    Args:
        kind: how many things, and the camera; the things are those that training shows.
        rng: draws.
    """
    while True:
        seed = int(rng.integers(FIRST_TRAINING_SEED))
        count = int(rng.integers(max(2, kind.fewest_objects), kind.most_objects + 1))
        first, *others = rng.permutation(SEEN)[: count - 1].tolist()
        names = rng.permutation([first, first, *others]).tolist()
        try:
            return random_scene(seed, names, count, kind.cameras)
        except NoRoom:
            continue


def scene_of(
    seed: int,
    objects: Sequence[str],
    cameras: CameraChoice = CELLS_CAMERA,
    mesh_folders: Sequence[str] = (),
) -> Scene:
    """Draw a scene of `draw_scene` or `draw_alike_scene` again.

    Args:
        seed: of the scene.
        objects: what stands in it, in its order.
        cameras: of the kind of scene that it was drawn from.
        mesh_folders: of the same.
    """
    meshes = meshes_in(mesh_folders)
    are_chosen = any(name in HELD_OUT for name in objects) or len({*objects}) < len(objects)
    names = objects if are_chosen and not meshes else None
    return random_scene(seed, names, len(objects), cameras, meshes)
