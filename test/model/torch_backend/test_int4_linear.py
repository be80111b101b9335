"""4 bits: rounded as said, multiplied as rounded, and unpacked as PyTorch's GPU kernel packs."""

import pytest
import torch
from torch import nn

from rt_grasp_ros.grasp.errors import CheckpointInvalid
from rt_grasp_ros.model.torch_backend.int4_linear import (
    FEW_ROWS,
    Int4Linear,
    expand_tiles,
    pack,
    quantised_in_groups,
    unpacked_from_tiles,
)

pytestmark = pytest.mark.torch

CPU = torch.device("cpu")


def layer(inputs=256, outputs=64, bias=False, dtype=torch.float32):
    torch.manual_seed(0)
    return nn.Linear(inputs, outputs, bias).to(dtype).requires_grad_(False)


def expanded_by_hand(levels, scales_and_zeros, group):
    """Each weight on its own, as the docstring defines it."""
    weight = torch.empty(levels.shape)
    for row in range(levels.shape[0]):
        for column in range(levels.shape[1]):
            scale, zero = scales_and_zeros[column // group, row].float()
            weight[row, column] = (int(levels[row, column]) - 8) * scale + zero
    return weight


@pytest.mark.parametrize("group", [64, 128])
@pytest.mark.parametrize("bias", [False, True])
def test_few_rows_and_many_are_the_product_with_the_rounded_weight(group, bias):
    plain = layer(bias=bias)
    quantised = Int4Linear(plain, CPU, group=group)
    levels, scales_and_zeros = quantised_in_groups(plain.weight, group)
    weight = expanded_by_hand(levels, scales_and_zeros, group)
    torch.testing.assert_close(quantised.expanded(), weight, atol=1e-6, rtol=1e-5)
    for rows in (1, 5, FEW_ROWS, FEW_ROWS + 1, 40):
        inputs = torch.randn(2, rows, 256)[:1]
        expected = nn.functional.linear(inputs, weight, plain.bias)
        torch.testing.assert_close(quantised(inputs), expected, atol=1e-4, rtol=1e-4)


def test_many_rows_are_not_given_to_the_kernel_for_few(monkeypatch):
    from rt_grasp_ros.model.torch_backend import int4_linear

    quantised, seen = Int4Linear(layer(), CPU), []
    multiply = int4_linear.multiply
    monkeypatch.setattr(
        int4_linear, "multiply", lambda rows, *more: seen.append(len(rows)) or multiply(rows, *more)
    )
    quantised(torch.randn(FEW_ROWS, 256))
    assert seen == [FEW_ROWS]
    quantised(torch.randn(FEW_ROWS + 1, 256))
    assert seen[1:] == [256]  # the weight is multiplied out once, by an identity


def test_rounding_is_within_half_a_step_or_of_less_squared_error_than_that():
    weight = layer().weight
    levels, scales_and_zeros = quantised_in_groups(weight, 64)
    rounded = expanded_by_hand(levels, scales_and_zeros, 64)
    groups = weight.view(64, -1, 64)
    half_step = (groups.amax(-1) - groups.amin(-1)) / 15 / 2
    error = (rounded - weight).view(64, -1, 64)
    assert (error.square().mean(-1).sqrt() <= half_step).all()
    assert 0.02 < float(error.square().mean().sqrt() / weight.square().mean().sqrt()) < 0.12
    assert levels.min() >= 0
    assert levels.max() <= 15


def test_equal_weights_of_a_group_are_kept():
    plain = layer()
    plain.weight.data[:] = 0.25
    torch.testing.assert_close(Int4Linear(plain, CPU).expanded(), plain.weight.data)


def test_wide_groups_are_taken_where_they_fit_and_other_widths_are_named():
    assert Int4Linear(layer(256), CPU).group == 128
    assert Int4Linear(layer(192), CPU).group == 64
    for inputs, outputs in ((96, 64), (128, 40)):
        with pytest.raises(CheckpointInvalid, match=f"'up' has {inputs} and {outputs}"):
            Int4Linear(layer(inputs, outputs), CPU, "up")


def packed_like_the_gpu(levels, tiles):
    """PyTorch's `matrix_to_m16n8k16_Bint4_layout` (int4mm.cu), lane by lane."""
    rows, columns = levels.shape
    packed = torch.zeros(rows // 8, columns // (tiles * 16), 32, tiles // 2, dtype=torch.int64)
    for row_tile in range(packed.shape[0]):
        for outer in range(packed.shape[1]):
            for lane in range(32):
                for inner in range(0, tiles, 2):
                    row = levels[row_tile * 8 + lane // 4]
                    first = (outer * tiles + inner) * 8 + lane % 4
                    word = 0
                    for place, pair in enumerate((first, first + 4, first + 8, first + 12)):
                        word |= int(row[2 * pair]) << 4 * place
                        word |= int(row[2 * pair + 1]) << 4 * (place + 4)
                    packed[row_tile, outer, lane, inner // 2] = word
    return packed.to(torch.int32)  # wraps, as the kernel's uint32 does


@pytest.mark.parametrize("tiles", [2, 4, 8])
def test_the_layout_of_the_gpu_is_unpacked(tiles):
    levels = torch.randint(0, 16, (16, 256), generator=torch.Generator().manual_seed(tiles))
    unpacked = unpacked_from_tiles(packed_like_the_gpu(levels, tiles))
    assert torch.equal(unpacked, levels.to(torch.int32))


def test_the_expansion_of_the_gpus_layout_is_the_rounded_weight():
    levels, scales_and_zeros = quantised_in_groups(layer(256, 16).weight, 64)
    expanded = expand_tiles(packed_like_the_gpu(levels, 8), scales_and_zeros, 64)
    torch.testing.assert_close(expanded, expanded_by_hand(levels, scales_and_zeros, 64))


@pytest.mark.gpu
@pytest.mark.parametrize("columns", [128, 4096, 11008])
def test_a_gpu_packs_as_we_unpack_and_multiplies_what_we_expand(columns):
    plain = layer(columns, 256, dtype=torch.bfloat16)
    levels, _ = quantised_in_groups(plain.weight.cuda(), 128)
    assert torch.equal(unpacked_from_tiles(pack(levels)), levels)
    quantised = Int4Linear(plain, torch.device("cuda"))
    torch.testing.assert_close(quantised.expanded(), quantised._multiplied_out())
    rows = torch.randn(5, columns, dtype=torch.bfloat16, device="cuda")
    expected = nn.functional.linear(rows, quantised.expanded())
    torch.testing.assert_close(quantised(rows), expected, atol=0.05, rtol=0.05)
