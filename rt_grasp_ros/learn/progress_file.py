"""Where a training stands, on disk, so that it goes on exactly there after being killed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from ..whole_file import whole_file


def save_progress(
    path: Path, tensors: Mapping[str, Tensor], optimizer: torch.optim.Optimizer, step: int
) -> None:
    """Write weights, optimizer state and the number of finished steps, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    everything = {f"model.{name}": t.detach().cpu().contiguous() for name, t in tensors.items()}
    for index, state in optimizer.state_dict()["state"].items():
        everything |= {
            f"optimizer.{index}.{name}": t.cpu().contiguous() for name, t in state.items()
        }
    everything["step"] = torch.tensor(step)
    with whole_file(path) as partial:
        save_file(everything, partial)


def load_progress(
    path: Path, tensors: Mapping[str, Tensor], optimizer: torch.optim.Optimizer
) -> int:
    """Read `save_progress`'s file into the given tensors; return the finished steps, 0 if none."""
    if not path.exists():
        return 0
    state: dict[int, dict[str, Tensor]] = {}
    stored = load_file(path)
    with torch.no_grad():
        for key, value in stored.items():
            kind, _, rest = key.partition(".")
            if kind == "model":
                tensors[rest].copy_(value)
            elif kind == "optimizer":
                index, _, name = rest.partition(".")
                state.setdefault(int(index), {})[name] = value
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})
    return int(stored["step"])
