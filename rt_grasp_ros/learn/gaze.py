"""An auxiliary loss on where the language model looks while it answers (training only).

Left alone, a small model first learns to guess numbers from its own words and only late that the
command names what to look for. Two heads of one layer are therefore asked to attend to the visual
tokens of the part that the answer is about; their values then carry the numbers.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from transformers import LlavaForConditionalGeneration
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

GAZE_LAYER = 2
GAZE_HEADS = 2


class GazeLoss:
    """Cross-entropy between two heads' attention over the picture and where the part is."""

    def __init__(self, model: LlavaForConditionalGeneration):
        self._language_model = model.model.language_model
        attention = self._language_model.layers[GAZE_LAYER].self_attn
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
        self, position_ids: Tensor, rows: Tensor, places: Tensor, picture: slice, where: Tensor
    ) -> Tensor:
        """Return the loss of the forward pass that just ran.

        Args:
            position_ids: (B, S) of that pass.
            rows: (N,) which sequence each judged token stands in.
            places: (N,) where in it.
            picture: places of the visual tokens, the same in all sequences.
            where: (N, T) distribution over visual tokens of the part that is asked for.
        """
        heads = [
            self._captured[name].unflatten(-1, (-1, self._head_dim))[:, :, :GAZE_HEADS]
            for name in ("q", "k")
        ]
        queries, keys = (head.transpose(1, 2) for head in heads)  # (B, heads, S, head_dim)
        cos, sin = self._language_model.rotary_emb(queries, position_ids)
        queries, keys = apply_rotary_pos_emb(queries, keys, cos, sin)
        asked = queries[rows, :, places]  # (N, heads, head_dim)
        seen = keys[:, :, picture][rows]  # (N, heads, T, head_dim)
        scores = torch.einsum("nhd,nhtd->nht", asked.float(), seen.float()) / self._head_dim**0.5
        return -(where[:, None] * scores.log_softmax(dim=-1)).sum(-1).mean()

    def remove(self) -> None:
        """Take the hooks off the model."""
        for hook in self._hooks:
            hook.remove()
