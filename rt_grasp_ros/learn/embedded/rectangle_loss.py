"""What recorded grasp rectangles teach the tower: a picture without part labels.

A picture shows one thing and many right grasps. Each cell is judged by the one that its own
prediction fits best, so that right answers are not averaged into a wrong one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ...grasp.rectangle import GraspRectangle
from ...model.torch_backend.vision_tower import CELL_PX, OFFSET_UNIT_PX, OPENING_UNIT, GraspMaps

QUALITY_SIGMA_PX = 8.0
LOSS_WEIGHTS = {
    "part": 2.0,
    "colour": 0.3,
    "quality": 2.0,
    "offset": 3.0,
    "direction": 1.5,
    "opening": 1.0,
}

BROADEST_JAW = 0.8
"""Jaws over opening: up to here the opening, which is all that an answer says, tells the size."""

_IGNORED = -100
_SHOWN_SHARE = 0.35  # of the opening to either side of the centre: what stands between the jaws
_MARGIN_SHARE = 0.9  # further out nothing is known, up to here
_NEAR_PX = 12.0
_FAR = 1e4


@dataclass(frozen=True)
class RectangleTargets:
    """What the maps should say; cells of 8 pixels, P rectangles a picture (unused ones masked).

    Attributes:
        part: (B, h, w) int64: the thing's class where it is seen, 0 elsewhere, -100 unknown.
        colour: (B, h, w) int64, -100 unknown.
        quality: (B, h, w): Gaussians at the centres of the rectangles to answer with.
        fits: (B, P, h, w) bool: which of those a cell may answer for.
        offset: (B, P, 2, h, w) in units of 32 pixels.
        direction: (B, P, 2): cos and sin of twice the closing angle.
        opening: (B, P): in tenths of the picture's longer side.
    """

    part: Tensor
    colour: Tensor
    quality: Tensor
    fits: Tensor
    offset: Tensor
    direction: Tensor
    opening: Tensor


def told_by_opening(rectangles: Sequence[GraspRectangle]) -> list[GraspRectangle]:
    """Return the grasps to answer with: all but those of broad jaws, where there are others."""
    told = [r for r in rectangles if r.jaw_px <= BROADEST_JAW * r.opening_px]
    return told or list(rectangles)


def rectangle_targets(
    rectangles: Sequence[Sequence[GraspRectangle]],
    colours: Sequence[int | None],
    thing_type: int,
    size_px: tuple[int, int],
) -> RectangleTargets:
    """Spread rectangles over the cells.

    Args:
        rectangles: right grasps of each picture, in pixels of the tower's input.
        colours: index of the thing's colour, or None.
        thing_type: the class of things without part labels.
        size_px: width and height of the tower's input.
    """
    width_px, height_px = size_px
    count = max(1, *(len(own) for own in rectangles))
    table = np.zeros((len(rectangles), count, 5), np.float32)
    table[..., 0] = table[..., 1] = -_FAR
    table[..., 3:] = 1.0
    is_told = torch.zeros(len(rectangles), count, 1, 1, dtype=torch.bool)
    for row, own in enumerate(rectangles):
        told = told_by_opening(own)
        for column, r in enumerate(own):
            table[row, column] = (r.x_px, r.y_px, r.theta_rad, r.opening_px, r.jaw_px)
            is_told[row, column] = r in told
    x, y, theta, opening, jaw = torch.from_numpy(table)[..., None, None].unbind(2)
    y_cell, x_cell = torch.meshgrid(
        (torch.arange(height_px // CELL_PX) + 0.5) * CELL_PX,
        (torch.arange(width_px // CELL_PX) + 0.5) * CELL_PX,
        indexing="ij",
    )
    dx, dy = x - x_cell, y - y_cell  # (B, P, h, w)
    along = (dx * theta.cos() - dy * theta.sin()).abs()
    across = (dx * theta.sin() + dy * theta.cos()).abs()
    distance = torch.hypot(dx, dy)
    shown = (along <= _SHOWN_SHARE * opening) & (across <= (jaw / 2).clamp_min(CELL_PX / 2))
    margin = (along <= _MARGIN_SHARE * opening) & (across <= jaw / 2 + opening)
    is_shown = shown.any(1)
    part = torch.where(is_shown, thing_type, torch.where(margin.any(1), _IGNORED, 0))
    colour = torch.tensor([_IGNORED if c is None else c for c in colours])[:, None, None]
    twice = 2 * torch.from_numpy(table[..., 2])
    return RectangleTargets(
        part=part,
        colour=torch.where(is_shown, colour, _IGNORED),
        quality=(torch.exp(-0.5 * (distance / QUALITY_SIGMA_PX) ** 2) * is_told).amax(1),
        fits=(shown | (distance <= _NEAR_PX)) & is_told,
        offset=torch.stack([dx, dy], dim=2) / OFFSET_UNIT_PX,
        direction=torch.stack([twice.cos(), twice.sin()], dim=-1),
        opening=torch.from_numpy(table[..., 3]) / max(size_px) / OPENING_UNIT,
    )


def rectangle_loss(maps: GraspMaps, targets: RectangleTargets) -> dict[str, Tensor]:
    """Return the loss of each map and their weighted sum `total`."""
    offset = (maps.offset[:, None] - targets.offset).abs().sum(2)
    direction = (maps.direction[:, None] - targets.direction[..., None, None]).abs().sum(2)
    opening = (maps.opening[:, None] - targets.opening[..., None, None]).abs()
    error = (
        LOSS_WEIGHTS["offset"] * offset
        + LOSS_WEIGHTS["direction"] * direction
        + LOSS_WEIGHTS["opening"] * opening
    )
    best = error.detach().masked_fill(~targets.fits, _FAR).argmin(1, keepdim=True)
    judged = targets.fits.any(1)
    near = (0.3 + targets.quality) * judged

    def of_best(values: Tensor) -> Tensor:
        return (values.gather(1, best)[:, 0] * near).sum() / near.sum().clamp_min(1.0)

    weight = torch.where(targets.part > 0, 1.0, 0.25) * (targets.part >= 0)
    part = F.cross_entropy(maps.part_logits, targets.part, ignore_index=_IGNORED, reduction="none")
    is_known = targets.colour >= 0
    colour = F.cross_entropy(
        maps.colour_logits, targets.colour, ignore_index=_IGNORED, reduction="sum"
    )
    losses = {
        "part": (part * weight).sum() / weight.sum().clamp_min(1.0),
        "colour": colour / is_known.sum().clamp_min(1),
        "quality": F.binary_cross_entropy_with_logits(maps.quality_logit, targets.quality),
        "offset": of_best(offset),
        "direction": of_best(direction),
        "opening": of_best(opening),
    }
    total = sum(LOSS_WEIGHTS[name] * loss for name, loss in losses.items())
    return losses | {"total": torch.as_tensor(total)}
