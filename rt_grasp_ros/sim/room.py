"""A room around the table: floor, walls, furniture and a window, drawn at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .palette import PALETTE, RGB, jittered
from .surroundings import Table, random_table

TABLE_TOP_M = 0.04
"""How thick the table is."""

_STREAM = 5  # of the scene's seed: objects, table, lamp and camera stay the same


@dataclass(frozen=True, slots=True)
class Box:
    """One thing that stands in the room.

    Attributes:
        centre_m: in the world.
        half_m: half its extents.
        rgb: its colour.
    """

    centre_m: tuple[float, float, float]
    half_m: tuple[float, float, float]
    rgb: RGB


@dataclass(frozen=True, slots=True)
class Room:
    """What is around and under the table.

    Attributes:
        table_x_m: where the table top begins and ends; the robot stands on it at 0.
        table_half_y_m: half its breadth.
        floor_z_m: height of the floor, below 0.
        floor: what it is covered with.
        wall: what the walls are covered with.
        walls_m: distance of each wall from the table's middle: -x, +x, -y, +y.
        height_m: of the room.
        furniture: what stands in it, none of it over the table.
        window_direction: of the light from the window.
        window_rgb: its strength and colour.
    """

    table_x_m: tuple[float, float]
    table_half_y_m: float
    floor_z_m: float
    floor: Table
    wall: Table
    walls_m: tuple[float, float, float, float]
    height_m: float
    furniture: tuple[Box, ...]
    window_direction: tuple[float, float, float]
    window_rgb: RGB


def random_room(seed: int) -> Room:
    """Draw a room; the same one for the same seed.

    Args:
        seed: of the scene.
    """
    rng = np.random.default_rng((seed, _STREAM))
    table_x_m = (float(rng.uniform(-0.45, -0.2)), float(rng.uniform(0.8, 1.2)))
    table_half_y_m = float(rng.uniform(0.5, 0.9))
    floor_z_m = -float(rng.uniform(0.6, 0.95))
    walls_m = tuple(float(one) for one in rng.uniform(1.6, 3.5, size=4))
    furniture = []
    for _ in range(int(rng.integers(1, 6))):
        half = rng.uniform([0.15, 0.15, 0.2], [0.5, 0.5, 0.9])
        side = int(rng.integers(4))
        along = float(rng.uniform(-1.0, 1.0))
        away = walls_m[side] - half[side // 2] - 0.02
        sign = (-1.0, 1.0)[side % 2]
        x, y = (0.5 + sign * away, along) if side < 2 else (0.5 + along, sign * away)
        name = list(PALETTE)[int(rng.integers(len(PALETTE)))]
        furniture.append(
            Box(
                (float(x), float(y), float(floor_z_m + half[2])),
                (float(half[0]), float(half[1]), float(half[2])),
                jittered(rng, PALETTE[name], 0.08),
            )
        )
    slant = rng.uniform(-1.0, 1.0, size=2)
    window_rgb = rng.uniform(0.1, 0.4) * rng.uniform(0.85, 1.0, size=3)
    return Room(
        table_x_m=table_x_m,
        table_half_y_m=table_half_y_m,
        floor_z_m=floor_z_m,
        floor=random_table(rng),
        wall=random_table(rng),
        walls_m=(walls_m[0], walls_m[1], walls_m[2], walls_m[3]),
        height_m=float(rng.uniform(2.3, 3.0)),
        furniture=tuple(furniture),
        window_direction=(float(slant[0]), float(slant[1]), -0.7),
        window_rgb=(float(window_rgb[0]), float(window_rgb[1]), float(window_rgb[2])),
    )
