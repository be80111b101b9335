"""Colours that have a name."""

from __future__ import annotations

import numpy as np

RGB = tuple[float, float, float]

PALETTE: dict[str, RGB] = {
    "red": (0.78, 0.09, 0.08),
    "orange": (0.93, 0.45, 0.06),
    "yellow": (0.94, 0.80, 0.12),
    "green": (0.13, 0.55, 0.20),
    "blue": (0.10, 0.28, 0.75),
    "purple": (0.45, 0.16, 0.60),
    "pink": (0.93, 0.45, 0.62),
    "brown": (0.45, 0.27, 0.13),
    "black": (0.07, 0.07, 0.08),
    "gray": (0.50, 0.51, 0.53),
    "white": (0.92, 0.92, 0.90),
}

METAL: RGB = (0.66, 0.67, 0.70)
WOOD: RGB = (0.72, 0.52, 0.31)
DARK: RGB = (0.10, 0.10, 0.11)

VIVID = ("red", "orange", "yellow", "green", "blue", "purple", "pink")


def jittered(rng: np.random.Generator, rgb: RGB, spread: float = 0.05) -> RGB:
    """Return a colour a little lighter or darker and a little off in hue, in 0..1."""
    shade = rng.uniform(1 - 2 * spread, 1 + 2 * spread)
    offset = rng.uniform(-spread, spread, size=3) / 2
    red, green, blue = np.clip(np.asarray(rgb) * shade + offset, 0.02, 1.0)
    return (float(red), float(green), float(blue))


def pick(rng: np.random.Generator, names: tuple[str, ...]) -> tuple[str, RGB]:
    """Draw one of the named colours and jitter it."""
    name = names[int(rng.integers(len(names)))]
    return name, jittered(rng, PALETTE[name])


def shaded(rgb: RGB, factor: float) -> RGB:
    """Return a lighter (factor > 1) or darker colour."""
    red, green, blue = (min(1.0, channel * factor) for channel in rgb)
    return (red, green, blue)
