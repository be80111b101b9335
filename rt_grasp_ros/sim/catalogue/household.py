"""Things from the kitchen drawer, the desk and the bathroom."""

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
