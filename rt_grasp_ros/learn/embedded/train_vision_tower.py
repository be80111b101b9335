"""Stage one: the vision tower learns dense grasp maps from labelled pictures.

Simulated pictures say which part every cell shows; recorded ones only where right grasps are.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ...data.recorded_views import RecordedViews
from ...data.shards import NO_COLOUR, LabelledPictures
from ...model.torch_backend.vision_tower import (
    CELL_PX,
    OFFSET_UNIT_PX,
    OPENING_UNIT,
    GraspMaps,
    GraspTower,
)
from ..progress_file import load_progress, save_progress
from ..schedule import warm_cosine
from .compute import ON_CPU, Compute
from .rectangle_loss import LOSS_WEIGHTS, QUALITY_SIGMA_PX, rectangle_loss, rectangle_targets


@dataclass(frozen=True)
class VisionTowerSettings:
    """Settings of stage one."""

    steps: int
    batch: int = 32
    recorded_share: float = 0.5
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.02
    seed: int = 0
    checkpoint_every: int = 200


@dataclass(frozen=True)
class TowerTargets:
    """What the maps should say; shapes as in `GraspMaps`, cells without a part are masked."""

    part: Tensor
    colour: Tensor
    quality: Tensor
    offset: Tensor
    direction: Tensor
    opening: Tensor

    @property
    def on_part(self) -> Tensor:
        """Mask (B, h, w) of cells that show a part."""
        return self.part > 0


def augment(
    images: np.ndarray, cells: np.ndarray, numbers: np.ndarray, rng: np.random.Generator
) -> tuple[Tensor, np.ndarray, np.ndarray]:
    """Mirror pictures with their labels, and change their light.

    Args:
        images: (B, h, w, 3) uint8.
        cells: (B, h/8, w/8) uint8.
        numbers: (B, P, 4): x, y, opening over the longer side, theta_rad.
        rng: source of chance.

    Returns:
        Pixel values (B, 3, h, w) in about -1..1, cells, numbers.
    """
    batch, height, width, _ = images.shape
    side = max(height, width)
    cells, numbers = cells.copy(), numbers.copy()
    pixels = pixel_values(images)
    for index in range(batch):
        if rng.random() < 0.5:
            pixels[index] = pixels[index].flip(2)
            cells[index] = cells[index, :, ::-1]
            numbers[index, :, 0] = width / side - numbers[index, :, 0]
            numbers[index, :, 3] *= -1
        if rng.random() < 0.5:
            pixels[index] = pixels[index].flip(1)
            cells[index] = cells[index, ::-1]
            numbers[index, :, 1] = height / side - numbers[index, :, 1]
            numbers[index, :, 3] *= -1
    gain = torch.from_numpy(rng.uniform(0.75, 1.25, (batch, 1, 1, 1)).astype(np.float32))
    tint = torch.from_numpy(rng.uniform(0.94, 1.06, (batch, 3, 1, 1)).astype(np.float32))
    shift = torch.from_numpy(rng.uniform(-0.1, 0.1, (batch, 1, 1, 1)).astype(np.float32))
    return add_noise(pixels * gain * tint + shift, rng), cells, numbers


def pixel_values(images: np.ndarray) -> Tensor:
    """Return pictures (B, h, w, 3) uint8 as the tower's input, (B, 3, h, w) in -1..1."""
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 127.5 - 1


def add_noise(pixels: Tensor, rng: np.random.Generator) -> Tensor:
    """Return pixel values with the noise of a poor sensor."""
    return pixels + torch.randn(pixels.shape) * float(rng.uniform(0, 0.05))


def make_targets(
    cells: np.ndarray, types: np.ndarray, colours: np.ndarray, numbers: np.ndarray, side_px: int
) -> TowerTargets:
    """Spread part labels over the cells that show them.

    Args:
        cells: (B, h, w) uint8, see `LabelledPictures.cell_parts`.
        types: (B, P).
        colours: (B, P).
        numbers: (B, P, 4).
        side_px: longer side of the picture.
    """
    batch, rows, columns = cells.shape
    pick = np.arange(batch)[:, None, None], np.maximum(cells.astype(int) - 1, 0)
    shown = numbers[pick]
    y_cell, x_cell = np.meshgrid(
        (np.arange(rows) + 0.5) * CELL_PX, (np.arange(columns) + 0.5) * CELL_PX, indexing="ij"
    )
    offset = np.stack([shown[..., 0] * side_px - x_cell, shown[..., 1] * side_px - y_cell], axis=1)
    distance = np.hypot(offset[:, 0], offset[:, 1])
    colour = np.where(cells > 0, colours[pick], NO_COLOUR).astype(np.int64)
    twice = 2 * shown[..., 3]
    return TowerTargets(
        part=torch.from_numpy(np.where(cells > 0, types[pick], 0).astype(np.int64)),
        colour=torch.from_numpy(np.where(colour == NO_COLOUR, -100, colour)),
        quality=torch.from_numpy(
            np.where(cells > 0, np.exp(-0.5 * (distance / QUALITY_SIGMA_PX) ** 2), 0)
        ).float(),
        offset=torch.from_numpy(offset / OFFSET_UNIT_PX).float(),
        direction=torch.from_numpy(np.stack([np.cos(twice), np.sin(twice)], axis=1)).float(),
        opening=torch.from_numpy(shown[..., 2] / OPENING_UNIT).float(),
    )


def tower_loss(maps: GraspMaps, targets: TowerTargets) -> dict[str, Tensor]:
    """Return the loss of each map and their weighted sum `total`."""
    seen = targets.on_part
    weight = torch.where(seen, 1.0, 0.25)
    cross_entropy = F.cross_entropy(maps.part_logits, targets.part, reduction="none")
    near = 0.3 + targets.quality  # what the language model looks at most are cells near the grasp

    def on_parts(error: Tensor) -> Tensor:
        return (error * near)[seen].sum() / near[seen].sum().clamp_min(1.0)

    losses = {
        "part": (cross_entropy * weight).sum() / weight.sum(),
        "colour": F.cross_entropy(maps.colour_logits, targets.colour, ignore_index=-100),
        "quality": F.binary_cross_entropy_with_logits(maps.quality_logit, targets.quality),
        "offset": on_parts((maps.offset - targets.offset).abs().sum(1)),
        "direction": on_parts((maps.direction - targets.direction).abs().sum(1)),
        "opening": on_parts((maps.opening - targets.opening).abs()),
    }
    total = sum(LOSS_WEIGHTS[name] * loss for name, loss in losses.items())
    return losses | {"total": torch.as_tensor(total)}


def train_vision_tower(
    tower: GraspTower,
    pictures: LabelledPictures,
    recorded: RecordedViews | None,
    settings: VisionTowerSettings,
    path: Path,
    report: Callable[[int, dict[str, float]], None],
    compute: Compute = ON_CPU,
) -> None:
    """Train in place; continues from the progress file `path` after being stopped.

    Args:
        tower: whose last part type stands for things without a name or part labels.
        pictures: simulated ones.
        recorded: real ones, a fixed share of every batch; None to train without.
        settings: steps, batch, rates.
        path: progress file.
        report: called with step and losses.
        compute: where, and how exactly; the tower stays there.
    """
    tower.to(compute.device)
    optimizer = torch.optim.AdamW(
        tower.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
    )
    state = tower.state_dict()
    first = load_progress(path, state, optimizer)
    side_px = max(pictures.images.shape[1:3])
    share = settings.recorded_share if recorded else 0.0
    simulated = settings.batch - round(share * settings.batch)
    tower.train()
    started = time.monotonic()
    for step in range(first, settings.steps):
        rng = np.random.default_rng((settings.seed, step))
        torch.manual_seed(step)
        for group in optimizer.param_groups:
            group["lr"] = settings.learning_rate * warm_cosine(step, settings.steps, 100, 0.01)
        rows = rng.choice(len(pictures), simulated, replace=False)
        pixels, cells, numbers = augment(
            pictures.images[rows], pictures.cell_parts[rows], pictures.numbers[rows], rng
        )
        types = np.minimum(pictures.types[rows], tower.config.num_part_types)
        targets = compute.moved(
            make_targets(cells, types, pictures.colours[rows], numbers, side_px)
        )
        real_targets = None
        if recorded and simulated < settings.batch:
            height_px, width_px = pictures.images.shape[1:3]
            views = [
                recorded.draw(rng, (width_px, height_px)) for _ in range(simulated, settings.batch)
            ]
            real_pixels = pixel_values(np.stack([view.image_rgb for view in views]))
            pixels = torch.cat([pixels, add_noise(real_pixels, rng)])
            real_targets = compute.moved(
                rectangle_targets(
                    [view.rectangles for view in views],
                    [view.colour for view in views],
                    tower.config.num_part_types,
                    (width_px, height_px),
                )
            )
        pixels = compute.moved(pixels).contiguous(memory_format=torch.channels_last)
        with compute.autocast():
            maps = tower.maps(pixels)
        losses = tower_loss(maps.rows(slice(0, simulated)), targets)
        if real_targets is not None:
            real = rectangle_loss(maps.rows(slice(simulated, None)), real_targets)
            total = (1 - share) * losses["total"] + share * real["total"]
            losses |= {f"recorded_{name}": loss for name, loss in real.items()}
            losses["total"] = total
        losses["total"].backward()
        torch.nn.utils.clip_grad_norm_(tower.parameters(), 5.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if step % 20 == 0 or step == settings.steps - 1:
            values = {name: loss.item() for name, loss in losses.items()}
            report(step, values | {"elapsed_s": time.monotonic() - started})
        if (step + 1) % settings.checkpoint_every == 0 or step == settings.steps - 1:
            save_progress(path, state, optimizer, step + 1)
