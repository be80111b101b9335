"""Grasps of meshes, tried in the physics until one holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..data.parallel import run_all
from ..grasp.errors import OutOfReach
from ..sim.cell import Cell
from ..sim.judge import judge
from ..sim.meshes.mesh_entry import MESH_FILE, MeshEntry
from ..sim.meshes.mesh_shape import candidate_grasps
from ..sim.meshes.tried_meshes import (
    GivenGrasp,
    TriedMesh,
    key_of,
    read_tried_meshes,
    write_tried_meshes,
)
from ..sim.scene import random_scene
from .grasp_trials import FIRST_TRIAL_SEED
from .scripted_pick import lift_by_script, true_label

CANDIDATES = 4
_MAX_SCENES_PER_TRY = 4
_LABEL_SIZE_PX = {"image_width_px": 160, "image_height_px": 120}


@dataclass(frozen=True, slots=True)
class _Job:
    mesh: MeshEntry
    tries: int


def try_meshes(
    path: Path,
    meshes: Sequence[MeshEntry],
    tries: int,
    processes: int,
    progress: Callable[[int, int], None] = lambda done, count: None,
) -> dict[str, TriedMesh]:
    """Try the grasps of each mesh, the index's first, and keep the first that never fails.

    Where each of `CANDIDATES` fails at times, the one that failed least is kept; a mesh on which
    none is found, or which the arm does not reach, gets no line.

    Args:
        path: the file to write, after every mesh; meshes that it holds with as many tries are kept.
        meshes: to try.
        tries: how often a grasp is tried, each time at another place.
        processes: how many meshes are tried at once.
        progress: called with how many meshes are done, and of how many.

    Returns:
        All that the file holds, see `tried_meshes.key_of`.

    Raises:
        DataInvalid: the file holds something else, or a mesh's files can't be read.
    """
    tried = read_tried_meshes(path)
    missing = [
        mesh for mesh in meshes if (key := mesh_key(mesh)) not in tried or tried[key].tried < tries
    ]
    done = len(meshes) - len(missing)
    progress(done, len(meshes))
    for key, best in run_all(_try_mesh, [_Job(mesh, tries) for mesh in missing], processes):
        if best is not None:
            tried[key] = best
            write_tried_meshes(path, tried)
        done += 1
        progress(done, len(meshes))
    return tried


def mesh_key(mesh: MeshEntry) -> str:
    """Return how a mesh is called in `tried_meshes.yaml`."""
    return key_of(mesh.name, Path(mesh.folder) / MESH_FILE)


def _try_mesh(job: _Job) -> tuple[str, TriedMesh | None]:
    best: TriedMesh | None = None
    for grasp in candidate_grasps(job.mesh, CANDIDATES):
        one = _try_grasp(job.mesh, grasp, job.tries)
        if one.tried and (best is None or one.lifted > best.lifted):
            best = one
        if best is not None and best.lifted == job.tries:
            break
    return mesh_key(job.mesh), best


def _try_grasp(mesh: MeshEntry, grasp: GivenGrasp, tries: int) -> TriedMesh:
    """Lift as often as asked for, where the arm reaches."""
    lifted = tried = 0
    for seed in range(FIRST_TRIAL_SEED, FIRST_TRIAL_SEED + _MAX_SCENES_PER_TRY * tries):
        if tried == tries:
            break
        outcome = is_mesh_lifted(replace(mesh, grasp=grasp), seed)
        if outcome is not None:
            tried += 1
            lifted += outcome
    return TriedMesh(grasp, lifted, tried)


def is_mesh_lifted(mesh: MeshEntry, seed: int) -> bool | None:
    """Try a mesh's grasp where it stands alone; None where the arm does not reach it.

    Args:
        mesh: with the grasp to try.
        seed: draws its place.
    """
    with Cell(random_scene(seed, [mesh.name], meshes=[mesh]), **_LABEL_SIZE_PX) as cell:
        try:
            lift_by_script(cell, true_label(cell, mesh.noun))
        except OutOfReach:
            return None
        return judge(cell, mesh.noun).lifted
