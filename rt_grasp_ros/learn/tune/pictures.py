"""What the frozen vision tower says about a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import LlavaForConditionalGeneration, ProcessorMixin

from ...data.pixels import read_colour
from ...model.letterbox import letterbox, to_pixel_values
from ...model.tower import GraspTowerConfig

Prepare = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


def picture_preparation(llava: LlavaForConditionalGeneration, processor: ProcessorMixin) -> Prepare:
    """Return how a colour picture (H, W, 3) becomes the tower's input (1, 3, h, w).

    Either way x and y over the longer side of the picture stay what they are: our tower's picture
    is letterboxed, any other's is padded at the right and bottom to a square, which the
    checkpoint's own processor then brings to size. (Its centre crop would cut off the sides.)
    """
    vision = llava.config.vision_config
    if isinstance(vision, GraspTowerConfig):
        side_px = vision.image_size
        return lambda image: to_pixel_values(letterbox(image, side_px))

    def prepare(image_rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        values = processor.image_processor(pad_to_square(image_rgb), return_tensors="np")
        return np.asarray(values["pixel_values"], dtype=np.float32)

    return prepare


def pad_to_square(image_rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture with its mean colour added at the right or at the bottom."""
    height, width = image_rgb.shape[:2]
    side = max(height, width)
    padded = cv2.copyMakeBorder(
        image_rgb,
        0,
        side - height,
        0,
        side - width,
        cv2.BORDER_CONSTANT,
        value=image_rgb.mean(axis=(0, 1)).tolist(),
    )
    return np.asarray(padded, dtype=np.uint8)


class VisualTokens:
    """Runs the tower on pictures, each once where they are kept."""

    def __init__(
        self, llava: LlavaForConditionalGeneration, processor: ProcessorMixin, keep: bool
    ) -> None:
        """Take the tower of a model.

        Args:
            llava: its tower, which must not change, and how its layers are chosen.
            processor: of the same checkpoint.
            keep: hold the tokens of every picture seen in memory, as float16.
        """
        self._tower = llava.model.vision_tower.eval()
        self._layer = llava.config.vision_feature_layer
        self._drops_first = llava.config.vision_feature_select_strategy == "default"
        self._prepare = picture_preparation(llava, processor)
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
