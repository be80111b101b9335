"""The network of the point eye: which pixels of a window belong to the thing in its middle.

A small U-Net (Ronneberger et al., MICCAI 2015) with residual blocks and the mean over the whole
window added at its narrowest.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...model.point_eye.window import CHANNELS, SIDE_PX

_WIDTHS = (16, 32, 64, 96, 128)
_UPWARDS = (1, 1, 2, 1)  # convolutions at each width on the way up, the narrowest first
_OPSET = 17


class PointNetwork(nn.Module):
    """Windows (B, CHANNELS, S, S) to logits (B, 1, S, S)."""

    def __init__(self) -> None:
        """Make the layers, with random weights."""
        super().__init__()
        first, *_ = _WIDTHS
        self.stem = _conv(CHANNELS, first)
        self.down = nn.ModuleList(
            nn.Sequential(_conv(wide, narrow, stride=2), _Residual(narrow))
            for wide, narrow in pairwise(_WIDTHS)
        )
        self.middle = _Residual(_WIDTHS[-1])
        self.whole = nn.Linear(_WIDTHS[-1], _WIDTHS[-1])
        pairs = list(pairwise(_WIDTHS))[::-1]
        self.narrow = nn.ModuleList(_conv(narrow, wide, size=1) for wide, narrow in pairs)
        self.up = nn.ModuleList(
            nn.Sequential(*(_conv(wide, wide) for _ in range(count)))
            for (wide, _), count in zip(pairs, _UPWARDS, strict=True)
        )
        self.head = nn.Conv2d(first, 1, 1)

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits, above 0 where the thing is."""
        seen = [self.stem(windows)]
        for layer in self.down:
            seen.append(layer(seen[-1]))
        out: Tensor = self.middle(seen.pop())
        out = out + self.whole(out.mean((2, 3)))[:, :, None, None]
        for narrow, up in zip(self.narrow, self.up, strict=True):
            wider = F.interpolate(narrow(out), scale_factor=2.0, mode="bilinear")
            out = up(wider + seen.pop())
        logits: Tensor = self.head(out)
        return logits


class _Residual(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = _conv(channels, channels)
        self.second = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, given: Tensor) -> Tensor:
        return F.relu(given + self.second(self.first(given)))


def _conv(before: int, after: int, size: int = 3, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )


def write_point_graph(network: PointNetwork, path: Path) -> None:
    """Write the network as an ONNX graph; it is put into evaluation mode.

    Args:
        network: on the CPU.
        path: of the file.
    """
    network.eval()
    torch.onnx.export(
        network,
        (torch.zeros(1, CHANNELS, SIDE_PX, SIDE_PX),),
        str(path),
        input_names=["windows"],
        output_names=["logits"],
        opset_version=_OPSET,
        dynamo=False,
    )
