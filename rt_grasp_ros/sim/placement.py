"""Where objects lie on the table, so that each part can be grasped from above.

Everything here is plane geometry on points sampled in the objects' collision boxes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .objects import make_object
from .shape import ObjectShape, PartGrasp

X_RANGE_M = (0.36, 0.64)
Y_RANGE_M = (-0.24, 0.24)
SEEN_X_M = (0.30, 0.70)
SEEN_Y_M = (-0.30, 0.30)
GAP_M = 0.022

FINGER_REACH_M = 0.045
FINGER_HALF_BREADTH_M = 0.020
HAND_HALF_LENGTH_M = 0.112
HAND_HALF_BREADTH_M = 0.042
HAND_ABOVE_TIP_M = 0.038

TURN_STEP_RAD = math.pi / 6
_TRIES = 40
_RESTARTS = 60


class NoRoom(ValueError):
    """The objects do not fit on the table with room for the fingers."""


@lru_cache(maxsize=256)
def object_shape(name: str, shape_seed: int) -> ObjectShape:
    """`make_object`, remembered: the shape of an instance is needed again and again."""
    return make_object(name, shape_seed)


@dataclass(frozen=True, slots=True)
class PlacedObject:
    """One object where it rests, in plain numbers.

    Attributes:
        name: one of `OBJECT_NAMES`.
        shape_seed: which instance of it, see `make_object`.
        colour_name: its main colour.
        x_m: origin of its frame in the world.
        y_m: origin of its frame in the world.
        yaw_rad: turn of its frame about the vertical.
        grasp_turn_rad: further turn of its grasps, not zero for symmetric objects only.
    """

    name: str
    shape_seed: int
    colour_name: str
    x_m: float
    y_m: float
    yaw_rad: float
    grasp_turn_rad: float = 0.0

    @property
    def shape(self) -> ObjectShape:
        """What it is made of."""
        return object_shape(self.name, self.shape_seed)

    @property
    def grasps(self) -> tuple[PartGrasp, ...]:
        """The grasps of its parts in the object frame."""
        return tuple(grasp.turned(self.grasp_turn_rad) for grasp in self.shape.grasps)

    def to_world(self, points_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map points of the object frame to the world, shape (..., 3)."""
        cosine, sine = math.cos(self.yaw_rad), math.sin(self.yaw_rad)
        turn = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
        return points_m @ turn.T + np.array([self.x_m, self.y_m, 0.0])


def _grasp_frame(
    placed: PlacedObject, grasp: PartGrasp
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fingertip point (3,) and closing direction (2,) of a grasp in the world."""
    tip, ahead = placed.to_world(np.stack([grasp.tip_m, grasp.tip_m + grasp.closing]))
    return tip, (ahead - tip)[:2]


def _is_free(placed: PlacedObject, grasp: PartGrasp, obstacles: NDArray[np.float64]) -> bool:
    """Whether fingers and hand come down without touching the points of other objects."""
    tip, closing = _grasp_frame(placed, grasp)
    offset = obstacles[:, :2] - tip[:2]
    along = np.abs(offset @ closing)
    across = np.abs(offset @ np.array([-closing[1], closing[0]]))
    fingers = (along < grasp.width_m / 2 + FINGER_REACH_M) & (across < FINGER_HALF_BREADTH_M)
    hand = (along < HAND_HALF_LENGTH_M) & (across < HAND_HALF_BREADTH_M)
    tall = obstacles[:, 2] > tip[2] + HAND_ABOVE_TIP_M
    return not bool(np.any(fingers | (hand & tall)))


def _room_beside(placed: PlacedObject, grasp: PartGrasp, obstacles: NDArray[np.float64]) -> float:
    """Distance in metres from the nearer finger to the nearest obstacle, at most 0.06."""
    tip, closing = _grasp_frame(placed, grasp)
    reach = (grasp.width_m / 2 + 0.014) * closing
    fingers = np.stack([tip[:2] - reach, tip[:2] + reach])
    gaps = np.linalg.norm(obstacles[None, :, :2] - fingers[:, None], axis=-1)
    return float(min(0.06, gaps.min(initial=0.06)))


def _turn_for_room(placed: PlacedObject, obstacles: NDArray[np.float64]) -> PlacedObject:
    """Turn the grasps of a symmetric object to where there is most room.

    Where all is free the jaws close along world -y, the picture's x axis.
    """
    if not placed.shape.symmetric:
        return placed
    best, best_score = placed, -math.inf
    for step in range(round(2 * math.pi / TURN_STEP_RAD)):
        turned = PlacedObject(
            placed.name,
            placed.shape_seed,
            placed.colour_name,
            placed.x_m,
            placed.y_m,
            placed.yaw_rad,
            step * TURN_STEP_RAD,
        )
        grasp = turned.grasps[0]
        _, closing = _grasp_frame(turned, grasp)
        deviation = math.acos(float(np.clip(-closing[1], -1.0, 1.0)))
        score = _room_beside(turned, grasp, obstacles) - 0.004 * deviation
        if _is_free(turned, grasp, obstacles):
            score += 1.0
        if score > best_score + 1e-9:
            best, best_score = turned, score
    return best


def _all_points(placed: Sequence[PlacedObject]) -> NDArray[np.float64]:
    """Points in all the objects, world, shape (N, 3)."""
    clouds = [one.to_world(one.shape.occupied_points()) for one in placed]
    return np.concatenate([np.empty((0, 3)), *clouds])


def _turned_and_free(placed: list[PlacedObject]) -> list[PlacedObject] | None:
    """Turn symmetric grasps; None if some part of some object can't be reached."""
    turned = []
    for one in placed:
        obstacles = _all_points([other for other in placed if other is not one])
        choice = _turn_for_room(one, obstacles)
        if not all(_is_free(choice, grasp, obstacles) for grasp in choice.grasps):
            return None
        turned.append(choice)
    return turned


def _try_once(
    rng: np.random.Generator, instances: Sequence[tuple[str, int]]
) -> list[PlacedObject] | None:
    """Put the objects down one after the other, long ones first; None if one finds no place."""
    extents = [
        float(np.linalg.norm(object_shape(*one).occupied_points()[:, :2], axis=1).max())
        for one in instances
    ]
    placed: dict[int, PlacedObject] = {}
    for index in sorted(range(len(instances)), key=lambda i: -extents[i]):
        name, shape_seed = instances[index]
        shape = object_shape(name, shape_seed)
        occupied = shape.occupied_points()
        others = _all_points(list(placed.values()))
        for _ in range(_TRIES):
            x_m, y_m = rng.uniform(*X_RANGE_M), rng.uniform(*Y_RANGE_M)
            yaw_rad = 0.0 if shape.symmetric else rng.uniform(-math.pi, math.pi)
            here = PlacedObject(name, shape_seed, shape.colour_name, x_m, y_m, yaw_rad)
            points = here.to_world(occupied)
            low, high = points.min(axis=0), points.max(axis=0)
            if low[0] < SEEN_X_M[0] or high[0] > SEEN_X_M[1]:
                continue
            if low[1] < SEEN_Y_M[0] or high[1] > SEEN_Y_M[1]:
                continue
            gaps = points[:, None, :2] - others[None, :, :2]
            if (gaps**2).sum(axis=-1).min(initial=1.0) < GAP_M**2:
                continue
            if _turned_and_free([*placed.values(), here]) is not None:
                placed[index] = here
                break
        else:
            return None
    return _turned_and_free([placed[index] for index in range(len(instances))])


def place(
    rng: np.random.Generator, instances: Sequence[tuple[str, int]]
) -> tuple[PlacedObject, ...]:
    """Lay objects on the table at random, not touching, each part free to be grasped.

    Args:
        rng: source of the randomness.
        instances: name and shape seed of each object.

    Returns:
        The objects in the order of `instances`.

    Raises:
        NoRoom: no arrangement was found in a bounded number of tries.
    """
    for _ in range(_RESTARTS):
        placed = _try_once(rng, instances)
        if placed is not None:
            return tuple(placed)
    names = ", ".join(name for name, _ in instances)
    raise NoRoom(f"no room on the table for {names} together; ask for fewer objects")
