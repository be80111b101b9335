"""Memory given back between two rows of a benchmark."""

from __future__ import annotations

import gc

import torch


def give_back(device: torch.device) -> None:
    """Free what the last model held, and measure the next one's memory from there."""
    gc.collect()
    if device.type == "cuda":
        torch.compiler.reset()
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
