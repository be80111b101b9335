"""Outcomes on their way from the device to the host."""

from __future__ import annotations

from collections import deque

import torch
from torch import Tensor


class Outbox:
    """Outcomes on their way to the host, which waits for the oldest one only."""

    def __init__(self, device: torch.device) -> None:
        """Begin empty.

        Args:
            device: where outcomes come from.
        """
        self._on_gpu = device.type == "cuda"
        self._posted: deque[tuple[Tensor, torch.cuda.Event | None]] = deque()

    def __len__(self) -> int:
        """Return how many nobody has waited for yet."""
        return len(self._posted)

    def clear(self) -> None:
        """Forget them all."""
        self._posted.clear()

    def post(self, report: Tensor) -> None:
        """Send an outcome off; its tensor may be written again at once."""
        copy = torch.empty(report.shape, dtype=report.dtype, pin_memory=self._on_gpu)
        copy.copy_(report, non_blocking=True)
        arrived = torch.cuda.Event() if self._on_gpu else None
        if arrived is not None:
            arrived.record()
        self._posted.append((copy, arrived))

    def take(self) -> list[float]:
        """Wait for the oldest outcome and return it."""
        copy, arrived = self._posted.popleft()
        if arrived is not None:
            arrived.synchronize()
        values: list[float] = copy.tolist()
        return values
