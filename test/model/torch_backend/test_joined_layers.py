"""Joined layers compute what the layers they were made of compute."""

import pytest
import torch
from tiny_llava import tiny_llava

from rt_grasp_ros.model.torch_backend.joined_layers import (
    JoinedAttention,
    JoinedMlp,
    join_layers,
)

pytestmark = pytest.mark.torch

IDS = torch.arange(3, 40)[None]
WIDTHS = {"num_key_value_heads": 2, "attention_bias": True}


@pytest.mark.parametrize("text", [{}, WIDTHS], ids=["plain", "grouped queries and biases"])
@torch.no_grad()
def test_logits_are_those_of_the_stock_layers(text):
    torch.manual_seed(0)
    model = tiny_llava(**text)
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            parameter.normal_()
    expected = model(input_ids=IDS).logits
    join_layers(model)
    torch.testing.assert_close(model(input_ids=IDS).logits, expected, atol=1e-4, rtol=1e-4)


def test_every_block_of_the_language_model_is_joined_and_the_tower_is_not():
    model = tiny_llava()
    join_layers(model)
    for block in model.model.language_model.layers:
        assert isinstance(block.self_attn, JoinedAttention)
        assert isinstance(block.mlp, JoinedMlp)
        assert block.self_attn.qkv_proj.out_features == 3 * 128
        assert block.mlp.gate_up_proj.out_features == 2 * 256
    names = [name for name, _ in model.named_parameters()]
    assert not any(part in name for name in names for part in ("gate_proj", "up_proj.0"))
    assert any("vision_tower" in name and "q_proj" in name for name in names)


def test_no_weight_is_held_twice():
    before = sum(weight.numel() for weight in tiny_llava().parameters())
    model = tiny_llava()
    join_layers(model)
    assert sum(weight.numel() for weight in model.parameters()) == before
    assert not model.training
