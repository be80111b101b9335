"""Several labelled pictures of one thing each, put together into one picture of several things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.rectangle import GraspRectangle
from .augment import AugmentRange, draw_view, relight
from .similarity import Similarity
from .thing import LabelledScene, Thing

TILE_RANGE = AugmentRange(zoom=(0.85, 1.15), shift=0.08, brightness=0.03, contrast=0.1, colour=0.02)
"""Tiles keep what is in the middle of their pictures, and nearly their light."""

_FEATHER_PX = 16
_LAYOUTS = {2: ((2, 1), (1, 2)), 3: ((2, 2),), 4: ((2, 2),)}


def compose(
    images_rgb: Sequence[NDArray[np.uint8]],
    things: Sequence[Thing],
    tile_px: tuple[int, int],
    rng: np.random.Generator,
) -> LabelledScene | None:
    """Put views of two to four pictures side by side; backgrounds are brought to one brightness.

    Args:
        images_rgb: of one thing each, shape (H, W, 3), uint8.
        things: what they show.
        tile_px: (width, height) of a tile; pixels keep about their size.
        rng: chance.

    Returns:
        The picture and its things; None where a label would lie outside its tile.
    """
    columns, rows = _LAYOUTS[len(things)][rng.integers(len(_LAYOUTS[len(things)]))]
    width_px, height_px = tile_px
    size_px = (columns * width_px, rows * height_px)
    cells = rng.permutation(columns * rows)[: len(things)]
    tiles, moved = [], []
    for image_rgb, thing, cell in zip(images_rgb, things, cells.tolist(), strict=True):
        near = _cut_about(thing, (image_rgb.shape[1], image_rgb.shape[0]), tile_px)
        labels = near.to_rectangles(thing.labels)
        view = draw_view(tile_px, tile_px, labels, rng, TILE_RANGE)
        labels = view.to_rectangles(labels)
        if not all(label.is_inside_image for label in labels):
            return None
        tiles.append(relight(view.to_picture(near.to_picture(image_rgb)), rng, TILE_RANGE))
        corner_px = (cell % columns * width_px, cell // columns * height_px)
        placed = [_placed(label, corner_px, size_px) for label in labels]
        moved.append(thing.moved(placed, [True] * len(placed)))
    background = np.median([_background(tile) for tile in tiles], axis=0)
    canvas = np.full((size_px[1], size_px[0], 3), background, np.float32)
    for tile, cell in zip(tiles, cells.tolist(), strict=True):
        left, upper = cell % columns * width_px, cell // columns * height_px
        part = canvas[upper : upper + height_px, left : left + width_px]
        even = tile * (background / np.maximum(_background(tile), 1))
        part += _feather(tile_px)[..., None] * (even - part)
    image = np.clip(np.rint(canvas), 0, 255).astype(np.uint8)
    return LabelledScene(image, tuple(thing for thing in moved if thing is not None))


def _cut_about(thing: Thing, from_px: tuple[int, int], tile_px: tuple[int, int]) -> Similarity:
    """Move the thing to a tile's middle, or as near as the picture reaches."""
    middle_px = np.mean([label.centre for label in thing.labels], axis=0)
    room_px = np.maximum((np.array(from_px) - tile_px) / 2, 0)
    shift_px = np.clip(np.array(from_px) / 2 - middle_px, -room_px, room_px)
    return Similarity(from_px, tile_px, shift_px=(float(shift_px[0]), float(shift_px[1])))


def _placed(
    label: GraspRectangle, corner_px: tuple[int, int], size_px: tuple[int, int]
) -> GraspRectangle:
    return replace(
        label,
        x_px=label.x_px + corner_px[0],
        y_px=label.y_px + corner_px[1],
        image_width_px=size_px[0],
        image_height_px=size_px[1],
    )


def _background(tile: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Colour of most of a tile's edge, RGB."""
    edge = np.concatenate([tile[0], tile[-1], tile[:, 0], tile[:, -1]])
    return np.asarray(np.median(edge, axis=0), dtype=np.float64)


def _feather(tile_px: tuple[int, int]) -> NDArray[np.float32]:
    """Weights of a tile's pixels, falling to 0 at its edge; shape (H, W)."""
    mask = np.zeros((tile_px[1], tile_px[0]), np.uint8)
    mask[1:-1, 1:-1] = 1
    distance_px = cv2.distanceTransform(mask, cv2.DIST_C, 3)
    return np.asarray(np.minimum(distance_px / _FEATHER_PX, 1.0), dtype=np.float32)
