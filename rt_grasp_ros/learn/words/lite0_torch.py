"""EfficientNet-Lite0 by PyTorch: the features of the graph, on a GPU while words are learned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from .lite0 import MEAN, SIDE_PX, STD, Weights, folded, lay_out_features

_BATCH = 64


class TorchImageEncoder:
    """An `ImageEncoder` with the weights of the graph before it is written in 8 bits."""

    side_px = SIDE_PX

    def __init__(self, weights: Weights, device: torch.device) -> None:
        """Hold the weights.

        Args:
            weights: of `read_lite0`.
            device: where pictures are looked at.
        """
        self._weights, self._device = weights, device
        self._layers = _Forward(weights, device)
        self._mean, self._std = (
            torch.tensor(values, device=device).view(1, -1, 1, 1) for values in (MEAN, STD)
        )

    @torch.inference_mode()
    def features(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """See `ImageEncoder`."""
        rows = []
        for start in range(0, len(crops), _BATCH):
            pictures = torch.from_numpy(np.stack(crops[start : start + _BATCH]))
            pixels = pictures.to(self._device).permute(0, 3, 1, 2).float()
            values = (pixels - self._mean) / self._std
            rows.append(lay_out_features(self._weights, self._layers, values).cpu().numpy())
        return np.concatenate(rows)


class _Forward:
    """Computes at once what is laid out."""

    def __init__(self, weights: Weights, device: torch.device) -> None:
        self._weights, self._device = weights, device
        self._folded: dict[str, tuple[Tensor, Tensor]] = {}

    def conv(
        self,
        given: Tensor,
        kernel: str,
        norm: str,
        stride: int = 1,
        groups: int = 1,
        is_active: bool = True,
    ) -> Tensor:
        """See `FeatureLayers`; padded as `SAME_UPPER` of ONNX."""
        if kernel not in self._folded:
            weight, bias = (self._held(each) for each in folded(self._weights, kernel, norm))
            self._folded[kernel] = weight, bias
        weight, bias = self._folded[kernel]
        side, reach = given.shape[-1], weight.shape[-1]
        missing = max(((side - 1) // stride) * stride + reach - side, 0)
        edges = (missing // 2, missing - missing // 2)
        out = F.conv2d(F.pad(given, edges * 2), weight, bias, stride, groups=groups)
        return out.clamp(0.0, 6.0) if is_active else out

    def added(self, one: Tensor, other: Tensor) -> Tensor:
        """See `FeatureLayers`."""
        return one + other

    def pooled(self, given: Tensor) -> Tensor:
        """See `FeatureLayers`."""
        return given.mean(dim=(2, 3))

    def _held(self, array: NDArray[np.float32]) -> Tensor:
        return torch.from_numpy(np.asarray(array, np.float32)).to(self._device)
