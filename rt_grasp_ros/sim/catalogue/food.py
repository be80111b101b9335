"""Fruit and vegetables."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..mesh import lathe, sweep
from ..palette import PALETTE, jittered, pick, shaded
from ..shape import ObjectShape, ShapeBuilder


def banana(rng: np.random.Generator) -> ObjectShape:
    """A banana lying on its side: an arc that tapers into a dark stem."""
    colour = jittered(rng, (0.95, 0.80, 0.15))
    girth = rng.uniform(0.0165, 0.0195)
    bend_radius = rng.uniform(0.095, 0.125)
    span = rng.uniform(0.175, 0.20) / bend_radius
    builder = ShapeBuilder("banana", "yellow", rng.uniform(0.10, 0.15))

    def arc(share: ArrayLike) -> NDArray[np.float64]:
        angle = (np.asarray(share) - 0.5) * span
        flat = np.stack([np.sin(angle), np.cos(angle) - 1], -1) * bend_radius
        return np.concatenate([flat, np.full((*flat.shape[:-1], 1), girth)], -1)

    def radius(share: ArrayLike) -> NDArray[np.float64]:
        nodes = [0.0, 0.03, 0.12, 0.25, 0.5, 0.75, 0.86, 0.90, 1.0]
        thickness = [0.2, 0.42, 0.78, 0.95, 1, 0.93, 0.6, 0.36, 0.28]
        return girth * np.asarray(np.interp(np.asarray(share), nodes, thickness))

    for part, first, last, rgb in (
        ("end", 0.0, 0.035, (0.16, 0.11, 0.06)),
        ("end", 0.035, 0.25, colour),
        ("middle", 0.25, 0.72, colour),
        ("end", 0.72, 0.92, shaded(colour, 0.93)),
        ("end", 0.92, 1.0, (0.35, 0.28, 0.10)),
    ):
        share = np.linspace(first, last, 10)
        size = radius(share)
        builder.see(part, sweep(arc(share), size, size, exponent=2.3, sides=16), rgb, 0.2)
    for first, last, part in (
        (0.02, 0.25, "end"),
        (0.25, 0.42, "middle"),
        (0.42, 0.58, "middle"),
        (0.58, 0.72, "middle"),
        (0.72, 0.84, "end"),
        (0.84, 0.99, "end"),
    ):
        half = float(radius((first + last) / 2))
        builder.bar(part, arc(first), arc(last), 0.97 * half, (0.0, girth + 0.95 * half))
    builder.grasp("middle", [0.0, 0.0, 2 * girth], 2 * girth)
    near_tip = 0.80
    tip, half = arc(near_tip), float(radius(near_tip))
    builder.grasp(
        "end", [tip[0], tip[1], girth + half], 2 * half, np.pi / 2 - (near_tip - 0.5) * span
    )
    return builder.build()


def apple(rng: np.random.Generator) -> ObjectShape:
    """A red or green apple with its stem."""
    colour_name, colour = pick(rng, ("red", "green"))
    if colour_name == "green":
        colour = jittered(rng, (0.50, 0.70, 0.16))
    radius = rng.uniform(0.0285, 0.0315)
    builder = ShapeBuilder("apple", colour_name, rng.uniform(0.12, 0.18), symmetric=True)
    angle = np.linspace(0.0, np.pi, 22)
    # A cardioid-like dimple at both poles.
    radial = radius * np.sin(angle) * (1 + 0.06 * np.cos(angle) ** 2)
    height = radius * 0.92 * (1 - np.cos(angle))
    dimple = 0.35 * radius * np.exp(-((np.pi - angle) ** 2) / 0.09)
    dent = 0.12 * radius * np.exp(-(angle**2) / 0.06)
    profile = np.stack([radial, height - dimple + dent], 1)
    builder.see("body", lathe(profile), colour, 0.6)
    top = float(profile[:, 1].max())
    bent = np.array([[0, 0, top - 0.3 * radius], [0.001, 0, top], [0.004, 0, top + 0.010]])
    builder.see("body", sweep(bent, 0.0017, 0.0017, normal=(0, 1, 0), sides=8), (0.28, 0.18, 0.08))
    builder.disc("body", 0.70 * radius, (0.0, 0.35 * radius))
    builder.disc("body", 0.99 * radius, (0.35 * radius, 1.45 * radius))
    builder.disc("body", 0.72 * radius, (1.45 * radius, top))
    builder.grasp("body", [0.0, 0.0, top], 2 * radius)
    return builder.build()


def lemon(rng: np.random.Generator) -> ObjectShape:
    """A lemon on its side, with a nipple at each end."""
    colour = jittered(rng, (0.97, 0.86, 0.12))
    radius, half = rng.uniform(0.023, 0.026), rng.uniform(0.034, 0.039)
    builder = ShapeBuilder("lemon", "yellow", rng.uniform(0.07, 0.11))
    along = half * np.sin(np.linspace(-np.pi / 2, np.pi / 2, 26))
    body = radius * np.sqrt(np.clip(1 - (along / (0.93 * half)) ** 2, 0.0, 1.0))
    nipple = 0.22 * radius * np.sqrt(np.clip(1 - (along / half) ** 6, 0.0, 1.0))
    mesh = lathe(np.stack([np.maximum(body, nipple), along], 1)).turned_along_x(radius)
    builder.see("body", mesh, colour, 0.35)
    builder.bar("body", [-0.8 * half, 0], [0.8 * half, 0], 0.62 * radius, (0.0, 1.55 * radius))
    builder.bar(
        "body", [-0.5 * half, 0], [0.5 * half, 0], 0.96 * radius, (0.45 * radius, 1.55 * radius)
    )
    builder.bar("body", [-0.4 * half, 0], [0.4 * half, 0], 0.6 * radius, (0.0, 1.95 * radius))
    builder.grasp("body", [0.0, 0.0, 2 * radius], 2 * radius)
    return builder.build()


def carrot(rng: np.random.Generator) -> ObjectShape:
    """A carrot with a tuft of green leaves."""
    colour = jittered(rng, PALETTE["orange"])
    green = jittered(rng, PALETTE["green"])
    radius, length = rng.uniform(0.014, 0.017), rng.uniform(0.13, 0.16)
    builder = ShapeBuilder("carrot", "orange", rng.uniform(0.06, 0.11))
    share = np.linspace(0.0, 1.0, 18)
    taper = np.interp(share, [0, 0.03, 0.1, 0.85, 0.97, 1], [0.1, 0.75, 1.0, 0.5, 0.25, 0.02])
    for part, keep in (("middle", share <= 0.66), ("tip", share >= 0.62)):
        profile = np.stack([radius * taper, length * share], 1)[keep]
        builder.see(part, lathe(profile).turned_along_x(radius), colour, 0.2)
    for turn in (-0.5, -0.25, 0.0, 0.25, 0.5):
        reach = 0.035 * np.array([-np.cos(turn), np.sin(turn), 0.0])
        path = np.array([0.0, 0.0, radius]) + np.linspace(0.0, 1.0, 5)[:, None] * reach
        size = np.array([0.002, 0.003, 0.0045, 0.005, 0.002])
        builder.see("middle", sweep(path, size, 0.6 * size, sides=8), shaded(green, 1 + turn / 2))
    builder.bar("middle", [-0.033, 0], [0, 0], 0.010, (radius - 0.003, radius + 0.003), 0.2)
    for first, last in ((0.0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1.0)):
        half = radius * float(np.interp((first + last) / 2, share, taper))
        part = "middle" if last <= 0.5 else "tip"
        builder.bar(
            part, [first * length, 0], [last * length, 0], 0.97 * half, (0.0, radius + 0.95 * half)
        )
    builder.grasp("middle", [0.34 * length, 0, 1.86 * radius], 1.75 * radius)
    builder.grasp("tip", [0.76 * length, 0, 1.56 * radius], 1.2 * radius)
    return builder.build()
