"""Failures of PyTorch as failures of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from ...grasp.errors import GpuUnavailable, ModelOutOfMemory

_CPU_ALLOCATOR = "DefaultCPUAllocator"


def choose_device(wanted: str) -> torch.device:
    """Return where to run.

    Args:
        wanted: one of `torch_settings.DEVICES`.

    Raises:
        GpuUnavailable: `cuda` is wanted and there is none.
    """
    has_gpu = torch.cuda.is_available()
    if wanted == "cuda" and not has_gpu:
        raise GpuUnavailable(wanted)
    return torch.device("cuda" if has_gpu and wanted != "cpu" else "cpu")


def device_name(device: torch.device) -> str:
    """Return what a device is called, for messages and logs."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"


@contextmanager
def memory_failures(device: torch.device, doing: str) -> Iterator[None]:
    """Say what the memory was not enough for, and give back what is held in vain.

    Args:
        device: whose memory.
        doing: completes "not enough for".

    Raises:
        ModelOutOfMemory: instead of PyTorch's and Python's own.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:  # torch.OutOfMemoryError is a RuntimeError
        is_memory = isinstance(error, (torch.OutOfMemoryError, MemoryError))
        if not is_memory and _CPU_ALLOCATOR not in str(error):
            raise
        if device.type == "cuda":
            torch.cuda.empty_cache()
        raise ModelOutOfMemory(device_name(device), doing) from error
