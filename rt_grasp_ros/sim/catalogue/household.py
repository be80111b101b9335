"""Things from the kitchen, the bathroom and the living room."""

from __future__ import annotations

import numpy as np

from ..mesh import lathe, rounded_bar, rounded_profile, sweep
from ..palette import DARK, METAL, PALETTE, VIVID, WOOD, jittered, pick, shaded
from ..shape import ObjectShape, ShapeBuilder


def spoon(rng: np.random.Generator) -> ObjectShape:
    """A large wooden or steel spoon lying along +x, its bowl at the far end, hollow side up."""
    wooden = rng.random() < 0.5
    rgb = jittered(rng, WOOD if wooden else METAL)
    builder = ShapeBuilder("spoon", "brown" if wooden else "gray", rng.uniform(0.04, 0.08))
    length, half, level = rng.uniform(0.12, 0.145), rng.uniform(0.0055, 0.0070), 0.0065
    share = np.linspace(0.0, 1.0, 14)
    path = np.stack([length * share, np.zeros(14), np.full(14, level)], 1)
    size = half * np.interp(share, [0, 0.03, 0.15, 0.8, 1], [0.5, 1.05, 1.25, 0.85, 0.85])
    shine = 0.2 if wooden else 0.9
    builder.see("handle", sweep(path, size, 0.0062, exponent=2.6), rgb, shine)
    reach, width, depth = rng.uniform(0.029, 0.034), rng.uniform(0.020, 0.024), 0.014
    radius = np.array([0, 0.5, 0.75, 0.9, 1.0, 0.93, 0.72, 0.45, 0.0])
    height = np.array([0, 0.10, 0.30, 0.55, 1.0, 1.0, 0.45, 0.22, 0.15]) * depth
    for first, last, tone in ((0, 6, 1.0), (5, 9, 0.80)):
        dish = lathe(np.stack([radius, height], 1)[first:last], 32)
        stretched = dish.vertices_m * [reach, width, 1.0] + [length + reach - 0.004, 0, 0]
        builder.see("bowl", type(dish)(stretched, dish.faces), shaded(rgb, tone), shine)
    builder.bar("handle", [0, 0], [length, 0], 1.05 * half, (0.0, 0.0125))
    centre = length + reach - 0.004
    for share_x, share_y in ((0.95, 0.42), (0.72, 0.72), (0.40, 0.95)):
        builder.bar(
            "bowl",
            [centre - share_x * reach, 0],
            [centre + share_x * reach, 0],
            share_y * width,
            (0.0, 0.4 * depth),
        )
    for side in (-1, 1):
        builder.bar(
            "bowl",
            [centre - 0.4 * reach, side * 0.93 * width],
            [centre + 0.4 * reach, side * 0.93 * width],
            0.05 * width,
            (0.0, depth),
        )
    builder.grasp("handle", [0.48 * length, 0, 0.0127], 2.1 * half)
    builder.grasp("bowl", [centre, 0, depth], 2 * width)
    return builder.build()


def toothbrush(rng: np.random.Generator) -> ObjectShape:
    """A toothbrush lying along +x with its bristles up."""
    colour_name, colour = pick(rng, VIVID)
    builder = ShapeBuilder("toothbrush", colour_name, rng.uniform(0.03, 0.05))
    length, half, level = rng.uniform(0.15, 0.17), rng.uniform(0.0060, 0.0072), 0.0065
    share = np.linspace(0.0, 1.0, 18)
    size = half * np.interp(
        share, [0, 0.03, 0.12, 0.35, 0.6, 0.8, 1], [0.4, 0.85, 1, 1.1, 0.95, 0.5, 0.5]
    )
    path = np.stack([length * 0.82 * share, np.zeros(18), np.full(18, level)], 1)
    builder.see(
        "handle", sweep(path, size, np.minimum(0.0063, 0.95 * size), exponent=2.5), colour, 0.5
    )
    pad = rounded_bar(
        [0.04 * length, 0, 0.0115], [0.32 * length, 0, 0.0115], 0.55 * half, 0.0016, 0.001, 3
    )
    builder.see("handle", pad, jittered(rng, PALETTE["white"]), 0.3)
    start, stop = 0.80 * length, length
    builder.see(
        "head",
        rounded_bar([start, 0, level], [stop, 0, level], 0.0065, 0.0030, 0.0025, 3),
        colour,
        0.5,
    )
    tint = jittered(rng, PALETTE["white"])
    for k, x in enumerate(np.linspace(start + 0.008, stop - 0.006, 5)):
        tuft = rounded_bar(
            [x - 0.0022, 0, level + 0.0068], [x + 0.0022, 0, level + 0.0068], 0.0056, 0.0052, 0.0006
        )
        builder.see("head", tuft, shaded(colour, 1.3) if k == 2 else tint, 0.1)
    builder.bar("handle", [0, 0], [0.55 * length, 0], 0.98 * half, (0.0, 0.0125))
    builder.bar("handle", [0.55 * length, 0], [start, 0], 0.6 * half, (0.002, 0.011))
    builder.bar("head", [start, 0], [stop, 0], 0.0064, (0.0, 0.018))
    builder.grasp("handle", [0.36 * length, 0, 0.0128], 2.1 * half)
    builder.grasp("head", [(start + stop) / 2 + 0.001, 0, 0.0185], 0.0125)
    return builder.build()


def remote(rng: np.random.Generator) -> ObjectShape:
    """A remote control lying along +x with its keys up."""
    colour_name, colour = pick(rng, ("black", "gray", "white"))
    length, half, thick = (
        rng.uniform(0.14, 0.17),
        rng.uniform(0.020, 0.024),
        rng.uniform(0.009, 0.011),
    )
    builder = ShapeBuilder("remote", colour_name, rng.uniform(0.08, 0.14))
    for part, first, last in (("end", 0.0, 0.28), ("middle", 0.28, 0.72), ("end", 0.72, 1.0)):
        case = rounded_bar(
            [first * length, 0, thick],
            [last * length, 0, thick],
            half,
            thick,
            0.0003 if part == "middle" else 0.002,
        )
        builder.see(part, case, colour, 0.4)
    key = PALETTE["gray"] if colour_name == "black" else DARK
    top = 2 * thick
    for row, x in enumerate(np.linspace(0.13, 0.62, 6) * length):
        for column in (-1, 0, 1):
            part = "end" if x < 0.28 * length else "middle"
            rgb = PALETTE["red"] if (row, column) == (0, 1) else key
            disc = lathe(rounded_profile(top - 0.001, top + 0.0015, 0.0042, 0.0008), 12)
            builder.see(part, disc.moved([x, column * 0.55 * half, 0]), rgb, 0.2)
    wheel = lathe(rounded_profile(top - 0.001, top + 0.001, 0.55 * half, 0.0008), 24)
    builder.see("end", wheel.moved([0.84 * length, 0, 0]), key, 0.3)
    builder.bar("end", [0, 0], [0.28 * length, 0], half, (0.0, top))
    builder.bar("middle", [0.28 * length, 0], [0.72 * length, 0], half, (0.0, top))
    builder.bar("end", [0.72 * length, 0], [length, 0], half, (0.0, top))
    builder.grasp("middle", [0.5 * length, 0, top], 2 * half)
    builder.grasp("end", [0.85 * length, 0, top], 2 * half)
    return builder.build()


def brush(rng: np.random.Generator) -> ObjectShape:
    """A flat paint brush lying along +x, its bristles at the far end."""
    colour_name, colour = pick(rng, (*VIVID, "brown", "black"))
    if colour_name == "brown":
        colour = jittered(rng, WOOD)
    builder = ShapeBuilder("brush", colour_name, rng.uniform(0.05, 0.09))
    grip, width, thick = rng.uniform(0.10, 0.12), rng.uniform(0.018, 0.023), 0.0085
    share = np.linspace(0.0, 1.0, 16)
    size = np.interp(
        share, [0, 0.04, 0.2, 0.6, 0.85, 1], [0.004, 0.007, 0.0095, 0.008, 0.011, 0.9 * width]
    )
    path = np.stack([grip * share, np.zeros(16), np.full(16, thick)], 1)
    builder.see("handle", sweep(path, size, np.minimum(0.0075, size), exponent=2.6), colour, 0.5)
    builder.see(
        "bristles",
        rounded_bar([grip - 0.003, 0, thick], [grip + 0.022, 0, thick], width, thick, 0.0008, 6),
        METAL,
        0.9,
    )
    hair = (
        jittered(rng, (0.22, 0.15, 0.10))
        if rng.random() < 0.5
        else jittered(rng, (0.80, 0.68, 0.45))
    )
    tuft = np.array([[grip + 0.020, 0, thick], [grip + 0.045, 0, thick], [grip + 0.062, 0, thick]])
    builder.see(
        "bristles",
        sweep(
            tuft,
            [0.95 * width, 1.02 * width, 0.9 * width],
            [0.9 * thick, 0.8 * thick, 0.25 * thick],
            exponent=5,
        ),
        hair,
        0.0,
    )
    for y in np.linspace(-0.8, 0.8, 5) * width:
        line = np.array([[grip + 0.022, y, 1.82 * thick], [grip + 0.046, y, 1.78 * thick]])
        builder.see("bristles", sweep(line, 0.0007, 0.0006, sides=6), shaded(hair, 0.65), 0.0)
    builder.bar("handle", [0, 0], [0.7 * grip, 0], 0.0085, (0.0, thick + 0.0075))
    builder.bar("handle", [0.7 * grip, 0], [0.95 * grip, 0], 0.010, (0.002, thick + 0.007))
    builder.bar("bristles", [0.95 * grip, 0], [grip + 0.022, 0], width, (0.0, 2 * thick), 1.5)
    builder.bar("bristles", [grip + 0.022, 0], [grip + 0.055, 0], 0.98 * width, (0.0, 1.7 * thick))
    builder.grasp("handle", [0.50 * grip, 0, thick + 0.0075], 0.017)
    builder.grasp("bristles", [grip + 0.024, 0, 2 * thick], 2 * width)
    return builder.build()


def flashlight(rng: np.random.Generator) -> ObjectShape:
    """A flashlight lying along +x, its lamp at the far end."""
    colour_name, colour = pick(rng, ("black", "red", "blue", "yellow", "gray", "green"))
    radius, length = rng.uniform(0.0135, 0.0165), rng.uniform(0.09, 0.11)
    bell = radius + rng.uniform(0.006, 0.009)
    builder = ShapeBuilder("flashlight", colour_name, rng.uniform(0.10, 0.18))
    cap = rounded_profile(0, 0.016, radius, 0.002)
    tube = [[radius, 0.016], [radius, length], [0, length]]
    flare = [[radius, length - 0.002], [bell, length + 0.020], [bell, length + 0.036]]
    bezel = [
        [bell + 0.0008, length + 0.034],
        [bell + 0.0008, length + 0.044],
        [bell - 0.003, length + 0.044],
    ]
    lens = [[bell - 0.003, length + 0.043], [0, length + 0.043]]
    for part, profile, rgb in (
        ("body", cap, DARK),
        ("body", tube, colour),
        ("head", flare, colour),
        ("head", bezel, METAL),
        ("head", lens, (0.98, 0.97, 0.80)),
    ):
        builder.see(part, lathe(profile).turned_along_x(bell), rgb, 0.7)
    for x in np.linspace(0.035, length - 0.02, 5):
        band = lathe(rounded_profile(x, x + 0.005, 1.04 * radius, 0.0008)).turned_along_x(bell)
        builder.see(
            "body", band, shaded(colour, 0.6) if colour_name != "black" else (0.2, 0.2, 0.21)
        )
    builder.see(
        "body",
        rounded_bar(
            [length - 0.016, 0, bell + radius],
            [length - 0.004, 0, bell + radius],
            0.004,
            0.003,
            0.002,
            3,
        ),
        PALETTE["gray"],
    )
    # A flat under the tail keeps the axis level, as the ring of many a real one does.
    builder.bar("body", [0, 0], [0.03, 0], 0.97 * radius, (0.0, bell + 0.97 * radius))
    builder.bar(
        "body", [0.03, 0], [length, 0], 0.97 * radius, (bell - radius, bell + 0.97 * radius)
    )
    builder.bar(
        "head", [length, 0], [length + 0.018, 0], 0.5 * (bell + radius), (0.1 * bell, 1.9 * bell)
    )
    builder.bar("head", [length + 0.018, 0], [length + 0.044, 0], 0.98 * bell, (0.0, 1.97 * bell))
    builder.grasp("body", [0.56 * length, 0, bell + radius], 2 * radius)
    builder.grasp("head", [length + 0.031, 0, 2 * bell], 2 * bell)
    return builder.build()
