"""Mugs, bowls, cans and bottles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..mesh import lathe, rounded_profile, sweep
from ..palette import METAL, PALETTE, VIVID, jittered, pick, shaded
from ..shape import ObjectShape, ShapeBuilder


def mug(rng: np.random.Generator) -> ObjectShape:
    """A standing mug; its handle points along +x."""
    colour_name, colour = pick(rng, (*VIVID, "white", "black", "brown"))
    radius, height = rng.uniform(0.034, 0.040), rng.uniform(0.074, 0.088)
    wall, reach = 0.004, rng.uniform(0.036, 0.042)
    builder = ShapeBuilder("mug", colour_name, rng.uniform(0.18, 0.28))
    inner = radius - wall
    outside = [
        [0.0, 0.0],
        [radius - 0.006, 0],
        [radius - 0.001, 0.004],
        [radius, 0.01],
        [radius, height - 0.002],
        [radius - wall / 2, height],
    ]
    inside = [
        [radius - wall / 2, height],
        [inner, height - 0.002],
        [inner, 0.010],
        [inner - 0.004, 0.006],
        [0, 0.006],
    ]
    builder.see("rim", lathe(outside), colour, 0.7)
    builder.see(
        "rim",
        lathe(inside),
        shaded(colour, 0.85) if colour_name != "black" else PALETTE["gray"],
        0.5,
    )
    turn = np.linspace(np.pi / 2, -np.pi / 2, 15)
    high, low = height - 0.009, height * 0.26
    bow_x = radius - 0.003 + reach * np.cos(turn) ** 0.6
    bow_z = (high + low) / 2 + (high - low) / 2 * np.sign(np.sin(turn)) * np.abs(
        np.sin(turn)
    ) ** 0.7
    path = np.stack([bow_x, np.zeros(15), bow_z], 1)
    builder.see("handle", sweep(path, 0.0055, 0.0065, normal=(0, 1, 0), exponent=2.5), colour, 0.7)
    builder.ring("rim", radius - wall / 2, wall, (0.0, height))
    builder.box("rim", [0, 0, 0.003], [0.7 * inner, 0.7 * inner, 0.003])
    builder.bar(
        "handle", [radius, 0], [radius + reach - 0.006, 0], 0.0062, (high - 0.005, high + 0.005)
    )
    builder.bar(
        "handle", [radius, 0], [radius + reach - 0.006, 0], 0.0062, (low - 0.005, low + 0.005)
    )
    builder.bar("handle", [radius + reach - 0.011, 0], [radius + reach, 0], 0.0062, (low, high))
    builder.grasp("handle", [radius + reach - 0.014, 0, high + 0.005], 0.013)
    builder.grasp("rim", [-(radius - wall / 2), 0, height], wall + 0.001, 0.0)
    return builder.build()


def cup(rng: np.random.Generator) -> ObjectShape:
    """A standing tumbler without a handle, wider at the top."""
    colour_name, colour = pick(rng, (*VIVID, "white"))
    top, bottom = rng.uniform(0.035, 0.039), rng.uniform(0.025, 0.029)
    height, wall = rng.uniform(0.075, 0.09), 0.003
    builder = ShapeBuilder("cup", colour_name, rng.uniform(0.05, 0.09), symmetric=True)
    outside = [
        [0.0, 0.0],
        [bottom - 0.002, 0],
        [bottom, 0.002],
        [top, height - 0.004],
        [top + 0.002, height - 0.002],
        [top, height],
    ]
    inside = [[top, height], [top - wall, height - 0.002], [bottom - wall, 0.005], [0, 0.005]]
    builder.see("rim", lathe(outside), colour, 0.4)
    builder.see("rim", lathe(inside), shaded(colour, 0.8), 0.2)
    for first, last in ((0.0, 0.35), (0.35, 0.7), (0.7, 1.0)):
        radius = bottom + (top - bottom) * (first + last) / 2
        builder.ring("rim", radius - wall / 2, wall, (first * height, last * height))
    builder.box("rim", [0, 0, 0.0025], [0.7 * bottom, 0.7 * bottom, 0.0025])
    builder.grasp("rim", [top - 0.0005, 0, height], wall + 0.003, 0.0)
    return builder.build()


def bowl(rng: np.random.Generator) -> ObjectShape:
    """A standing bowl."""
    colour_name, colour = pick(rng, (*VIVID, "white", "brown"))
    radius, height = rng.uniform(0.055, 0.066), rng.uniform(0.045, 0.054)
    wall, foot = 0.004, 0.62
    builder = ShapeBuilder("bowl", colour_name, rng.uniform(0.15, 0.25), symmetric=True)
    turn = np.linspace(0.0, np.pi / 2, 9)

    def curve(radius_m: float, low_m: float) -> NDArray[np.float64]:
        flat = foot * radius_m
        return np.stack(
            [
                flat + (radius_m - flat) * np.sin(turn),
                low_m + (height - low_m) * (1 - np.cos(turn)),
            ],
            1,
        )

    outside = np.concatenate([[[0, 0]], curve(radius, 0.0), [[radius - wall / 2, height + 0.001]]])
    inside = np.concatenate(
        [[[radius - wall / 2, height + 0.001]], curve(radius - wall, 0.005)[::-1], [[0, 0.005]]]
    )
    builder.see("rim", lathe(outside, 36), colour, 0.6)
    builder.see("rim", lathe(inside, 36), shaded(colour, 1.12), 0.6)
    for low, high in ((0.0, 0.25), (0.25, 0.6), (0.6, 1.0)):
        angle = np.arccos(1 - (low + high) / 2)
        middle = foot * radius + (1 - foot) * radius * np.sin(angle)
        builder.ring("rim", middle - wall / 2, wall, (low * height, high * height))
    builder.disc("rim", 0.75 * radius, (0.0, 0.004))
    builder.grasp("rim", [0.975 * radius - wall / 2, 0, height], wall + 0.004, 0.0)
    return builder.build()


def can(rng: np.random.Generator) -> ObjectShape:
    """A standing drink can with coloured bands and a tab."""
    colour_name, colour = pick(rng, (*VIVID, "white"))
    band = shaded(colour, 0.5) if colour_name == "white" else jittered(rng, PALETTE["white"])
    radius, height = rng.uniform(0.0275, 0.0315), rng.uniform(0.070, 0.085)
    builder = ShapeBuilder("can", colour_name, rng.uniform(0.10, 0.22), symmetric=True)
    neck = 0.86 * radius
    stations = [0.0, 0.05, 0.45, 0.62, 0.90]
    outline = np.array(
        [[neck, 0.0], [radius, 0.05], [radius, 0.45], [radius, 0.62], [radius, 0.90]]
    )
    for low, high, rgb in ((0, 1, METAL), (1, 2, colour), (2, 3, band), (3, 4, colour)):
        piece = outline[[low, high]] * [1, height]
        builder.see("body", lathe(piece), rgb, 0.8)
    lid = [
        [radius, stations[4] * height],
        [neck, 0.985 * height],
        [neck, height],
        [0.92 * neck, height],
        [0.92 * neck, height - 0.003],
        [0, height - 0.003],
    ]
    builder.see("body", lathe(lid), METAL, 0.9)
    tab = sweep(
        np.array([[0.0, 0, height - 0.002], [0.012, 0, height - 0.002]]), 0.005, 0.001, exponent=3
    )
    builder.see("body", tab, (0.42, 0.43, 0.45), 0.9)
    builder.disc("body", radius, (0.0, 0.92 * height))
    builder.disc("body", neck, (0.92 * height, height))
    builder.grasp("body", [0, 0, height], 2 * radius)
    return builder.build()


def bottle(rng: np.random.Generator) -> ObjectShape:
    """A bottle lying along +x, its cap at the far end."""
    colour_name, colour = pick(rng, ("green", "brown", "blue", "white", "red"))
    caps = ("red", "blue", "yellow", "white", "black")
    _, cap_colour = pick(rng, tuple(name for name in caps if name != colour_name))
    radius, length = rng.uniform(0.024, 0.029), rng.uniform(0.175, 0.20)
    neck = rng.uniform(0.010, 0.012)
    builder = ShapeBuilder("bottle", colour_name, rng.uniform(0.08, 0.20))
    shoulder, throat, stop = 0.52 * length, 0.66 * length, 0.885 * length
    blend = np.linspace(0.0, 1.0, 9)
    smooth = (1 - np.cos(np.pi * blend)) / 2
    slope = np.stack([radius + (neck - radius) * smooth, shoulder + (throat - shoulder) * blend], 1)
    hull = np.concatenate([rounded_profile(0, shoulder, radius, 0.004)[:-2], slope[:5]])
    neck_piece = np.concatenate([slope[4:], [[neck, stop]]])
    label = [[1.012 * radius, 0.15 * length], [1.012 * radius, 0.42 * length]]
    label_rgb = jittered(rng, (0.93, 0.90, 0.78))
    if colour_name == "white":
        label_rgb = jittered(rng, PALETTE["blue"])
    for part, profile, rgb in (
        ("body", hull, colour),
        ("body", label, label_rgb),
        ("neck", neck_piece, colour),
        ("cap", rounded_profile(stop, length, neck + 0.003, 0.0015), cap_colour),
    ):
        builder.see(part, lathe(profile).turned_along_x(radius), rgb, 0.8)
    builder.bar("body", [0, 0], [shoulder, 0], 0.99 * radius, (0.0, 1.98 * radius))
    middle = 0.5 * (shoulder + throat)
    builder.bar("body", [shoulder, 0], [middle, 0], 0.8 * radius, (0.2 * radius, 1.8 * radius))
    builder.bar("neck", [middle, 0], [stop, 0], neck, (radius - neck, radius + neck))
    builder.bar(
        "cap", [stop, 0], [length, 0], neck + 0.003, (radius - neck - 0.003, radius + neck + 0.003)
    )
    builder.grasp("body", [0.36 * length, 0, 2 * radius], 2 * radius)
    builder.grasp("neck", [0.5 * (throat + stop), 0, radius + neck], 2 * neck)
    builder.grasp("cap", [(stop + length) / 2, 0, radius + neck + 0.003], 2 * neck + 0.006)
    return builder.build()
