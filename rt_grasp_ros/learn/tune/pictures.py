"""What the frozen vision tower says about a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...data.pixels import read_colour
from ...model.torch_backend.llava_picture import picture_preparation
from .base_model import Base


class VisualTokens:
    """Runs the tower on pictures, each once where they are kept."""

    def __init__(self, base: Base, keep: bool) -> None:
        """Take the tower of a model.

        Args:
            base: its tower must not change.
            keep: hold the tokens of every picture seen in memory, as float16.
        """
        config = base.llava.config
        self._tower = base.llava.model.vision_tower.eval()
        self._layer = config.vision_feature_layer
        self._drops_first = config.vision_feature_select_strategy == "default"
        self._prepare = picture_preparation(base.checkpoint)
        self._kept: dict[Path, Tensor] | None = {} if keep else None

    def __call__(self, paths: Sequence[Path]) -> list[Tensor]:
        """Return (T, hidden) float32 of each picture; T may differ.

        Raises:
            NoImage: a picture can't be read.
        """
        return [self._of_file(path).float() for path in paths]

    def _of_file(self, path: Path) -> Tensor:
        if self._kept is not None and path in self._kept:
            return self._kept[path]
        tokens = self.of_picture(read_colour(path))
        if self._kept is not None:
            self._kept[path] = tokens
        return tokens

    @torch.no_grad()
    def of_picture(self, image_rgb: NDArray[np.uint8]) -> Tensor:
        """Return (T, hidden) float16 of one colour picture (H, W, 3), uint8."""
        weight = next(self._tower.parameters())
        pixels = torch.from_numpy(self._prepare(image_rgb)).to(weight.device, weight.dtype)
        hidden = self._tower(pixels, output_hidden_states=True).hidden_states
        layers = [self._layer] if isinstance(self._layer, int) else self._layer
        chosen = torch.cat([hidden[layer] for layer in layers], dim=-1)[0]
        return (chosen[1:] if self._drops_first else chosen).half().cpu()
