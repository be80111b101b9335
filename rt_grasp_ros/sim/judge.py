"""The judge of success: the one place that asks the simulator for the truth about objects."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import mujoco
import numpy as np

from .cell import Cell
from .panda import FINGER_BODIES
from .scene_model import COLLISION_GROUP, body_name

MIN_LIFT_M = 0.05


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of the object that a command named.

    Attributes:
        lifted: the named object hangs between the fingers, all of it `MIN_LIFT_M` above the table.
        lifted_object: name of the object that does, the named one or another; None if none does.
        height_gain_m: height of the lowest point of the named object above the table, on which it
            stood at the start; 0 where there is no such object.
        gripped_part: the part that the fingers press most of the lifted object, else None.
        part_gripped: whether that is the part that was named; None where none was named.
    """

    lifted: bool
    lifted_object: str | None
    height_gain_m: float
    gripped_part: str | None
    part_gripped: bool | None


def judge(cell: Cell, object_name: str, part_name: str | None = None) -> Judgement:
    """Look at how the cell is now.

    Args:
        cell: after the pick.
        object_name: the named object; where there are several of it, any of them counts.
        part_name: the named part, if one was.
    """
    names = [placed.name for placed in cell.scene.objects]
    heights_m = [_lowest_point_m(cell, index) for index in range(len(names))]
    lifted_object = gripped_part = None
    for index, (name, height_m) in enumerate(zip(names, heights_m, strict=True)):
        pressure = _finger_forces_n(cell, index)
        held = all(pressure[finger] for finger in FINGER_BODIES)
        if held and height_m >= MIN_LIFT_M and lifted_object != object_name:
            lifted_object = name
            gripped_part = _most_pressed_part(pressure)
    lifted = lifted_object == object_name
    named_m = [m for name, m in zip(names, heights_m, strict=True) if name == object_name]
    return Judgement(
        lifted=lifted,
        lifted_object=lifted_object,
        height_gain_m=max(named_m, default=0.0),
        gripped_part=gripped_part,
        part_gripped=None if part_name is None else lifted and gripped_part == part_name,
    )


def _lowest_point_m(cell: Cell, index: int) -> float:
    """Height of the lowest corner of what touches of an object: boxes and convex pieces."""
    model, data = cell.model, cell.data
    of_object = model.geom_bodyid == model.body(body_name(index)).id
    lowest_m = []
    for geom in np.flatnonzero(of_object & (model.geom_group == COLLISION_GROUP)):
        if model.geom_type[geom] == mujoco.mjtGeom.mjGEOM_MESH:
            mesh = model.geom_dataid[geom]
            first = model.mesh_vertadr[mesh]
            vertices_m = model.mesh_vert[first : first + model.mesh_vertnum[mesh]]
            reach_m = -float((vertices_m @ data.geom_xmat[geom, 6:9]).min())
        else:
            reach_m = float((np.abs(data.geom_xmat[geom, 6:9]) * model.geom_size[geom]).sum())
        lowest_m.append(float(data.geom_xpos[geom, 2]) - reach_m)
    return min(lowest_m)


def _finger_forces_n(cell: Cell, index: int) -> dict[str, dict[str, float]]:
    """Newtons with which each finger presses on each part of an object, touched parts only."""
    model, data = cell.model, cell.data
    parts = {number: part for (_, part), number in cell.scene.part_ids.items()}
    forces_n: dict[str, dict[str, float]] = {finger: defaultdict(float) for finger in FINGER_BODIES}
    force = np.empty(6)
    for number in range(data.ncon):
        geoms = data.contact.geom[number]
        bodies = [model.body(model.geom_bodyid[geom]).name for geom in geoms]
        for finger, other, geom in ((*bodies, geoms[1]), (*bodies[::-1], geoms[0])):
            if finger in FINGER_BODIES and other == body_name(index):
                mujoco.mj_contactForce(model, data, number, force)
                forces_n[finger][parts[int(model.geom_user[geom, 0])]] += float(force[0])
    return forces_n


def _most_pressed_part(forces_n: dict[str, dict[str, float]]) -> str:
    """The part that both fingers together press most."""
    total_n: dict[str, float] = defaultdict(float)
    for parts in forces_n.values():
        for part, newtons in parts.items():
            total_n[part] += newtons
    return max(total_n, key=lambda part: total_n[part])
