"""Copy-paste augmentation: a close view of a thing in a whole frame, in place of another thing."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..grasp.rectangle import GraspRectangle
from .similarity import Similarity

_FEATHER = 0.25
"""Of the disc's radius: how broad its seam is."""


def copy_paste(
    frame_rgb: NDArray[np.uint8],
    frame_labels: Sequence[GraspRectangle],
    crop_rgb: NDArray[np.uint8],
    crop_labels: Sequence[GraspRectangle],
    zoom: float,
    rng: np.random.Generator,
) -> tuple[NDArray[np.uint8], tuple[GraspRectangle, ...]] | None:
    """Cover the frame's thing with a disc out of the crop, turned by chance, in the frame's light.

    Both must show things on the same kind of table, or the disc is seen.

    Args:
        frame_rgb: shape (H, W, 3), uint8.
        frame_labels: grasps of the thing that is covered.
        crop_rgb: shape (h, w, 3), uint8.
        crop_labels: grasps of the thing that is laid there.
        zoom: the frame's pixels for one of the crop's.
        rng: chance.

    Returns:
        The frame with the crop's thing and its labels; None where a label of either would be cut.
    """
    height_px, width_px = frame_rgb.shape[:2]
    from_px = (crop_rgb.shape[1], crop_rgb.shape[0])
    place_px = np.mean([label.centre for label in frame_labels], axis=0)
    shift_px = place_px - np.array([width_px, height_px]) / 2
    view = Similarity(
        from_px=from_px,
        to_px=(width_px, height_px),
        turn_rad=float(rng.uniform(-math.pi, math.pi)),
        zoom=zoom,
        shift_px=(float(shift_px[0]), float(shift_px[1])),
        mirrored=bool(rng.random() < 0.5),
    )
    radius_px = min(from_px) / 2 * zoom
    labels = view.to_rectangles(crop_labels)
    if any(_reach_px(label, place_px) > radius_px for label in (*frame_labels, *labels)):
        return None
    crop = view.to_picture(crop_rgb).astype(np.float32)
    y_px, x_px = np.mgrid[:height_px, :width_px] + 0.5
    distance = np.hypot(x_px - place_px[0], y_px - place_px[1]) / radius_px
    seam = (distance < 1.0) & (distance > 1.0 - _FEATHER)
    gain = np.median(frame_rgb[seam], axis=0) / np.maximum(np.median(crop[seam], axis=0), 1.0)
    opacity = np.clip((1.0 - distance) / _FEATHER, 0.0, 1.0)[..., None]
    image = crop * gain * opacity + frame_rgb * (1 - opacity)
    return np.clip(np.rint(image), 0, 255).astype(np.uint8), labels


def _reach_px(label: GraspRectangle, place_px: NDArray[np.float64]) -> float:
    away_px = math.hypot(label.x_px - place_px[0], label.y_px - place_px[1])
    return away_px + label.opening_px / 2
