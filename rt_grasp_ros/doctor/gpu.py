"""The memory of the GPUs, as their driver tells it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from ..grasp.errors import RtGraspError
from .finding import Finding

_QUERY = ("--query-gpu=name,memory.used,memory.total", "--format=csv,noheader,nounits")
_TIMEOUT_S = 10.0
_LEAST_FREE_MIB = 1024


@dataclass(frozen=True, slots=True)
class GpuMemory:
    """One GPU.

    Attributes:
        name: as its maker calls it.
        used_mib: taken by all programs together.
        total_mib: all there is.
    """

    name: str
    used_mib: int
    total_mib: int


def read_gpus() -> list[GpuMemory]:
    """Return the GPUs that `nvidia-smi` lists; none where there is no such program.

    Raises:
        RtGraspError: the driver does not answer.
    """
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    try:
        asked = subprocess.run(
            [program, *_QUERY], capture_output=True, text=True, timeout=_TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise RtGraspError(
            f"nvidia-smi does not answer ({error}); load the driver again, or restart the machine."
        ) from error
    return parse_gpus(asked.stdout)


def parse_gpus(text: str) -> list[GpuMemory]:
    """Return the GPUs of lines `name, used, total` in MiB; others (no permission) are left out."""
    gpus = []
    for line in text.splitlines():
        name, _, numbers = line.strip().partition(",")
        used, _, total = (part.strip() for part in numbers.partition(","))
        if used.isdigit() and total.isdigit():
            gpus.append(GpuMemory(name, int(used), int(total)))
    return gpus


def check_gpus(gpus: Sequence[GpuMemory]) -> Finding:
    """Return how much memory is free; a machine without a GPU is fine, too."""
    if not gpus:
        return Finding("gpu", "ok", "none; the model runs on the CPU")
    seen = "; ".join(
        f"{gpu.name}: {gpu.total_mib - gpu.used_mib} of {gpu.total_mib} MiB free" for gpu in gpus
    )
    free_mib = max(gpu.total_mib - gpu.used_mib for gpu in gpus)
    numbers = {"most_free_mib": float(free_mib)}
    if free_mib < _LEAST_FREE_MIB:
        advice = "unless the model is loaded already, end what else uses it, or quantise (nf4)"
        return Finding("gpu", "note", f"{seen}; {advice}.", numbers)
    return Finding("gpu", "ok", seen, numbers)
