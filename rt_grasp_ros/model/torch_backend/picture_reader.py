"""A picture's tokens by vision tower and projector, recorded as a CUDA graph."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from transformers import LlavaForConditionalGeneration

from .acceleration import accelerate


class PictureReader:
    """Turns pixels into tokens; every size of picture is recorded when it first comes."""

    def __init__(self, llava: LlavaForConditionalGeneration, acceleration: str = "eager") -> None:
        """Hold nothing yet.

        Args:
            llava: the model.
            acceleration: see `accelerate`; towers are recorded where steps are compiled.
        """
        self._llava = llava
        self._how = "eager" if acceleration == "eager" else "graphs"
        weight = llava.get_input_embeddings().weight
        self._device, self._dtype = weight.device, weight.dtype
        self._sizes: dict[torch.Size, tuple[Tensor, Tensor, Callable[[], None]]] = {}

    @torch.no_grad()
    def __call__(self, pixel_values: Tensor) -> Tensor:
        """Return the projected tokens (1, T, hidden), valid until the next picture is read.

        Args:
            pixel_values: (1, 3, h, w) float32, on the host.
        """
        if self._how == "eager" or self._device.type != "cuda":
            return self._tokens(pixel_values.to(self._device, self._dtype))
        if pixel_values.shape not in self._sizes:
            self._sizes[pixel_values.shape] = self._recorded(pixel_values)
        pixels, tokens, run = self._sizes[pixel_values.shape]
        pixels.copy_(pixel_values)
        run()
        return tokens

    def _recorded(self, pixel_values: Tensor) -> tuple[Tensor, Tensor, Callable[[], None]]:
        pixels = pixel_values.to(self._device, self._dtype)
        tokens = torch.empty_like(self._tokens(pixels))
        run = accelerate(lambda: tokens.copy_(self._tokens(pixels)), self._how, self._device)
        run()
        return pixels, tokens, run

    def _tokens(self, pixels: Tensor) -> Tensor:
        features = self._llava.get_image_features(pixels, return_dict=True).pooler_output
        return torch.cat(list(features))[None].to(self._dtype)
