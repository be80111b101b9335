"""Random views of a labelled picture: turned, zoomed, cropped, shifted, mirrored, lit anew."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.rectangle import GraspRectangle
from .similarity import Similarity

_MAX_DRAWS = 10


@dataclass(frozen=True, slots=True)
class AugmentRange:
    """How far `augment` may go.

    Attributes:
        turn_rad: turned by up to this, either way.
        zoom: smallest and largest zoom; above 1 it crops.
        shift: moved by up to this share of the new picture's shorter side, along x and along y.
        mirror_chance: how often left and right change places, 0..1.
        brightness: brighter or darker by up to this share of the full range.
        contrast: contrast changed by up to this share.
        colour: each channel's gain changed by up to this share.
    """

    turn_rad: float = math.pi
    zoom: tuple[float, float] = (0.8, 1.3)
    shift: float = 0.1
    mirror_chance: float = 0.5
    brightness: float = 0.1
    contrast: float = 0.25
    colour: float = 0.08


DEFAULT_RANGE = AugmentRange()


def augment(
    image_rgb: NDArray[np.uint8],
    rectangles: Sequence[GraspRectangle],
    rng: np.random.Generator,
    within: AugmentRange = DEFAULT_RANGE,
    to_px: tuple[int, int] | None = None,
) -> tuple[NDArray[np.uint8], tuple[GraspRectangle, ...]]:
    """Draw one random view of a picture and its labels.

    One warp and one table look-up.

    Args:
        image_rgb: shape (H, W, 3), uint8.
        rectangles: labels in its pixels.
        rng: chance.
        within: how far to go.
        to_px: (width, height) of the view; the picture's own by default. At zoom 1 pixels keep
            their size, so a smaller view is a crop about the picture's middle.

    Returns:
        The view, and the labels in their order. Centres stay inside the view where a few draws
        allow it; otherwise ask `GraspRectangle.is_inside_image`.
    """
    from_px = (image_rgb.shape[1], image_rgb.shape[0])
    view = draw_view(from_px, to_px or from_px, rectangles, rng, within)
    return relight(view.to_picture(image_rgb), rng, within), view.to_rectangles(rectangles)


def draw_view(
    from_px: tuple[int, int],
    to_px: tuple[int, int],
    rectangles: Sequence[GraspRectangle],
    rng: np.random.Generator,
    within: AugmentRange = DEFAULT_RANGE,
) -> Similarity:
    """Draw a view, anew up to ten times while a label's centre lies outside.

    Args:
        from_px: (width, height) of the picture.
        to_px: (width, height) of the view.
        rectangles: the labels to keep in sight.
        rng: chance.
        within: how far to go.
    """
    reach_px = within.shift * min(to_px)
    low, high = np.log(within.zoom)
    for _ in range(_MAX_DRAWS):
        x_px, y_px = rng.uniform(-reach_px, reach_px, 2)
        view = Similarity(
            from_px=from_px,
            to_px=to_px,
            turn_rad=float(rng.uniform(-within.turn_rad, within.turn_rad)),
            zoom=float(np.exp(rng.uniform(low, high))),
            shift_px=(float(x_px), float(y_px)),
            mirrored=bool(rng.random() < within.mirror_chance),
        )
        if all(label.is_inside_image for label in view.to_rectangles(rectangles)):
            break
    return view


def relight(
    image_rgb: NDArray[np.uint8], rng: np.random.Generator, within: AugmentRange = DEFAULT_RANGE
) -> NDArray[np.uint8]:
    """Draw other light: brightness, contrast and the colour of the lamp.

    Args:
        image_rgb: shape (H, W, 3), uint8.
        rng: chance.
        within: how far to go.
    """
    gains = 1 + rng.uniform(-within.colour, within.colour, 3)
    contrast = 1 + rng.uniform(-within.contrast, within.contrast)
    lift = 255 * rng.uniform(-within.brightness, within.brightness)
    levels = (np.arange(256)[:, None] * gains - 127.5) * contrast + 127.5 + lift
    table = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(image_rgb, table[None]), dtype=np.uint8)
