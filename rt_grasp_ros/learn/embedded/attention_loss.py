"""Auxiliary losses on where the language model looks while it answers (training only).

Left alone, a small model first learns to guess numbers from its own words and only late that the
command names what to look for. Two heads of one layer are therefore asked to look for the part
that the command names, and to attend to its visual tokens; their values then carry the numbers.
Where the part is not there they are to attend to the very first token instead. A third head is
asked to attend to the earlier answer's number where a follow-up ("a bit to the left") changes it.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from transformers import LlavaForConditionalGeneration
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

ATTENTION_LAYER = 2
ATTENTION_HEADS = 2
RECALL_HEAD = ATTENTION_HEADS
SLOW_PAIR = 6
"""From this one of a head's rotary pairs on, 250 tokens turn less than 15 degrees."""

_KEY_SCALE = 3.0  # a visual token's part probability after the layer's norm, about


def slow_dimensions(head_dim: int) -> Tensor:
    """Return the dimensions of a head that compare content, whatever the distance."""
    pairs = head_dim // 2
    slow = torch.arange(SLOW_PAIR, pairs)
    return torch.cat([slow, slow + pairs])


class AttentionLoss:
    """Cross-entropies of what heads look for, and of where they look."""

    def __init__(self, model: LlavaForConditionalGeneration):
        self._language_model = model.model.language_model
        attention = self._language_model.layers[ATTENTION_LAYER].self_attn
        self._key_weight = attention.k_proj.weight
        seen = model.config.vision_config
        self._features = 1 + seen.num_part_types + seen.num_colours
        self._head_dim: int = attention.head_dim
        self._captured: dict[str, Tensor] = {}
        self._hooks = [
            projection.register_forward_hook(self._keep(name))
            for name, projection in (("q", attention.q_proj), ("k", attention.k_proj))
        ]

    def _keep(self, name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def hook(_module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
            self._captured[name] = output

        return hook

    def __call__(
        self, position_ids: Tensor, rows: Tensor, places: Tensor, keys_at: Tensor, where: Tensor
    ) -> Tensor:
        """Return the loss of the forward pass that just ran.

        Args:
            position_ids: (B, S) of that pass.
            rows: (N,) which sequence each judged token stands in.
            places: (N,) where in it.
            keys_at: (K,) places that may be looked at, the same in all sequences: one that stands
                for nowhere, then the visual tokens.
            where: (N, K) distribution over them: the part that is asked for, or nowhere.
        """
        queries, keys = self._heads(slice(0, ATTENTION_HEADS), position_ids)
        scores = self._scores(queries, keys[:, :, keys_at])[rows, :, places]  # (N, heads, K)
        return -(where[:, None] * scores.log_softmax(dim=-1)).sum(-1).mean()

    def recall(self, position_ids: Tensor, may_look: Tensor, target: Tensor) -> Tensor:
        """Return the loss on where the third head looks: an earlier number, else the first token.

        Args:
            position_ids: (B, S) of the forward pass that just ran.
            may_look: (B, S, S) bool.
            target: (B, S): the place to look at, 0 the first token, -100 where it does not matter.
        """
        queries, keys = self._heads(slice(RECALL_HEAD, RECALL_HEAD + 1), position_ids)
        wanted = target[target >= 0]
        each = []
        for row, own_target in enumerate(target):
            places = (own_target >= 0).nonzero(as_tuple=True)[0]
            scores = self._scores(queries[row : row + 1, :, places], keys[row : row + 1])[0, 0]
            scores = scores.masked_fill(~may_look[row, places], -1e9)  # (N, S)
            wanted_here = own_target[places]
            each.append(nn.functional.cross_entropy(scores, wanted_here, reduction="none"))
        losses = torch.cat(each)
        kinds = [losses[wanted > 0], losses[wanted == 0]]
        return torch.stack([kind.mean() for kind in kinds if len(kind)]).mean()

    def _heads(self, heads: slice, position_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return rotated queries and keys of some heads, (B, heads, S, head_dim) each."""
        queries, keys = (
            self._captured[name].unflatten(-1, (-1, self._head_dim))[:, :, heads].transpose(1, 2)
            for name in ("q", "k")
        )
        cos, sin = self._language_model.rotary_emb(queries, position_ids)
        queries, keys = apply_rotary_pos_emb(queries, keys, cos, sin)
        return queries, keys

    def _scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        return queries.float() @ keys.float().transpose(2, 3) / self._head_dim**0.5

    def looking_for(self, rows: Tensor, places: Tensor, features: Tensor) -> Tensor:
        """Return the loss on which part type's or colour's key the two heads' queries match best.

        Args:
            rows: (N,) which sequence each judged token stands in.
            places: (N,) where in it.
            features: (N,) what is asked for, as visual tokens count it: part types from 1, then
                colours.
        """
        slow = slow_dimensions(self._head_dim).to(rows.device)
        queries = self._captured["q"].unflatten(-1, (-1, self._head_dim))[rows, places]
        keys = self._key_weight.detach().unflatten(0, (-1, self._head_dim))
        scores = torch.einsum(
            "nhd,hdp->nhp",
            queries[:, :ATTENTION_HEADS, slow].float(),
            keys[:ATTENTION_HEADS, slow, : self._features],
        )
        scores = scores * _KEY_SCALE / self._head_dim**0.5
        wanted = features[:, None].expand(-1, ATTENTION_HEADS)
        return nn.functional.cross_entropy(scores.flatten(0, 1), wanted.flatten())

    def remove(self) -> None:
        """Take the hooks off the model."""
        for hook in self._hooks:
            hook.remove()
