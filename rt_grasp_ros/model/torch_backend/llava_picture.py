"""From a camera's picture to what a LLaVA's vision tower takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ...grasp.errors import CheckpointInvalid
from ...grasp.letterbox import letterbox, pad_to_square, to_pixel_values
from ..checkpoint import Checkpoint
from .vision_tower import GraspTowerConfig

Prepare = Callable[[NDArray[np.uint8]], NDArray[np.float32]]

_PROCESSOR_FILES = ("processor_config.json", "preprocessor_config.json")


def picture_preparation(checkpoint: Checkpoint) -> Prepare:
    """Return how a picture (H, W, 3), uint8, becomes the tower's input (1, 3, h, w), float32.

    Either way x and y over the longer side of the picture stay what they are: our tower's picture
    is letterboxed, any other's is padded to a square at the right and bottom.

    Raises:
        CheckpointInvalid: the settings of the checkpoint's picture processor are missing.
    """
    side_px = checkpoint.image_side_px
    if is_embedded(checkpoint):
        return lambda image_rgb: to_pixel_values(letterbox(image_rgb, side_px))
    return ClipPreparation(side_px, **_mean_and_std(checkpoint.folder))


def is_embedded(checkpoint: Checkpoint) -> bool:
    """Whether a checkpoint has our own vision tower."""
    return bool(checkpoint.config["vision_config"].get("model_type") == GraspTowerConfig.model_type)


class ClipPreparation:
    """What transformers' `CLIPImageProcessor` does to a square picture, in less time.

    Scaling and normalising are one look-up in a table of 256 values a channel.
    """

    def __init__(self, side_px: int, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        """Fill the tables.

        Args:
            side_px: of the tower's picture.
            mean: of each channel, of values in 0..1.
            std: of each channel.
        """
        from PIL import Image  # our own tower does without

        self._pillow = Image
        self._side_px = side_px
        values = np.arange(256, dtype=np.float32) / np.float32(255)
        self._tables = [
            ((values - np.float32(m)) / np.float32(s)).astype(np.float32)
            for m, s in zip(mean, std, strict=True)
        ]

    def __call__(self, image_rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the tower's input, shape (1, 3, side, side)."""
        square = self._pillow.fromarray(pad_to_square(image_rgb))
        size_px = (self._side_px, self._side_px)
        small = np.asarray(square.resize(size_px, self._pillow.Resampling.BICUBIC), np.uint8)
        planes = [
            cv2.LUT(np.ascontiguousarray(small[..., channel]), table)
            for channel, table in enumerate(self._tables)
        ]
        return np.stack(planes)[None].astype(np.float32, copy=False)


def _mean_and_std(folder: Path) -> dict[str, Any]:
    """Read them from the processor's file, where they lie at the top or under `image_processor`."""
    for name in _PROCESSOR_FILES:
        if not (folder / name).exists():
            continue
        try:
            content = json.loads((folder / name).read_text(encoding="utf-8"))
            content = content.get("image_processor", content)
            if "image_mean" in content:
                return {"mean": content["image_mean"], "std": content["image_std"]}
        except (OSError, ValueError, KeyError, AttributeError) as error:
            raise CheckpointInvalid(
                f"The checkpoint's {name} can't be read; fetch the checkpoint again."
            ) from error
    raise CheckpointInvalid(
        f"The checkpoint '{folder.name}' lacks preprocessor_config.json; fetch it again."
    )
