"""What is around the objects: the table top, the light and the camera's pose."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .palette import RGB, jittered, shaded

TABLE_COLOURS: tuple[RGB, ...] = (
    (0.72, 0.54, 0.36),
    (0.45, 0.30, 0.18),
    (0.85, 0.80, 0.72),
    (0.60, 0.62, 0.65),
    (0.30, 0.32, 0.35),
    (0.88, 0.88, 0.87),
    (0.42, 0.52, 0.48),
    (0.55, 0.60, 0.70),
)
TABLE_TEXTURES = ("plain", "wood", "noise", "checker")
_TEXTURE_PX = 256


@dataclass(frozen=True, slots=True)
class Table:
    """The table top.

    Attributes:
        texture: one of `TABLE_TEXTURES`.
        rgb: main colour.
        second_rgb: colour of grain, spots or squares.
        texture_seed: which grain.
    """

    texture: str
    rgb: RGB
    second_rgb: RGB
    texture_seed: int

    def picture(self) -> NDArray[np.uint8]:
        """The texture, tileable enough for one metre of table, u8 shape (256, 256, 3)."""
        rng = np.random.default_rng(self.texture_seed)
        size = _TEXTURE_PX
        if self.texture == "checker":
            squares = np.indices((size, size)) // (size // 8)
            share = (squares.sum(axis=0) % 2).astype(np.float64)
        elif self.texture == "wood":
            share = _grain(rng, (48, 3), (96, 6))
            share = 0.5 + 0.5 * np.sin(12 * share)
        elif self.texture == "noise":
            share = _grain(rng, (20, 20), (90, 90))
        else:
            share = 0.06 * _grain(rng, (40, 40), (120, 120))
        colours = np.array([self.rgb, self.second_rgb])
        picture = colours[0] + share[..., None] * (colours[1] - colours[0])
        return np.rint(255 * picture.clip(0, 1)).astype(np.uint8)


def _grain(rng: np.random.Generator, *cells: tuple[int, int]) -> NDArray[np.float64]:
    """Smooth random values in 0..1, the mean of octaves of the given grid sizes."""
    octaves = [
        cv2.resize(rng.random(shape), (_TEXTURE_PX, _TEXTURE_PX), interpolation=cv2.INTER_CUBIC)
        for shape in cells
    ]
    return np.clip(np.mean(octaves, axis=0), 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Light:
    """One lamp that casts shadows, and what comes from everywhere.

    Attributes:
        position_m: of the lamp in the world.
        rgb: its strength and colour.
        ambient: strength of the light without direction, in 0..1.
    """

    position_m: tuple[float, float, float]
    rgb: RGB
    ambient: float


@dataclass(frozen=True, slots=True)
class CameraPose:
    """Where the camera hangs.

    Attributes:
        position_m: of the optical centre in the world.
        target_m: the point of the world in the middle of the picture.
        fovy_rad: vertical field of view.
        up: direction in the world that points up in the picture; away from the robot (+x) in the
            cell.
    """

    position_m: tuple[float, float, float]
    target_m: tuple[float, float, float]
    fovy_rad: float
    up: tuple[float, float, float] = (1.0, 0.0, 0.0)

    @property
    def R_world_camera(self) -> NDArray[np.float64]:
        """Columns are the optical axes (+x right, +y down, +z forward), shape (3, 3)."""
        forward = np.subtract(self.target_m, self.position_m)
        forward = forward / np.linalg.norm(forward)
        right = np.cross(forward, self.up)
        right = right / np.linalg.norm(right)
        return np.stack([right, np.cross(forward, right), forward], axis=1)


def random_table(rng: np.random.Generator) -> Table:
    """Draw a table top."""
    rgb = jittered(rng, TABLE_COLOURS[int(rng.integers(len(TABLE_COLOURS)))], 0.08)
    second = shaded(rgb, float(rng.uniform(0.68, 0.9)))
    texture = TABLE_TEXTURES[int(rng.integers(len(TABLE_TEXTURES)))]
    return Table(texture, rgb, second, int(rng.integers(2**31)))


def random_light(rng: np.random.Generator) -> Light:
    """Draw a lamp 1.2 m to 2 m away, anywhere above the table."""
    azimuth, slant = rng.uniform(-math.pi, math.pi), rng.uniform(0.1, 0.75)
    distance_m = rng.uniform(1.2, 2.0)
    position_m = (
        float(0.5 + distance_m * math.sin(slant) * math.cos(azimuth)),
        float(distance_m * math.sin(slant) * math.sin(azimuth)),
        float(distance_m * math.cos(slant)),
    )
    strength = rng.uniform(0.45, 0.75)
    red, green, blue = (float(x) for x in strength * rng.uniform(0.88, 1.0, size=3))
    return Light(position_m, (red, green, blue), float(rng.uniform(0.28, 0.48)))


def random_camera(rng: np.random.Generator) -> CameraPose:
    """Draw a camera about 0.7 m above the middle of the table, tilted up to 10 degrees.

    It never hangs nearer to the robot than 4 cm from the middle, where the arm would hide it.
    """
    target_m = (float(0.5 + rng.uniform(-0.02, 0.02)), float(rng.uniform(-0.02, 0.02)), 0.0)
    tilt, azimuth = math.radians(rng.uniform(0.0, 10.0)), rng.uniform(-math.pi, math.pi)
    distance_m = rng.uniform(0.67, 0.73)
    aside_m = distance_m * math.sin(tilt)
    position_m = (
        float(max(0.46, target_m[0] + aside_m * math.cos(azimuth))),
        float(target_m[1] + aside_m * math.sin(azimuth)),
        float(distance_m * math.cos(tilt)),
    )
    return CameraPose(position_m, target_m, math.radians(rng.uniform(38.0, 42.0)))
