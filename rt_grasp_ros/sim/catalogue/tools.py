"""Hand tools."""

from __future__ import annotations

import numpy as np

from ..mesh import lathe, rounded_bar, rounded_profile, sweep
from ..palette import DARK, METAL, RGB, VIVID, WOOD, jittered, pick, shaded
from ..shape import ObjectShape, ShapeBuilder


def screwdriver(rng: np.random.Generator) -> ObjectShape:
    """A screwdriver lying along +x, its tip at the far end."""
    colour_name, colour = pick(rng, VIVID)
    radius, grip = rng.uniform(0.0135, 0.0160), rng.uniform(0.085, 0.10)
    shaft, reach = rng.uniform(0.0036, 0.0045), rng.uniform(0.085, 0.11)
    builder = ShapeBuilder("screwdriver", colour_name, rng.uniform(0.07, 0.12))
    tail = [[0.0, 0.0], [0.55 * radius, 0.0], [0.9 * radius, 0.006], [radius, 0.02]]
    grooved = [[radius, 0.02], [radius, 0.62 * grip]]
    collar = [
        [radius, 0.62 * grip],
        [0.62 * radius, 0.80 * grip],
        [0.70 * radius, 0.88 * grip],
        [0.72 * radius, grip - 0.002],
        [0.6 * radius, grip],
        [0, grip],
    ]
    builder.see("handle", lathe(tail).turned_along_x(radius), DARK)
    builder.see("handle", lathe(grooved).turned_along_x(radius), colour, 0.6)
    builder.see("handle", lathe(collar).turned_along_x(radius), colour, 0.6)
    for turn in np.arange(6) * np.pi / 3:
        y, z = radius * np.cos(turn), radius * (1 + np.sin(turn))
        groove = np.array([[0.024, y, z], [0.58 * grip, y, z]])
        builder.see("handle", sweep(groove, 0.0013, 0.0009, sides=8), shaded(colour, 0.35))
    rod = [
        [0, grip],
        [shaft, grip],
        [shaft, grip + reach - 0.014],
        [0.8 * shaft, grip + reach - 0.012],
    ]
    builder.see("shaft", lathe(rod).turned_along_x(radius), METAL, 0.9)
    blade = np.array(
        [
            [grip + reach - 0.014, 0, radius],
            [grip + reach - 0.006, 0, radius],
            [grip + reach, 0, radius],
        ]
    )
    builder.see(
        "shaft",
        sweep(blade, [shaft, 1.4 * shaft, 1.2 * shaft], [shaft, 0.0015, 0.0008], exponent=3),
        METAL,
        0.9,
    )
    builder.bar("handle", [0, 0], [0.66 * grip, 0], 0.97 * radius, (0.0, 1.95 * radius))
    builder.bar("handle", [0.66 * grip, 0], [grip, 0], 0.7 * radius, (0.3 * radius, 1.7 * radius))
    builder.bar("shaft", [grip, 0], [grip + reach, 0], shaft, (radius - shaft, radius + shaft), 0.5)
    builder.grasp("handle", [0.40 * grip, 0, 2 * radius], 2 * radius)
    builder.grasp("shaft", [grip + 0.48 * reach, 0, radius + shaft], 2 * shaft)
    return builder.build()


def hammer(rng: np.random.Generator) -> ObjectShape:
    """A claw hammer lying on its side, the handle along +x, the head across its far end."""
    colour_name, colour = pick(rng, ("red", "blue", "orange", "yellow", "green", "black", "brown"))
    wooden = colour_name == "brown"
    half, length = rng.uniform(0.0115, 0.0135), rng.uniform(0.17, 0.20)
    iron, steel = rng.uniform(0.0125, 0.0145), jittered(rng, (0.33, 0.34, 0.36))
    level = iron
    builder = ShapeBuilder("hammer", colour_name, rng.uniform(0.20, 0.30))
    grip_end = 0.55 * length
    grip = colour if not wooden else jittered(rng, WOOD)
    neck = METAL if not wooden else grip
    builder.see(
        "handle",
        rounded_bar([0, 0, level], [grip_end, 0, level], half + 0.001, half, 0.004, 3),
        grip,
    )
    builder.see(
        "handle",
        rounded_bar(
            [grip_end - 0.004, 0, level], [length, 0, level], 0.75 * half, 0.7 * half, 0.001, 3
        ),
        neck,
        0.6,
    )
    face = rng.uniform(0.045, 0.055)
    _see_hammer_head(builder, steel, length, face, iron)
    builder.bar("handle", [0, 0], [grip_end, 0], half, (0.0, level + half))
    builder.bar(
        "handle",
        [grip_end, 0],
        [length - 0.012, 0],
        0.75 * half,
        (level - 0.7 * half, level + 0.7 * half),
    )
    builder.bar("head", [length, -face], [length, 0.016], iron, (0.0, 2 * iron), 3.0)
    builder.bar(
        "head", [length, 0.016], [length - 0.012, 0.055], 0.009, (0.15 * iron, 1.7 * iron), 2.0
    )
    builder.grasp("handle", [0.62 * length, 0, level + 0.7 * half], 1.5 * half)
    builder.grasp("head", [length, 0.012 - face, 2 * iron], 2 * iron, 0.0)
    return builder.build()


def _see_hammer_head(
    builder: ShapeBuilder, steel: RGB, length: float, face: float, iron: float
) -> None:
    """Show the drum with its face, the eye around the handle, and the two claws.

    Args:
        builder: of the hammer.
        steel: the colour of the head.
        length: of the handle, metres.
        face: from the handle's axis to the face, metres.
        iron: radius of the head, metres, and how high its axis lies.
    """
    level = iron
    stations = [
        [0, -face],
        [iron, -face],
        [iron, -face + 0.014],
        [0.72 * iron, -face + 0.020],
        [0.72 * iron, -0.014],
    ]
    drum = lathe(stations).turned_along_x(0.0).turned(np.pi / 2).moved([length, 0, level])
    builder.see("head", drum, steel, 0.8)
    builder.see(
        "head",
        rounded_bar([length, -0.016, level], [length, 0.016, level], 0.016, iron, 0.002, 5),
        steel,
        0.8,
    )
    turn = np.linspace(0.0, 1.0, 8)
    for side in (-1, 1):
        claw = np.stack(
            [length - 0.022 * turn**2, 0.014 + 0.045 * turn, level + side * (0.003 + 0.004 * turn)],
            1,
        )
        builder.see(
            "head",
            sweep(claw, 0.010 - 0.006 * turn, 0.0055 - 0.0035 * turn, exponent=3),
            steel,
            0.8,
        )


def wrench(rng: np.random.Generator) -> ObjectShape:
    """An open-ended wrench lying flat, its jaw at the far end."""
    steel = jittered(rng, METAL)
    length, half, thick = rng.uniform(0.13, 0.16), rng.uniform(0.008, 0.010), 0.006
    builder = ShapeBuilder("wrench", "gray", rng.uniform(0.10, 0.18))
    builder.see(
        "shaft",
        rounded_bar([0.012, 0, thick], [length, 0, thick], half, 0.9 * thick, 0.001, 5),
        steel,
        0.9,
    )
    builder.see(
        "shaft",
        rounded_bar([0.035, 0, thick], [length - 0.025, 0, thick], 0.5 * half, thick, 0.001, 5),
        shaded(steel, 0.72),
        0.9,
    )
    turn = np.linspace(0, 2 * np.pi, 25)
    loop = np.stack([0.011 * np.cos(turn), 0.011 * np.sin(turn), np.full(25, thick)], 1)
    builder.see("shaft", sweep(loop, 0.005, thick, exponent=5), steel, 0.9)
    mouth = np.linspace(0.62, 2 * np.pi - 0.62, 21)
    reach = 0.015
    jaw = np.stack(
        [length + 0.012 - reach * np.cos(mouth) * -1.0, reach * np.sin(mouth), np.full(21, thick)],
        1,
    )
    builder.see("jaw", sweep(jaw, 0.0065, thick, exponent=5), steel, 0.9)
    top = 2 * thick
    builder.bar("shaft", [-0.015, 0], [0.012, 0], 0.015, (0.0, top))
    builder.bar("shaft", [0.012, 0], [length, 0], half, (0.0, top))
    builder.bar("jaw", [length - 0.006, 0], [length + 0.010, 0], 0.0205, (0.0, top))
    for side in (-1, 1):
        builder.bar(
            "jaw",
            [length + 0.010, side * 0.014],
            [length + 0.028, side * 0.012],
            0.0065,
            (0.0, top),
        )
    builder.grasp("shaft", [0.5 * length, 0, top], 2 * half)
    builder.grasp("jaw", [length - 0.001, 0, top], 0.042)
    return builder.build()


def pliers(rng: np.random.Generator) -> ObjectShape:
    """Pliers lying flat, jaws closed at the far end."""
    colour_name, colour = pick(rng, ("red", "blue", "yellow", "green", "orange"))
    length, thick = rng.uniform(0.085, 0.10), 0.0065
    builder = ShapeBuilder("pliers", colour_name, rng.uniform(0.12, 0.20))
    share = np.linspace(0.0, 1.0, 12)
    for side in (-1.0, 1.0):
        y = side * (0.004 + 0.018 * np.sin(0.85 * np.pi * (1 - share)))
        path = np.stack([length * share, y, np.full(12, thick)], 1)
        size = 0.0062 * np.interp(share, [0, 0.05, 0.9, 1], [0.6, 1, 0.9, 0.8])
        builder.see("handle", sweep(path, size, thick * size / 0.0062, exponent=3), colour, 0.4)
        for k in range(0, 10, 3):
            builder.bar("handle", path[k], path[min(k + 3, 11)], 0.006, (0.0, 2 * thick))
    builder.see(
        "jaw",
        lathe(rounded_profile(0.0, 2 * thick, 0.014, 0.002)).moved([length + 0.006, 0, 0]),
        METAL,
        0.8,
    )
    builder.see(
        "jaw",
        lathe(rounded_profile(0.0, 2 * thick + 0.001, 0.005, 0.001)).moved([length + 0.006, 0, 0]),
        DARK,
        0.8,
    )
    for side in (-1.0, 1.0):
        builder.see(
            "jaw",
            rounded_bar(
                [length + 0.010, side * 0.005, thick],
                [length + 0.055, side * 0.003, thick],
                0.005,
                thick,
                0.002,
                4,
                0.0025,
            ),
            METAL,
            0.8,
        )
    builder.bar("jaw", [length - 0.006, 0], [length + 0.018, 0], 0.013, (0.0, 2 * thick), 2.0)
    builder.bar("jaw", [length + 0.018, 0], [length + 0.054, 0], 0.0085, (0.0, 2 * thick), 2.0)
    builder.grasp("handle", [0.93 * length, 0, 2 * thick], 0.036)
    builder.grasp("jaw", [length + 0.034, 0, 2 * thick], 0.017)
    return builder.build()
