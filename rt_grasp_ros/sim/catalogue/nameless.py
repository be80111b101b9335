"""Things that have no name: random shapes, so that a model learns to see that it does not know one.

None is modelled on an object of the catalogue. What tells the six kinds apart is how a person would
describe them; sizes, proportions, outline and colours are drawn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..mesh import lathe, rounded_bar, sweep
from ..palette import METAL, PALETTE, RGB, jittered, pick, shaded
from ..shape import ObjectShape, ShapeBuilder

PART = "body"

_COLOURS = tuple(PALETTE)


def stick(rng: np.random.Generator) -> ObjectShape:
    """A long turned body lying on its side."""
    length, thickest = rng.uniform(0.09, 0.19), rng.uniform(0.007, 0.019)
    return _lying(rng, "stick", length, thickest, rng.uniform(0.3, 1.0, 5))


def lump(rng: np.random.Generator) -> ObjectShape:
    """A short round body: lying, or standing like a knob."""
    thickest = rng.uniform(0.015, 0.032)
    if rng.random() < 0.6:
        length = thickest * rng.uniform(1.9, 3.2)
        return _lying(rng, "lump", length, thickest, rng.uniform(0.75, 1.0, 3))
    colour_name, colour = pick(rng, _COLOURS)
    height = thickest * rng.uniform(0.8, 2.0)
    builder = ShapeBuilder("lump", colour_name, rng.uniform(0.05, 0.2), symmetric=True)
    radius, along = _outline(thickest, height, rng.uniform(0.55, 1.0, 4), rng.uniform(0.04, 0.25))
    for profile, rgb in _banded(rng, colour, radius, along):
        builder.see(PART, lathe(profile), rgb, rng.uniform(0.1, 0.8))
    builder.disc(PART, 0.97 * thickest, (0.0, height))
    builder.grasp(PART, [0.0, 0.0, height], 2 * thickest)
    return builder.build()


def pot(rng: np.random.Generator) -> ObjectShape:
    """A hollow standing body with a wall of any outline."""
    colour_name, colour = pick(rng, _COLOURS)
    top, height = rng.uniform(0.022, 0.046), rng.uniform(0.02, 0.085)
    wall = rng.uniform(0.002, 0.006)
    builder = ShapeBuilder("pot", colour_name, rng.uniform(0.05, 0.2), symmetric=True)
    share = np.linspace(0.0, 1.0, 14)
    nodes = [*rng.uniform(0.55, 1.15, 3), 1.0]
    outer = top * np.interp(share, np.linspace(0, 1, 4), nodes)
    floor = min(0.006, 0.4 * height)
    outside = np.stack([np.concatenate([[0.0], outer]), np.concatenate([[0.0], share * height])], 1)
    above = share * height >= floor
    inner = np.stack([outer - wall, share * height], 1)[above][::-1]
    builder.see(PART, lathe(outside), colour, rng.uniform(0.1, 0.8))
    inside = shaded(colour, 0.8) if rng.random() < 0.7 else jittered(rng, PALETTE["white"])
    lip = np.array([[outer[-1], height]])
    builder.see(PART, lathe(np.concatenate([lip, inner, [[0.0, floor]]])), inside, 0.2)
    for first, last in ((0.0, 0.35), (0.35, 0.7), (0.7, 1.0)):
        radius = float(np.interp((first + last) / 2, share, outer))
        builder.ring(PART, radius - wall / 2, wall, (first * height, last * height))
    builder.grasp(PART, [outer[-1] - wall / 2, 0, height], wall + 0.003, 0.0)
    return builder.build()


def slab(rng: np.random.Generator) -> ObjectShape:
    """A flat body with straight or rounded edges, sometimes with a stripe."""
    colour_name, colour = pick(rng, _COLOURS)
    half_y = rng.uniform(0.010, 0.031)
    half_x = half_y * rng.uniform(1.25, 2.6)
    height = rng.uniform(0.006, 0.022)
    builder = ShapeBuilder("slab", colour_name, rng.uniform(0.04, 0.15))
    level = height / 2
    exponent = float(rng.choice([2.5, 4.0, 8.0, 24.0]))
    bevel = rng.uniform(0.05, 0.9) * half_y
    body = sweep(
        *_stadium(half_x, half_y, level, bevel), half_normal_m=level, exponent=exponent, sides=20
    )
    builder.see(PART, body, colour, rng.uniform(0.1, 0.6))
    if rng.random() < 0.6:
        _, stripe = pick(rng, _COLOURS)
        x = rng.uniform(-0.5, 0.5) * half_x
        across = rounded_bar(
            [x, -0.7 * half_y, height], [x, 0.7 * half_y, height], 0.2 * half_y, 0.0006, 0.0001
        )
        builder.see(PART, across, stripe, 0.2)
    builder.box(PART, [0, 0, level], [half_x, half_y, level])
    builder.grasp(PART, [0, 0, height], 2 * half_y)
    return builder.build()


def fork(rng: np.random.Generator) -> ObjectShape:
    """A long flat thing: a bar with two legs, sometimes with a joint between them."""
    colour_name, colour = pick(rng, _COLOURS)
    stem, thick = rng.uniform(0.05, 0.12), rng.uniform(0.004, 0.010)
    half = rng.uniform(0.004, 0.013)
    other: RGB = METAL if rng.random() < 0.5 else pick(rng, _COLOURS)[1]
    builder = ShapeBuilder("fork", colour_name, rng.uniform(0.06, 0.2))

    def add(start: tuple[float, float], end: tuple[float, float], across: float, rgb: RGB) -> None:
        lying = rounded_bar([*start, thick], [*end, thick], across, thick, 0.002, rng.uniform(2, 6))
        builder.see(PART, lying, rgb, rng.uniform(0.2, 0.8))
        builder.bar(PART, start, end, across, (0.0, 2 * thick))

    add((0.0, 0.0), (stem, 0.0), half, colour)
    legs = rng.uniform(0.02, 0.09)
    spread = rng.uniform(0.006, 0.028)
    inwards, foot = rng.uniform(0.1, 1.0), rng.uniform(0.003, 0.007)
    rgb = colour if rng.random() < 0.5 else other
    for side in (-1.0, 1.0):
        add((stem, side * 0.5 * half), (stem + legs, side * spread * inwards), foot, rgb)
    if rng.random() < 0.5:
        radius = rng.uniform(0.9, 1.5) * half
        joint = lathe([[0.0, 0.0], [radius, 0.0], [radius, 2.1 * thick], [0.0, 2.1 * thick]])
        builder.see(PART, joint.moved([stem, 0, 0]), other, 0.7)
    builder.grasp(PART, [0.6 * stem, 0, 2 * thick], 2 * half)
    return builder.build()


def hook(rng: np.random.Generator) -> ObjectShape:
    """A bent rod lying flat, of any colour that makes no banana of it."""
    colour_name, colour = pick(rng, tuple(name for name in _COLOURS if name != "yellow"))
    girth = rng.uniform(0.006, 0.018)
    bend_radius = rng.uniform(0.035, 0.10)
    span = min(rng.uniform(0.08, 0.19) / bend_radius, 3.6)
    builder = ShapeBuilder("hook", colour_name, rng.uniform(0.05, 0.15))
    angle = (np.linspace(0.0, 1.0, 25) - 0.5) * span
    flat = np.stack([np.sin(angle), np.cos(angle) - 1], -1) * bend_radius
    path = np.concatenate([flat, np.full((25, 1), girth)], 1)
    ends = rng.uniform(0.25, 1.0, 2)
    size = girth * np.interp(np.linspace(0, 1, 25), [0, 0.3, 0.7, 1], [ends[0], 1, 1, ends[1]])
    for first, last, rgb in _bands(rng, colour):
        own = slice(round(first * 24), round(last * 24) + 1)
        builder.see(PART, sweep(path[own], size[own], size[own]), rgb, rng.uniform(0.1, 0.7))
    for index in range(0, 24, 4):
        builder.bar(PART, path[index], path[index + 4], 0.9 * girth, (0.0, 1.9 * girth))
    builder.grasp(PART, [0.0, 0.0, 2 * girth], 2 * girth)
    return builder.build()


def _lying(
    rng: np.random.Generator,
    name: str,
    length_m: float,
    thickest_m: float,
    nodes: NDArray[np.float64],
) -> ObjectShape:
    """A turned body on its side, gripped where half of it lies on either side."""
    colour_name, colour = pick(rng, _COLOURS)
    builder = ShapeBuilder(name, colour_name, rng.uniform(0.04, 0.15))
    radius, along = _outline(thickest_m, length_m, nodes, rng.uniform(0.02, 0.3))
    top = float(radius.max())
    for profile, rgb in _banded(rng, colour, radius, along):
        builder.see(PART, lathe(profile).turned_along_x(top), rgb, rng.uniform(0.1, 0.7))
    for first, last in ((0.02, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 0.98)):
        half = float(np.interp((first + last) / 2 * length_m, along, radius))
        ends = [first * length_m, 0.0], [last * length_m, 0.0]
        builder.bar(PART, *ends, 0.97 * half, (0.0, top + 0.95 * half))
    volume = np.cumsum(radius**2 * np.gradient(along))
    x = float(np.interp(0.5 * volume[-1], volume, along))
    half = float(np.interp(x, along, radius))
    builder.grasp(PART, [x, 0.0, top + half], 2 * half)
    return builder.build()


def _outline(
    thickest_m: float, length_m: float, nodes: NDArray[np.float64], rounding: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return radius and place along the axis of a smooth body with rounded ends, (N,) each."""
    share = np.concatenate(
        [np.linspace(0, rounding, 8), np.linspace(rounding, 1 - rounding, 14)[1:-1],
         np.linspace(1 - rounding, 1, 8)]
    )  # fmt: skip
    at = np.linspace(0.0, 1.0, len(nodes))
    smooth = np.interp(share, at, nodes / nodes.max())
    edge = np.clip(np.minimum(share, 1 - share) / rounding, 0.0, 1.0)
    return thickest_m * smooth * np.sqrt(1 - (1 - edge) ** 2), share * length_m


def _bands(rng: np.random.Generator, colour: RGB) -> list[tuple[float, float, RGB]]:
    """Return where one colour begins and ends: mostly the main one alone, else a tip or a belt."""
    drawn = rng.random()
    if drawn < 0.5:
        return [(0.0, 1.0, colour)]
    other = shaded(colour, rng.uniform(0.5, 0.8)) if drawn < 0.65 else pick(rng, _COLOURS)[1]
    if drawn < 0.85:
        end = rng.uniform(0.68, 0.9)
        return [(0.0, end, colour), (end, 1.0, other)]
    start = rng.uniform(0.2, 0.6)
    end = start + 0.15
    return [(0.0, start, colour), (start, end, other), (end, 1.0, colour)]


def _banded(
    rng: np.random.Generator,
    colour: RGB,
    radius: NDArray[np.float64],
    along: NDArray[np.float64],
) -> list[tuple[NDArray[np.float64], RGB]]:
    """Return a turned body's outline in pieces of one colour: `[radius, z]`, shape (N, 2) each."""
    outline, length_m = np.stack([radius, along], 1), float(along[-1])
    return [
        (outline[(along >= first * length_m - 1e-9) & (along <= last * length_m + 1e-9)], rgb)
        for first, last, rgb in _bands(rng, colour)
    ]


def _stadium(
    half_x: float, half_y: float, level_m: float, bevel_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return path (N, 3) and half width (N,) of a flat body whose corners are rounded."""
    turn = np.linspace(0.0, np.pi / 2, 6)
    inset_x, inset_y = bevel_m * (1 - np.cos(turn)), bevel_m * (1 - np.sin(turn))
    x = np.concatenate([inset_x - half_x, half_x - inset_x[::-1]])
    y = half_y - np.concatenate([inset_y, inset_y[::-1]])
    return np.stack([x, np.zeros(12), np.full(12, level_m)], 1), y
