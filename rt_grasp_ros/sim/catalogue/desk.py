"""Things from the desk."""

from __future__ import annotations

import numpy as np

from ..mesh import lathe, rounded_bar, rounded_profile, sweep
from ..palette import DARK, METAL, PALETTE, jittered, pick, shaded
from ..shape import ObjectShape, ShapeBuilder


def scissors(rng: np.random.Generator) -> ObjectShape:
    """Closed scissors lying flat, the blades along +x."""
    colour_name, colour = pick(rng, ("red", "orange", "blue", "green", "black", "purple", "pink"))
    thick, blade = 0.006, rng.uniform(0.075, 0.09)
    builder = ShapeBuilder("scissors", colour_name, rng.uniform(0.06, 0.10))
    turn = np.linspace(0, 2 * np.pi, 29)
    for side in (-1.0, 1.0):
        loop = np.stack(
            [
                -0.062 + 0.026 * np.cos(turn),
                side * (0.0195 + 0.0145 * np.sin(turn)),
                np.full(29, thick),
            ],
            1,
        )
        builder.see("handle", sweep(loop, 0.0048, thick, exponent=2.6), colour, 0.5)
        shank = np.array(
            [
                [-0.042, side * 0.0115, thick],
                [-0.020, side * 0.0075, thick],
                [0.004, side * 0.005, thick],
            ]
        )
        builder.see(
            "handle", sweep(shank, [0.0060, 0.0080, 0.0060], thick, exponent=3), colour, 0.5
        )
        builder.see(
            "blades",
            rounded_bar(
                [0.0, side * 0.0045, thick - 0.001],
                [blade, side * 0.001, thick - 0.001],
                0.0055,
                0.003,
                0.0008,
                5,
                0.0012,
            ),
            shaded(METAL, 1.1 if side > 0 else 0.95),
            0.9,
        )
        builder.bar(
            "handle", [-0.088, side * 0.0195], [-0.036, side * 0.0195], 0.018, (0.0, 2 * thick)
        )
    builder.see(
        "blades",
        lathe(rounded_profile(0.002, 2 * thick - 0.001, 0.004, 0.001)).moved([0.008, 0, 0]),
        DARK,
    )
    builder.bar("handle", [-0.036, 0], [0.004, 0], 0.012, (0.0, 2 * thick))
    builder.bar("blades", [0.004, 0], [0.55 * blade, 0], 0.0085, (0.0, thick + 0.003))
    builder.bar("blades", [0.55 * blade, 0], [blade, 0], 0.005, (0.0, thick + 0.003))
    builder.grasp("handle", [-0.017, 0, 2 * thick], 0.025)
    builder.grasp("blades", [0.36 * blade, 0, thick + 0.002], 0.018)
    return builder.build()


def marker(rng: np.random.Generator) -> ObjectShape:
    """A felt-tip marker lying along +x, its cap at the far end."""
    colour_name, colour = pick(rng, ("red", "blue", "green", "black", "purple", "orange"))
    body = colour if rng.random() < 0.5 else jittered(rng, PALETTE["white"])
    radius, length = rng.uniform(0.0085, 0.0105), rng.uniform(0.12, 0.14)
    builder = ShapeBuilder("marker", colour_name, rng.uniform(0.03, 0.05))
    join = 0.68 * length
    pieces = (
        ("middle", rounded_profile(0, 0.008, 0.85 * radius, 0.002), colour),
        ("middle", rounded_profile(0.008, join, radius, 0.001), body),
        (
            "middle",
            [[1.02 * radius, 0.60 * join], [1.02 * radius, 0.75 * join]],
            shaded(colour, 0.8),
        ),
        ("cap", rounded_profile(join, length, 1.15 * radius, 0.002, 1.02 * radius), colour),
    )
    for part, profile, rgb in pieces:
        builder.see(part, lathe(profile).turned_along_x(1.15 * radius), rgb, 0.5)
    clip = rounded_bar(
        [join + 0.004, 0, 2.3 * radius], [length - 0.004, 0, 2.25 * radius], 0.0018, 0.0014, 0.0005
    )
    builder.see("cap", clip, shaded(colour, 0.7), 0.5)
    builder.bar("middle", [0, 0], [join, 0], 0.98 * radius, (0.0, 2.1 * radius))
    builder.bar("cap", [join, 0], [length, 0], 1.1 * radius, (0.0, 2.28 * radius))
    builder.grasp("middle", [0.5 * join, 0, 2.15 * radius], 2 * radius)
    builder.grasp("cap", [(join + length) / 2, 0, 2.3 * radius], 2.25 * radius)
    return builder.build()


def tape(rng: np.random.Generator) -> ObjectShape:
    """A roll of tape lying flat."""
    colour_name, colour = pick(rng, ("brown", "white", "gray", "blue", "yellow", "red", "black"))
    outer, height = rng.uniform(0.042, 0.050), rng.uniform(0.022, 0.030)
    inner = outer - rng.uniform(0.009, 0.013)
    core = inner - 0.0025
    builder = ShapeBuilder("tape", colour_name, rng.uniform(0.06, 0.14), symmetric=True)
    roll = [[inner, 0.0], [outer, 0.0], [outer, height], [inner, height]]
    ring = [[inner, height - 0.001], [core, height - 0.001], [core, 0.0]]
    builder.see("rim", lathe(roll, 36), colour, 0.6)
    builder.see("rim", lathe(ring, 36), (0.70, 0.56, 0.38), 0.1)
    builder.ring("rim", (outer + core) / 2, outer - core, (0.0, height))
    builder.grasp("rim", [(outer + core) / 2, 0, height], outer - core, 0.0)
    return builder.build()


def box(rng: np.random.Generator) -> ObjectShape:
    """A small carton lying flat, with a printed label and a strip of tape."""
    colour_name, colour = pick(rng, ("brown", "white", "red", "blue", "green", "orange"))
    if colour_name == "brown":
        colour = jittered(rng, (0.68, 0.50, 0.32))
    half_x, half_y = rng.uniform(0.045, 0.060), rng.uniform(0.024, 0.0315)
    height = rng.uniform(0.030, 0.050)
    builder = ShapeBuilder("box", colour_name, rng.uniform(0.06, 0.15))
    level = height / 2
    carton = rounded_bar([-half_x, 0, level], [half_x, 0, level], half_y, level, 0.0005, 24)
    builder.see("middle", carton, colour, 0.1)
    strip = rounded_bar([-half_x, 0, height], [half_x, 0, height], 0.008, 0.0004, 0.0001, 24)
    builder.see("middle", strip, shaded(colour, 0.72), 0.4)
    label = rounded_bar(
        [0.3 * half_x, -0.62 * half_y, height],
        [0.85 * half_x, -0.62 * half_y, height],
        0.25 * half_y,
        0.0006,
        0.0001,
        24,
    )
    builder.see(
        "middle", label, (0.95, 0.95, 0.93) if colour_name != "white" else PALETTE["blue"], 0.1
    )
    builder.box("middle", [0, 0, level], [half_x, half_y, level])
    builder.grasp("middle", [0, 0, height], 2 * half_y)
    return builder.build()
