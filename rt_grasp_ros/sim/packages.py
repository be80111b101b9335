"""Printed boxes, cans and rolls, drawn at random: packages as they stand side by side and stacked.

Synthetic: no product's print is copied. They teach where one thing ends and the next begins where
depth alone shows one flat face.
"""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import mujoco
import numpy as np
from numpy.typing import NDArray

_FACE_PX = 96
_MOST_PRINTS = 9
_SMALLEST_M, _LARGEST_M = 0.02, 0.24
_LARGEST_ROUND_M = 0.05
_ROUND_SHARE, _LYING_SHARE = 0.3, 0.35
_GAP_M = 0.004
_STACKED_SHARE, _BEHIND_SHARE = 0.35, 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Package:
    """One printed box or cylinder where it stands.

    Attributes:
        half_m: half of its sides; of a cylinder radius, radius and half of its length.
        is_round: whether it is a cylinder.
        is_lying: whether a cylinder lies.
        place_m: its middle above the table, x, y and z.
        heading_rad: about z.
        faces: its print, RGB uint8, six squares one below the other.
    """

    half_m: tuple[float, float, float]
    is_round: bool
    is_lying: bool
    place_m: tuple[float, float, float]
    heading_rad: float
    faces: NDArray[np.uint8]

    @property
    def radius_m(self) -> float:
        """Of the circle on the table that it stays within."""
        if self.is_lying:
            return math.hypot(self.half_m[0], self.half_m[2])
        return self.half_m[0] if self.is_round else math.hypot(*self.half_m[:2])

    def add_to(self, spec: mujoco.MjSpec, name: str, number: int) -> None:
        """Add it to a model's world.

        Args:
            spec: of the model.
            name: of its texture and material.
            number: that its pixels shall have.
        """
        texture = spec.add_texture(
            name=name,
            type=mujoco.mjtTexture.mjTEXTURE_CUBE,
            width=self.faces.shape[1],
            height=self.faces.shape[0],
            nchannel=3,
        )
        texture.data = self.faces.tobytes()
        material = spec.add_material(name=name, specular=0.2, shininess=0.2)
        material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = name
        turned = [math.cos(self.heading_rad / 2), 0.0, 0.0, math.sin(self.heading_rad / 2)]
        lying = [math.sqrt(0.5), 0.0, math.sqrt(0.5), 0.0]
        kind = mujoco.mjtGeom
        spec.worldbody.add_body(pos=self.place_m, quat=turned).add_geom(
            type=kind.mjGEOM_CYLINDER if self.is_round else kind.mjGEOM_BOX,
            size=[self.half_m[0], self.half_m[2], 0.0] if self.is_round else self.half_m,
            quat=lying if self.is_lying else [1.0, 0.0, 0.0, 0.0],
            material=name,
            userdata=[number],
        )


def draw_packages(
    count: int,
    taken: Sequence[tuple[float, float, float]],
    reach_m: float,
    rng: np.random.Generator,
) -> list[Package]:
    """Return packages in rows that touch or nearly touch, some with others on them.

    Args:
        count: how many.
        taken: x, y and radius of what stands there.
        reach_m: from the table's middle, along x and y.
        rng: draws all.
    """
    rows: list[Package] = []
    while len(rows) < count:
        row = _row(min(count - len(rows), int(rng.integers(1, 4))), rng)
        radius_m = max(math.hypot(*one.place_m[:2]) + one.radius_m for one in row)
        for _ in range(60):
            x_m, y_m = rng.uniform(-reach_m, reach_m, 2)
            others = [*taken, *((*one.place_m[:2], one.radius_m) for one in rows)]
            if all(math.hypot(x_m - x, y_m - y) > 0.8 * (radius_m + r) for x, y, r in others):
                break
        rows += [_moved(one, float(x_m), float(y_m), rng) for one in _turned(row, rng)]
    return rows


def _row(count: int, rng: np.random.Generator) -> list[Package]:
    """Return packages side by side along x, about the origin; the last may stand on the first."""
    row: list[Package] = []
    x_m = 0.0
    same = rng.random() < 0.3
    for _ in range(count):
        one = _package(rng)
        if same and row and not row[0].is_round:
            one = _placed(one, half_m=row[0].half_m, is_round=False, is_lying=False)
        reach = one.half_m[2] if one.is_lying else one.half_m[0]
        height_m = one.half_m[0] if one.is_lying else one.half_m[2]
        below = row[0] if row else None
        if below is not None and not below.is_round and rng.random() < _STACKED_SHARE:
            at = (below.place_m[0] + rng.normal(0, 0.01), rng.normal(0, 0.01))
            row.append(_placed(one, place_m=(*at, 2 * below.half_m[2] + height_m)))
            continue
        y_m = rng.normal(0, 0.02) if rng.random() < _BEHIND_SHARE else 0.0
        row.append(_placed(one, place_m=(x_m + reach, y_m, height_m)))
        x_m += 2 * reach + abs(rng.normal(0, _GAP_M))
    return row


def _package(rng: np.random.Generator) -> Package:
    is_round = bool(rng.random() < _ROUND_SHARE)
    sides_m = np.exp(rng.uniform(math.log(_SMALLEST_M), math.log(_LARGEST_M), 3)) / 2
    if is_round:
        sides_m[:2] = min(float(sides_m[:2].min()), _LARGEST_ROUND_M)
    half_m = (float(sides_m[0]), float(sides_m[1]), float(sides_m[2]))
    is_lying = is_round and bool(rng.random() < _LYING_SHARE)
    ground = rng.uniform(20, 240, 3)
    faces = np.concatenate([_print(ground, rng) for _ in range(6)])
    return Package(half_m, is_round, is_lying, (0.0, 0.0, 0.0), 0.0, faces)


def _placed(one: Package, **changed: object) -> Package:
    values = {name: getattr(one, name) for name in Package.__slots__} | changed
    return Package(**values)


def _turned(row: Sequence[Package], rng: np.random.Generator) -> list[Package]:
    """Return a row about its middle, turned as a whole."""
    middle = np.mean([one.place_m[:2] for one in row], axis=0)
    angle_rad = rng.uniform(0, math.tau)
    cos, sin = math.cos(angle_rad), math.sin(angle_rad)
    turned = []
    for one in row:
        x_m, y_m = np.array(one.place_m[:2]) - middle
        place = (cos * x_m - sin * y_m, sin * x_m + cos * y_m, one.place_m[2])
        turned.append(_placed(one, place_m=place, heading_rad=angle_rad))
    return turned


def _moved(one: Package, x_m: float, y_m: float, rng: np.random.Generator) -> Package:
    place = (one.place_m[0] + x_m, one.place_m[1] + y_m, one.place_m[2] + 0.001)
    return _placed(one, place_m=place, heading_rad=one.heading_rad + rng.normal(0, 0.04))


def _print(ground: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return one printed face on a ground of one colour, RGB uint8."""
    side = _FACE_PX
    face = np.full((side, side, 3), ground + rng.normal(0, 6, 3))
    if rng.random() < 0.3:
        face = face * np.linspace(rng.uniform(0.6, 1), rng.uniform(0.8, 1.3), side)[:, None, None]
    face = np.ascontiguousarray(np.clip(face, 0, 255).astype(np.uint8))
    for _ in range(rng.integers(0, _MOST_PRINTS)):
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        at = tuple(int(value) for value in rng.integers(-10, side, 2))
        kind = rng.integers(4)
        if kind == 0:
            size = rng.integers(8, side, 2)
            cv2.rectangle(face, at, (at[0] + int(size[0]), at[1] + int(size[1])), colour, -1)
        elif kind == 1:
            axes = tuple(int(value) for value in rng.integers(4, side // 2, 2))
            cv2.ellipse(face, at, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1)
        elif kind == 2:
            text = "".join(rng.choice(list(string.ascii_uppercase), rng.integers(2, 9)))
            cv2.putText(
                face, text, at, cv2.FONT_HERSHEY_DUPLEX, float(rng.uniform(0.3, 1.4)), colour, 2
            )
        else:
            cv2.line(face, at, (int(rng.integers(side)), int(rng.integers(side))), colour, 3)
    return face
