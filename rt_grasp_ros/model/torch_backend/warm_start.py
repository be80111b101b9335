"""What one start leaves for the next: compiled kernels, and what was measured on the device.

It lies in `$XDG_CACHE_HOME/rt_grasp_ros/` (`~/.cache/rt_grasp_ros/`), in a folder for each device
and each set of versions, so that another driver, PyTorch or Triton begins anew. It may be deleted
at any time. Kernels are kept by PyTorch itself, as Triton's binaries and JSON; its caches of whole
graphs are pickles and switched off, see `acceleration.compiled`.
"""

from __future__ import annotations

import json
import logging
import os
import platform
from hashlib import blake2b
from importlib import metadata
from pathlib import Path
from typing import Any

import torch

from ...whole_file import whole_file
from .torch_failures import device_name

KERNELS_VARIABLE = "TORCHINDUCTOR_CACHE_DIR"
_PACKAGES = ("torch", "triton", "transformers", "bitsandbytes", "rt_grasp_ros")
_MEASURED = "measured.json"

_log = logging.getLogger(__name__)


class WarmStart:
    """The folder of one device and set of versions; without it every start is a first one.

    Attributes:
        folder: where it lies, whether or not it is there yet.
    """

    def __init__(self, device: torch.device) -> None:
        """Work out the folder; nothing is written."""
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        what = {
            "device": device_name(device),
            "cuda": str(torch.version.cuda),
            "python": platform.python_version(),
            **{package: _version(package) for package in _PACKAGES},
        }
        digest = blake2b(json.dumps(what, sort_keys=True).encode(), digest_size=8).hexdigest()
        self.folder = Path(base, "rt_grasp_ros", digest)
        self._what = what

    def keep_kernels(self) -> None:
        """Let PyTorch keep what it compiles here, unless the user has said where."""
        if self._made():
            os.environ.setdefault(KERNELS_VARIABLE, str(self.folder / "kernels"))

    def recall(self, key: str) -> dict[str, Any]:
        """Return what was kept under a key; nothing where there is none or it can't be read."""
        try:
            kept = json.loads((self.folder / _MEASURED).read_text(encoding="utf-8")).get(key, {})
        except (OSError, ValueError, AttributeError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def keep(self, key: str, values: dict[str, Any]) -> None:
        """Keep values under a key, beside those that are there."""
        if not self._made():
            return
        path = self.folder / _MEASURED
        try:
            held = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        except (OSError, ValueError):
            held = {}
        if not isinstance(held, dict):
            held = {}
        held["made_for"] = self._what
        held[key] = self.recall(key) | values
        try:
            with whole_file(path) as partial:
                partial.write_text(json.dumps(held, indent=1), encoding="utf-8")
        except OSError as error:
            _log.warning("What was measured can't be kept (%s); it is measured again.", error)

    def _made(self) -> bool:
        """Make the folder, for its owner alone; say so where that can't be done."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            _log.warning("Compiled kernels can't be kept (%s); every start compiles anew.", error)
            return False
        return True


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
