"""One object where it rests."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .instance import Instance
from .meshes.mesh_entry import MeshEntry
from .shape import ObjectShape, PartGrasp


@dataclass(frozen=True, slots=True)
class PlacedObject:
    """One object where it rests, in plain numbers.

    Attributes:
        name: see `Instance`.
        shape_seed: see `Instance`.
        colour_name: its main colour.
        x_m: origin of its frame in the world.
        y_m: origin of its frame in the world.
        yaw_rad: turn of its frame about the vertical.
        grasp_turn_rad: further turn of its grasps, not zero for symmetric objects only.
        mesh: see `Instance`.
    """

    name: str
    shape_seed: int
    colour_name: str
    x_m: float
    y_m: float
    yaw_rad: float
    grasp_turn_rad: float = 0.0
    mesh: MeshEntry | None = None

    @property
    def instance(self) -> Instance:
        """Which thing it is."""
        return Instance(self.name, self.shape_seed, self.mesh)

    @property
    def shape(self) -> ObjectShape:
        """What it is made of."""
        return self.instance.shape

    @property
    def grasps(self) -> tuple[PartGrasp, ...]:
        """The grasps of its parts in the object frame."""
        return tuple(grasp.turned(self.grasp_turn_rad) for grasp in self.shape.grasps)

    def to_world(self, points_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map points of the object frame to the world, shape (..., 3)."""
        cosine, sine = math.cos(self.yaw_rad), math.sin(self.yaw_rad)
        turn = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
        return points_m @ turn.T + np.array([self.x_m, self.y_m, 0.0])
