"""Where objects lie on the table, so that each part can be grasped from above.

Everything here is plane geometry on points sampled in the objects' collision boxes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import RequestInvalid
from .instance import Instance
from .placed_object import PlacedObject

X_RANGE_M = (0.36, 0.64)
"""Where objects' origins lie, in the world."""

Y_RANGE_M = (-0.24, 0.24)
"""Where objects' origins lie, in the world."""

SEEN_CENTRE_M = (0.5, 0.0)
SEEN_HALF_M = (0.20, 0.275)
SEEN_SLOPE = 0.35
"""What every `random_camera` sees at height z: centre +- (half - slope * z), in x and y."""

GAP_M = 0.022
"""Between points of two objects, seen from above; the points are up to 12 mm apart."""

FINGER_REACH_M = 0.045
FINGER_HALF_BREADTH_M = 0.020
"""Free on both sides of a part along the closing direction, and across it."""

HAND_HALF_LENGTH_M = 0.112
HAND_HALF_BREADTH_M = 0.042
HAND_ABOVE_TIP_M = 0.032
"""Where the hand comes down: along and across the closing direction, and above the tips."""

FINGER_OFFSET_M = 0.014
"""From the surface of the part to the middle of an open finger."""

ROOM_ENOUGH_M = 0.06
DEVIATION_COST_M = 0.004
"""How the direction of a symmetric grasp is chosen: room up to so much, less per radian."""

TURN_STEP_RAD = math.pi / 6
_TRIES = 30
_RESTARTS = 20


class NoRoom(RequestInvalid):
    """The objects do not fit on the table with room for the fingers."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            f"There is no room on the table for {', '.join(names)} together; ask for fewer objects."
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    """An object at a place, with the arrays that the checks need (world, metres).

    Attributes:
        placed: the object.
        points: on its top, shape (N, 3).
        turns: grasp turns to choose from, in radians; a single zero unless it is symmetric.
        tips: fingertip point of each grasp to check, shape (G, 3); for a symmetric object one
            for each turn.
        closings: closing direction of each, shape (G, 2).
        widths: width of each, shape (G,).
    """

    placed: PlacedObject
    points: NDArray[np.float64]
    turns: NDArray[np.float64]
    tips: NDArray[np.float64]
    closings: NDArray[np.float64]
    widths: NDArray[np.float64]

    @classmethod
    def at(cls, placed: PlacedObject) -> _Laid:
        shape = placed.shape
        turns = (
            np.arange(0.0, 2 * math.pi - 1e-9, TURN_STEP_RAD) if shape.symmetric else np.zeros(1)
        )
        grasps = [grasp.turned(float(turn)) for turn in turns for grasp in shape.grasps]
        tips = np.stack([grasp.tip_m for grasp in grasps])
        ahead = tips + np.stack([grasp.closing for grasp in grasps])
        world_tips = placed.to_world(tips)
        return cls(
            placed=placed,
            points=placed.to_world(_top_points(placed.instance)),
            turns=turns,
            tips=world_tips,
            closings=(placed.to_world(ahead) - world_tips)[:, :2],
            widths=np.array([grasp.width_m for grasp in grasps]),
        )

    def is_in_view(self) -> bool:
        """Whether every camera that is drawn sees all of it."""
        offset = np.abs(self.points[:, :2] - SEEN_CENTRE_M)
        return bool(np.all(offset < SEEN_HALF_M - SEEN_SLOPE * self.points[:, 2:]))

    def free(self, obstacles: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether fingers and hand come down clear of other objects' points, shape (G,)."""
        offset = obstacles[None, :, :2] - self.tips[:, None, :2]
        normals = np.stack([-self.closings[:, 1], self.closings[:, 0]], axis=1)
        along = np.abs(np.einsum("gnk,gk->gn", offset, self.closings))
        across = np.abs(np.einsum("gnk,gk->gn", offset, normals))
        reach = self.widths[:, None] / 2 + FINGER_REACH_M
        fingers = (along < reach) & (across < FINGER_HALF_BREADTH_M)
        hand = (along < HAND_HALF_LENGTH_M) & (across < HAND_HALF_BREADTH_M)
        tall = obstacles[None, :, 2] > self.tips[:, None, 2] + HAND_ABOVE_TIP_M
        return ~np.any(fingers | (hand & tall), axis=1)

    def is_graspable(self, obstacles: NDArray[np.float64]) -> bool:
        """Whether each part can be grasped; a symmetric object in some direction."""
        free = self.free(obstacles)
        return bool(free.any() if self.placed.shape.symmetric else free.all())

    def turned_for_room(self, obstacles: NDArray[np.float64]) -> PlacedObject:
        """Turn the grasps of a symmetric object to where there is most room.

        Where all is free the jaws close along world -y, the picture's x axis.
        """
        if not self.placed.shape.symmetric:
            return self.placed
        fingers = (
            self.tips[:, None, :2]
            + np.array([-1.0, 1.0])[:, None]
            * ((self.widths[:, None] / 2 + FINGER_OFFSET_M) * self.closings)[:, None]
        )
        gaps = np.linalg.norm(obstacles[None, None, :, :2] - fingers[:, :, None], axis=-1)
        room = gaps.min(axis=(1, 2), initial=ROOM_ENOUGH_M)
        deviation = np.arccos(np.clip(-self.closings[:, 1], -1.0, 1.0))
        # Rounded, so that equal choices fall to the first one on every machine.
        score = np.round(self.free(obstacles) + room - DEVIATION_COST_M * deviation, 6)
        return replace(self.placed, grasp_turn_rad=float(self.turns[int(np.argmax(score))]))


@lru_cache(maxsize=256)
def _top_points(instance: Instance) -> NDArray[np.float64]:
    return instance.shape.top_points()


def _points_of(laid: Iterable[_Laid]) -> NDArray[np.float64]:
    """Points on all the objects, shape (N, 3)."""
    return np.concatenate([np.empty((0, 3)), *(one.points for one in laid)])


def _touches(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Whether two clouds come nearer than the gap, seen from above."""
    low, high = first[:, :2].min(axis=0) - GAP_M, first[:, :2].max(axis=0) + GAP_M
    near = second[np.all((second[:, :2] > low) & (second[:, :2] < high), axis=1), :2]
    apart = first[:, None, :2] - near[None]
    return bool(np.any(np.einsum("nmk,nmk->nm", apart, apart) < GAP_M**2))


def _find_place(
    rng: np.random.Generator, instance: Instance, laid: Sequence[_Laid]
) -> _Laid | None:
    """Find a place for one more object; None after a bounded number of tries."""
    shape = instance.shape
    others = _points_of(laid)
    for _ in range(_TRIES):
        x_m, y_m = rng.uniform(*X_RANGE_M), rng.uniform(*Y_RANGE_M)
        yaw_rad = 0.0 if shape.symmetric else rng.uniform(-math.pi, math.pi)
        here = _Laid.at(
            PlacedObject(
                instance.name,
                instance.shape_seed,
                shape.colour_name,
                x_m,
                y_m,
                yaw_rad,
                mesh=instance.mesh,
            )
        )
        if not here.is_in_view() or not here.is_graspable(others) or _touches(here.points, others):
            continue
        everything = [*laid, here]
        if all(
            one.is_graspable(_points_of(other for other in everything if other is not one))
            for one in laid
        ):
            return here
    return None


def _try_once(rng: np.random.Generator, instances: Sequence[Instance]) -> list[PlacedObject] | None:
    """Put the objects down one after the other, long ones first; None if one finds no place."""
    extents = [float(np.linalg.norm(_top_points(one)[:, :2], axis=1).max()) for one in instances]
    laid: dict[int, _Laid] = {}
    for index in sorted(range(len(instances)), key=lambda i: -extents[i]):
        here = _find_place(rng, instances[index], list(laid.values()))
        if here is None:
            return None
        laid[index] = here
    return [
        laid[i].turned_for_room(_points_of(laid[j] for j in laid if j != i))
        for i in range(len(instances))
    ]


def place(rng: np.random.Generator, instances: Sequence[Instance]) -> tuple[PlacedObject, ...]:
    """Lay objects on the table at random, not touching, each part free to be grasped.

    Args:
        rng: source of the randomness.
        instances: the objects.

    Returns:
        The objects in the order of `instances`.

    Raises:
        NoRoom: no arrangement was found in a bounded number of tries.
    """
    for _ in range(_RESTARTS):
        placed = _try_once(rng, instances)
        if placed is not None:
            return tuple(placed)
    raise NoRoom([instance.name for instance in instances])
