"""Linear layers in 4 bits on PyTorch's own kernel, which takes a few rows at the price of one.

Weights lie in groups along the input, each with a scale and a zero point (`q in 0..15` means
`(q - 8) * scale + zero`). The kernel is made for few rows: for a prompt the weight is
expanded once and multiplied as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...grasp.errors import CheckpointInvalid

GROUPS = (128, 64)
"""Sizes of groups, the first that divides a layer's input is taken."""
FEW_ROWS = 16
"""Inputs that the kernel is made for; a tile of the tensor cores has as many rows."""

_LEVELS = 15
_MIDDLE = 8
_SHRINKINGS = (1.0, 0.95, 0.9, 0.85)
_TILES = (8, 4, 2)
_COLUMNS_PER_TILE = 16
_ROWS_AT_ONCE = 4096


class Int4Linear(nn.Module):
    """A linear layer whose weight is held in 4 bits; made on the device where it runs.

    Attributes:
        in_features: width of the input.
        out_features: width of the output.
        group: input places that share a scale.
    """

    def __init__(
        self, layer: nn.Linear, device: torch.device, name: str = "", group: int | None = None
    ) -> None:
        """Quantise a layer, which stays as it is.

        Args:
            layer: with weights in the type of its inputs; bfloat16 on a GPU.
            device: where it is to run.
            name: of the layer, for messages.
            group: input places that share a scale; None for the first of `GROUPS` that fits.

        Raises:
            CheckpointInvalid: the kernel takes no layer of that width or type.
        """
        super().__init__()
        self.in_features, self.out_features = layer.in_features, layer.out_features
        self.group = group or _group_of(layer, name)
        weight = layer.weight.data.to(device)
        if device.type == "cuda" and weight.dtype != torch.bfloat16:
            raise CheckpointInvalid(
                "int4 takes weights in bfloat16, which this GPU lacks; choose the quantisation "
                "'nf4'."
            )
        levels, scales_and_zeros = quantised_in_groups(weight, self.group)
        self.register_buffer("packed", pack(levels))
        self.register_buffer("scales_and_zeros", scales_and_zeros)
        self.bias = layer.bias
        self.train(layer.training)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the product (..., out_features) of inputs (..., in_features)."""
        rows = inputs.reshape(-1, self.in_features)
        if len(rows) > FEW_ROWS:
            return functional.linear(inputs, self.expanded(), self.bias)
        product = multiply(rows, self.packed, self.group, self.scales_and_zeros)
        product = product.view(*inputs.shape[:-1], self.out_features)
        return product if self.bias is None else product + self.bias

    def expanded(self) -> Tensor:
        """Return the weight (out_features, in_features) as it is rounded."""
        if self.packed.is_cuda and _unpacks_on_gpu():
            return _expansion()(self.packed, self.scales_and_zeros, self.group)
        return self._multiplied_out()

    def _multiplied_out(self) -> Tensor:
        """Return the same by the kernel itself, whatever the layout of its weights."""
        one = torch.eye(
            self.in_features, dtype=self.scales_and_zeros.dtype, device=self.packed.device
        )
        return multiply(one, self.packed, self.group, self.scales_and_zeros).t()


def quantised_in_groups(weight: Tensor, group: int) -> tuple[Tensor, Tensor]:
    """Return levels (N, K) in 0..15, int32, and scales and zeros (K / group, N, 2).

    The range of each group is drawn in as far as the squared error falls by it.

    Args:
        weight: (N, K).
        group: columns that share a scale; divides K.
    """
    parts = [_quantised_rows(part, group) for part in weight.split(_ROWS_AT_ONCE)]
    levels, scales, zeros = (torch.cat(tensors) for tensors in zip(*parts, strict=True))
    return levels, torch.stack([scales.t(), zeros.t()], dim=-1).contiguous()


def _quantised_rows(weight: Tensor, group: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return levels (N, K), scales and zeros (N, K / group)."""
    values = weight.float().view(len(weight), -1, group)
    low, high = values.amin(-1, keepdim=True), values.amax(-1, keepdim=True)
    middle, half = (low + high) / 2, (high - low) / 2
    best: list[Tensor] = []
    for shrinking in _SHRINKINGS:
        step = (2 * shrinking * half / _LEVELS).clamp(min=1e-8).to(weight.dtype).float()
        zero = (middle - shrinking * half + _MIDDLE * step).to(weight.dtype).float()
        levels = ((values - zero) / step + _MIDDLE).round().clamp(0, _LEVELS)
        error = ((levels - _MIDDLE) * step + zero - values).square().sum(-1, keepdim=True)
        found = [error, levels, step, zero]
        if best:
            is_better = error < best[0]
            found = [torch.where(is_better, new, old) for new, old in zip(found, best, strict=True)]
        best = found
    _, levels, step, zero = best
    return (
        levels.view(weight.shape).to(torch.int32),
        step[..., 0].to(weight.dtype),
        zero[..., 0].to(weight.dtype),
    )


def pack(levels: Tensor) -> Tensor:
    """Lay levels (N, K) out as the device's kernel reads them, two in a byte."""
    if not levels.is_cuda:
        return torch.ops.aten._convert_weight_to_int4pack_for_cpu(levels, 1)
    pairs = (levels[:, ::2] << 4 | levels[:, 1::2]).to(torch.uint8)
    return torch.ops.aten._convert_weight_to_int4pack(pairs, _tiles(levels.shape[1]))


def multiply(rows: Tensor, packed: Tensor, group: int, scales_and_zeros: Tensor) -> Tensor:
    """Return rows (R, K) times the packed weight, (R, N)."""
    if rows.is_cuda:
        return torch.ops.aten._weight_int4pack_mm(rows, packed, group, scales_and_zeros)
    return torch.ops.aten._weight_int4pack_mm_for_cpu(rows, packed, group, scales_and_zeros)


def unpacked_from_tiles(packed: Tensor) -> Tensor:
    """Return the levels (N, K), int32, of a weight in the layout of PyTorch's CUDA kernel.

    That layout (`matrix_to_m16n8k16_Bint4_layout` in PyTorch's `int4mm.cu`) is
    [N / 8][K / (tiles * 16)][32 lanes][tiles / 2] int32: lane t holds row t / 4; an int32 holds,
    from its lowest bits, the first columns of four pairs, then the second; the pairs are t % 4 and
    t % 4 + 4 of one tile of 16 columns, then of the next.

    Args:
        packed: (N / 8, K / (16 * tiles), 32, tiles / 2) int32.
    """
    shifts = torch.arange(0, 32, 4, dtype=torch.int32, device=packed.device)
    nibbles = (packed[..., None] >> shifts) & 15
    row_tiles, column_tiles, _, words, _ = nibbles.shape
    # row tile, column tile, row, pair, word, first or second column, tile of two, half of a tile
    apart = nibbles.view(row_tiles, column_tiles, 8, 4, words, 2, 2, 2)
    ordered = apart.permute(0, 2, 1, 4, 6, 7, 3, 5)
    return ordered.reshape(row_tiles * 8, -1)


def expand_tiles(packed: Tensor, scales_and_zeros: Tensor, group: int) -> Tensor:
    """Return the weight (N, K) behind `unpacked_from_tiles`, in the scales' type."""
    levels = unpacked_from_tiles(packed)
    values = (levels - _MIDDLE).view(len(levels), -1, group)
    scales, zeros = scales_and_zeros.transpose(0, 1).float().split(1, dim=-1)
    return (values * scales + zeros).view(levels.shape).to(scales_and_zeros.dtype)


@cache
def _unpacks_on_gpu() -> bool:
    """Whether this PyTorch packs as `unpacked_from_tiles` reads; else the kernel multiplies out."""
    levels = torch.randint(0, 16, (64, 256), dtype=torch.int32, device="cuda")
    return bool(torch.equal(unpacked_from_tiles(pack(levels)), levels))


@cache
def _expansion() -> Callable[[Tensor, Tensor, int], Tensor]:
    """Return `expand_tiles` as one kernel, where there is a compiler for it."""
    from .acceleration import can_compile, compiled

    return compiled(expand_tiles, is_one_graph=False) if can_compile() else expand_tiles


def _tiles(columns: int) -> int:
    return next(tiles for tiles in _TILES if columns % (tiles * _COLUMNS_PER_TILE) == 0)


def _group_of(layer: nn.Linear, name: str) -> int:
    for group in GROUPS:
        if layer.in_features % group == 0 and layer.out_features % _COLUMNS_PER_TILE == 0:
            return group
    raise CheckpointInvalid(
        f"int4 takes layers whose input is a multiple of {GROUPS[-1]} wide and whose output of "
        f"{_COLUMNS_PER_TILE}, '{name}' has {layer.in_features} and {layer.out_features}; choose "
        "the quantisation 'int8' or 'none'."
    )
