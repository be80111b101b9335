"""What timings depend on: the machine and the versions of what runs on it."""

from __future__ import annotations

import os
import platform
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

_PACKAGES = ("numpy", "opencv-python-headless", "onnxruntime", "torch", "transformers")
_COPIED_BYTES = 2**28


def describe_machine() -> dict[str, Any]:
    """Return processor, cores, load, system and versions; None for packages that are missing."""
    cpu_info = Path("/proc/cpuinfo")
    models = [
        line.split(":", 1)[1].strip()
        for line in (cpu_info.read_text().splitlines() if cpu_info.exists() else [])
        if line.startswith("model name")
    ]
    return {
        "cpu": models[0] if models else platform.processor(),
        "cpu_count": os.cpu_count(),
        "load_1min": round(os.getloadavg()[0], 2),
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: _version(name) for name in _PACKAGES},
    }


def copy_bandwidth_bytes_per_s(repetitions: int = 5) -> float:
    """Measure what one core copies within main memory, read and written bytes (STREAM's `copy`).

    Args:
        repetitions: the fastest counts.
    """
    source = np.ones(_COPIED_BYTES, np.uint8)
    target = np.empty_like(source)
    fastest_s = float("inf")
    for _ in range(repetitions):
        start_s = time.perf_counter()
        np.copyto(target, source)
        fastest_s = min(fastest_s, time.perf_counter() - start_s)
    return 2 * _COPIED_BYTES / fastest_s


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
