"""Products of the same input as one: queries, keys and values, and the two halves of the MLP.

One wide product runs nearer to the memory's limit than three narrow ones, and starts fewer
kernels. Adapters know the layers by their own names: they are merged before.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import Cache, PreTrainedModel
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS
from transformers.models.llama.modeling_llama import (
    LlamaAttention,
    LlamaMLP,
    apply_rotary_pos_emb,
    eager_attention_forward,
)


def join_layers(model: PreTrainedModel) -> None:
    """Join the layers of every Llama block in place; what is no Llama stays as it is.

    Args:
        model: with linear layers that are not quantised yet.
    """
    for name, module in list(model.named_modules()):
        if type(module) is LlamaAttention:
            model.set_submodule(name, JoinedAttention(module))
        elif type(module) is LlamaMLP:
            model.set_submodule(name, JoinedMlp(module))


class JoinedAttention(nn.Module):
    """`LlamaAttention` with one layer for queries, keys and values."""

    def __init__(self, attention: LlamaAttention) -> None:
        """Take over the weights of a layer, which is of no use afterwards."""
        super().__init__()
        self.config = attention.config
        self.layer_idx = attention.layer_idx
        self.head_dim = attention.head_dim
        self.num_key_value_groups = attention.num_key_value_groups  # asked by transformers
        self.scaling = attention.scaling
        self.is_causal = attention.is_causal
        parts = (attention.q_proj, attention.k_proj, attention.v_proj)
        self._heads = [part.out_features // self.head_dim for part in parts]
        self.qkv_proj = _joined(*parts)
        self.o_proj = attention.o_proj
        self.train(attention.training)

    def forward(
        self,
        hidden_states: Tensor,
        position_embeddings: tuple[Tensor, Tensor],
        attention_mask: Tensor | None = None,
        past_key_values: Cache | None = None,
        cache: Cache | None = None,
        **more: object,
    ) -> tuple[Tensor, Tensor | None]:
        """Attend, see `LlamaAttention.forward`; newer transformers call the cache `cache`."""
        held = past_key_values if cache is None else cache
        shape = hidden_states.shape[:-1]
        joined = self.qkv_proj(hidden_states).view(*shape, -1, self.head_dim).transpose(1, 2)
        queries, keys, values = joined.split(self._heads, dim=1)
        queries, keys = apply_rotary_pos_emb(queries, keys, *position_embeddings)
        if held is not None:
            keys, values = held.update(keys, values, self.layer_idx)
        attend = ALL_ATTENTION_FUNCTIONS.get_interface(
            self.config._attn_implementation, eager_attention_forward
        )
        attended, weights = attend(
            self, queries, keys, values, attention_mask, dropout=0.0, scaling=self.scaling, **more
        )
        return self.o_proj(attended.reshape(*shape, -1).contiguous()), weights


class JoinedMlp(nn.Module):
    """`LlamaMLP` with one layer for gate and up."""

    def __init__(self, mlp: LlamaMLP) -> None:
        """Take over the weights of a layer, which is of no use afterwards."""
        super().__init__()
        self.gate_up_proj = _joined(mlp.gate_proj, mlp.up_proj)
        self.down_proj = mlp.down_proj
        self.act_fn = mlp.act_fn
        self.train(mlp.training)

    def forward(self, hidden_states: Tensor) -> Tensor:
        """Return what `LlamaMLP.forward` does."""
        gate, up = self.gate_up_proj(hidden_states).chunk(2, dim=-1)
        down: Tensor = self.down_proj(self.act_fn(gate) * up)
        return down


def _joined(*parts: nn.Linear) -> nn.Linear:
    """Return one layer whose output is that of several, one behind the other."""
    first = parts[0]
    joined = nn.Linear(
        first.in_features, sum(part.out_features for part in parts), bias=False, device="meta"
    )
    joined.weight = nn.Parameter(torch.cat([part.weight.data for part in parts]), False)
    if first.bias is not None:
        joined.bias = nn.Parameter(torch.cat([part.bias.data for part in parts]), False)
    return joined
