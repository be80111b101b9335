"""A checkpoint folder, checked before anything is loaded from it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from ..grasp.errors import CheckpointInvalid
from ..grasp.trained_view import TrainedView

WEIGHTS = "model.safetensors"
WEIGHTS_INDEX = "model.safetensors.index.json"


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint in `save_pretrained` layout, weights as safetensors.

    Attributes:
        folder: where it lies.
        config: `config.json`.
        shards: weight files.
    """

    folder: Path
    config: dict[str, Any]
    shards: tuple[Path, ...]

    @classmethod
    def open(cls, folder: Path, model_types: Sequence[str] = ("llava",)) -> Checkpoint:
        """Check a folder.

        Args:
            folder: where it lies.
            model_types: architectures to accept, by the names of `config.json`.

        Raises:
            CheckpointInvalid: see `load_engine`.
        """
        folder = Path(folder)
        if not folder.is_dir():
            raise CheckpointInvalid(
                f"There is no checkpoint folder '{folder}'; give the path of one that holds "
                "config.json and safetensors."
            )
        config = _read_json(folder / "config.json")
        if config.get("model_type") not in model_types:
            raise CheckpointInvalid(
                f"The checkpoint '{folder.name}' is of type '{config.get('model_type')}', its "
                f"family takes {' or '.join(model_types)}; choose another checkpoint or family."
            )
        if (folder / WEIGHTS_INDEX).exists():
            weight_map = _read_json(folder / WEIGHTS_INDEX)["weight_map"]
            shards = tuple(folder / name for name in sorted(set(weight_map.values())))
        else:
            shards = (folder / WEIGHTS,)
        missing = [shard.name for shard in shards if not shard.exists()]
        if missing:
            pickled = [path.name for path in folder.iterdir() if path.suffix in {".bin", ".pt"}]
            if pickled:
                raise CheckpointInvalid(
                    f"The checkpoint '{folder.name}' holds pickled weights ({pickled[0]}), which "
                    "can run code when read; convert them to safetensors."
                )
            raise CheckpointInvalid(
                f"The checkpoint '{folder.name}' lacks {missing[0]}; fetch or build it again."
            )
        return cls(folder, config, shards)

    @property
    def image_side_px(self) -> int:
        """Longer side of the pictures that the vision tower takes."""
        return int(self.config["vision_config"]["image_size"])

    @property
    def trained_view(self) -> TrainedView | None:
        """How it was trained to see a table; None where it was on other pictures."""
        return TrainedView.from_config(self.config)

    def load_weights(self) -> dict[str, NDArray[np.float32]]:
        """Read all tensors as float32 arrays by name.

        Raises:
            CheckpointInvalid: a shard is truncated or not safetensors.
        """
        weights = {}
        for shard in self.shards:
            try:
                with safe_open(shard, framework="numpy") as tensors:
                    for name in tensors.keys():  # noqa: SIM118  (not a mapping)
                        weights[name] = tensors.get_tensor(name).astype(np.float32)
            except (SafetensorError, OSError) as error:
                raise CheckpointInvalid(
                    f"The weight file {shard.name} is damaged ({error}); fetch or build it again."
                ) from error
        return weights


def trained_view_at(folder: Path) -> TrainedView | None:
    """Return how a checkpoint was trained to see a table, without loading it.

    None also where there is no readable checkpoint: whoever loads it says so.
    """
    try:
        return TrainedView.from_config(_read_json(folder / "config.json"))
    except CheckpointInvalid:
        return None


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise CheckpointInvalid(
            f"The checkpoint's {path.name} can't be read; fetch or build the checkpoint again."
        ) from error
