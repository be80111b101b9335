"""The room as geoms of the model: seen, and out of everything's way."""

from __future__ import annotations

import mujoco

from .room import TABLE_TOP_M, Room
from .surroundings import Table

TABLE = "table"
"""Name of the table's geom, texture and material."""

_FLOOR, _WALL = "floor", "wall"
_VISUAL_GROUP = 0


def add_covering(spec: mujoco.MjSpec, name: str, covering: Table) -> None:
    """Add a material with a texture that repeats every half metre, both of a name."""
    picture = covering.picture()
    texture = spec.add_texture(
        name=name,
        type=mujoco.mjtTexture.mjTEXTURE_2D,
        width=picture.shape[1],
        height=picture.shape[0],
        nchannel=3,
    )
    texture.data = picture.tobytes()
    material = spec.add_material(name=name, texrepeat=[2, 2], texuniform=True, specular=0.1)
    material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = name


def add_room(spec: mujoco.MjSpec, room: Room) -> None:
    """Add the table's top, floor, walls, furniture and the light of the window.

    Args:
        spec: has the table's material; changed in place.
        room: nothing of it touches anything.
    """
    add_covering(spec, _FLOOR, room.floor)
    add_covering(spec, _WALL, room.wall)
    start_m, end_m = room.table_x_m
    middle_x_m = (start_m + end_m) / 2
    _add_box(
        spec,
        [middle_x_m, 0.0, -TABLE_TOP_M / 2],
        [(end_m - start_m) / 2, room.table_half_y_m, TABLE_TOP_M / 2],
        material=TABLE,
    )
    spec.worldbody.add_geom(
        name=_FLOOR,
        type=mujoco.mjtGeom.mjGEOM_PLANE,
        pos=[0.5, 0.0, room.floor_z_m],
        size=[4.0, 4.0, 1.0],
        material=_FLOOR,
        group=_VISUAL_GROUP,
        contype=0,
        conaffinity=0,
    )
    middle_z_m = room.floor_z_m + room.height_m / 2
    for number, distance_m in enumerate(room.walls_m):
        sign = (-1.0, 1.0)[number % 2]
        is_x = number < 2
        centre = [0.5 + sign * distance_m, 0.0] if is_x else [0.5, sign * distance_m]
        half = [0.01, 4.0] if is_x else [4.0, 0.01]
        _add_box(spec, [*centre, middle_z_m], [*half, room.height_m / 2], material=_WALL)
    for one in room.furniture:
        _add_box(spec, list(one.centre_m), list(one.half_m), rgba=[*one.rgb, 1.0])
    spec.worldbody.add_light(
        name="window",
        type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL,
        pos=[0.5, 0.0, 2.0],
        dir=list(room.window_direction),
        diffuse=list(room.window_rgb),
        specular=[0.1, 0.1, 0.1],
        castshadow=False,
    )


def _add_box(
    spec: mujoco.MjSpec,
    centre_m: list[float],
    half_m: list[float],
    material: str = "",
    rgba: list[float] | None = None,
) -> None:
    spec.worldbody.add_geom(
        type=mujoco.mjtGeom.mjGEOM_BOX,
        pos=centre_m,
        size=half_m,
        group=_VISUAL_GROUP,
        contype=0,
        conaffinity=0,
        **({"material": material} if rgba is None else {"rgba": rgba}),
    )
