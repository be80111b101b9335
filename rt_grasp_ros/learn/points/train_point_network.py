"""The point eye's network learns which pixels belong to the thing under a point."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ..progress_file import load_progress, save_progress
from ..schedule import warm_cosine
from .drawn_points import Pictures, PointBatch, draw_points
from .point_network import PointNetwork

_FLOOR, _WARM_STEPS = 0.005, 100
_SMOOTH_PX = 20.0  # added to both sides of the Dice coefficient, so that small things count less
_STEADY = 0.999  # how much of the averaged weights a step keeps, once there are enough
_CLIPPED = 1.0


@dataclass(frozen=True)
class PointSettings:
    """How the network is trained."""

    steps: int = 3500
    batch: int = 32
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    seed: int = 0
    checkpoint_every: int = 200


class _Batches(Dataset[PointBatch]):
    """The batch of each step, drawn anew."""

    def __init__(self, pictures: Pictures, settings: PointSettings) -> None:
        self._pictures, self._settings = pictures, settings

    def __len__(self) -> int:
        return self._settings.steps

    def __getitem__(self, step: int) -> PointBatch:
        rng = np.random.default_rng((self._settings.seed, step))
        return draw_points(self._pictures, self._settings.batch, rng)


def train_point_network(
    network: PointNetwork,
    pictures: Pictures,
    settings: PointSettings,
    path: Path,
    report: Callable[[int, dict[str, float]], None],
    device: str = "cpu",
    processes: int = 1,
) -> None:
    """Train in place, to the running mean of its weights; goes on from `path` after being stopped.

    Args:
        network: with random weights; on the CPU again afterwards.
        pictures: that points are drawn on.
        settings: steps, batch, rates.
        path: progress file.
        report: called with step and losses, every 50 steps.
        device: where it is trained.
        processes: how many draw points meanwhile; 0 draws them here.
    """
    torch.manual_seed(settings.seed)
    network.to(device)
    averaged = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    optimizer = torch.optim.AdamW(
        network.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
    )
    kept = dict(network.state_dict()) | {f"mean.{name}": one for name, one in averaged.items()}
    first = load_progress(path, kept, optimizer)
    network.train()
    started = time.monotonic()
    for step, batch in _batches(pictures, settings, first, processes):
        rate = warm_cosine(step, settings.steps, _WARM_STEPS, _FLOOR)
        for group in optimizer.param_groups:
            group["lr"] = settings.learning_rate * rate
        windows = torch.from_numpy(batch.windows).to(device)
        losses = point_losses(network(windows), torch.from_numpy(batch.truth).to(device))
        optimizer.zero_grad()
        losses["total"].backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), _CLIPPED)
        optimizer.step()
        _average(averaged, network.state_dict(), min(_STEADY, (step + 1) / (step + 10)))
        if (step + 1) % 50 == 0 or step + 1 == settings.steps:
            told = {name: float(value.detach()) for name, value in losses.items()}
            report(step + 1, told | {"seconds": time.monotonic() - started})
        if (step + 1) % settings.checkpoint_every == 0:
            save_progress(path, kept, optimizer, step + 1)
    save_progress(path, kept, optimizer, settings.steps)
    network.load_state_dict(averaged)
    network.to("cpu")


def point_losses(logits: Tensor, truth: Tensor) -> dict[str, Tensor]:
    """Return the loss of pixels, of masks (1 - Dice, Milletari et al., 3DV 2016), and `total`.

    Args:
        logits: shape (B, 1, S, S).
        truth: 0 or 1, of that shape.
    """
    pixels = F.binary_cross_entropy_with_logits(logits, truth)
    shown = logits.sigmoid()
    common = (shown * truth).sum((1, 2, 3))
    both = shown.sum((1, 2, 3)) + truth.sum((1, 2, 3))
    masks = (1 - (2 * common + _SMOOTH_PX) / (both + _SMOOTH_PX)).mean()
    return {"pixels": pixels, "masks": masks, "total": pixels + masks}


def _batches(
    pictures: Pictures, settings: PointSettings, first: int, processes: int
) -> Iterator[tuple[int, PointBatch]]:
    steps = range(first, settings.steps)
    loader = DataLoader(
        _Batches(pictures, settings), batch_size=None, sampler=steps, num_workers=processes
    )
    return zip(steps, loader, strict=True)


def _average(averaged: dict[str, Tensor], now: dict[str, Tensor], kept: float) -> None:
    with torch.no_grad():
        for name, tensor in averaged.items():
            if tensor.is_floating_point() and "running" not in name:
                tensor.lerp_(now[name], 1 - kept)
            else:
                tensor.copy_(now[name])
