"""Attention over packed dialogues that computes only what may be looked at.

In a sequence of a picture and twelve dialogues a dense mask forbids four fifths of all pairs of
tokens, and attention over them would take half of a training step. Here every dialogue attends to
the picture and to itself, in groups of about the same length.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import AttentionInterface, PreTrainedModel

NAME = "rt_grasp_packed"
_GROUPS = 4


@dataclass(frozen=True)
class DialogueGroup:
    """Dialogues that are computed together, each padded to the longest.

    Attributes:
        row: (n,) which sequence each stands in.
        place: (n, L) where in it its tokens stand, 0 where it has ended.
        is_token: (n, L) bool, where it has not.
        may_look: (n, 1, L, P + L) bool, at the prefix and at itself.
    """

    row: Tensor
    place: Tensor
    is_token: Tensor
    may_look: Tensor


@dataclass(frozen=True)
class PackedLayout:
    """Where the dialogues of a batch stand.

    Attributes:
        prefix: P, the number of tokens that all dialogues of a sequence share, picture and all.
        groups: all dialogues, the short ones first.
    """

    prefix: int
    groups: tuple[DialogueGroup, ...]

    @classmethod
    def of(cls, segment: Tensor) -> PackedLayout:
        """Read the layout off `PackedBatch.segment`, (B, S)."""
        prefix = int((segment[0] == 0).sum())
        spans = []
        for row, numbers in enumerate(segment):
            values, counts = numbers[prefix:].unique_consecutive(return_counts=True)
            starts = prefix + counts.cumsum(0) - counts
            spans += [
                (int(count), row, int(start))
                for value, count, start in zip(values, counts, starts, strict=True)
                if value > 0
            ]
        spans.sort()
        size = -(-len(spans) // _GROUPS)
        chunks = [spans[first : first + size] for first in range(0, len(spans), size)]
        return cls(prefix, tuple(_group(chunk, prefix) for chunk in chunks))


def _group(spans: list[tuple[int, int, int]], prefix: int) -> DialogueGroup:
    lengths, rows, starts = torch.tensor(spans).unbind(1)
    longest = int(lengths.max())
    steps = torch.arange(longest)
    is_token = steps < lengths[:, None]
    own = torch.ones(longest, longest, dtype=torch.bool).tril() & is_token[:, None, :]
    may_look = torch.cat([own.new_ones(len(spans), longest, prefix), own], dim=2)
    place = torch.where(is_token, starts[:, None] + steps, 0)
    return DialogueGroup(rows, place, is_token, may_look[:, None])


def packed_attention(
    _module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    _attention_mask: Tensor | None,
    *,
    scaling: float,
    layout: PackedLayout,
    **_: object,
) -> tuple[Tensor, None]:
    """Attend as `PackedBatch.may_look` allows; an attention function of transformers.

    Args:
        query: (B, heads, S, head_dim).
        key: of the same shape.
        value: of the same shape.
        scaling: of the scores.
        layout: where the dialogues stand.

    Returns:
        (B, S, heads, head_dim), zero at padding; and no weights.
    """
    dtype = value.dtype
    query, key, value = query.float(), key.float(), value.float()  # twice as fast on CPUs
    head = slice(0, layout.prefix)
    picture = F.scaled_dot_product_attention(
        query[:, :, head], key[:, :, head], value[:, :, head], is_causal=True, scale=scaling
    )
    mixed = picture.new_zeros(value.transpose(1, 2).shape)
    mixed[:, head] = picture.transpose(1, 2)
    query, key, value = (states.transpose(1, 2) for states in (query, key, value))
    for group in layout.groups:
        row = group.row[:, None]

        def with_picture(states: Tensor, group: DialogueGroup = group) -> Tensor:
            own = states[group.row[:, None], group.place]
            return torch.cat([states[group.row, head], own], dim=1).transpose(1, 2)

        answer = F.scaled_dot_product_attention(
            query[row, group.place].transpose(1, 2),
            with_picture(key),
            with_picture(value),
            attn_mask=group.may_look,
            scale=scaling,
        ).transpose(1, 2)
        rows = row.expand_as(group.place)[group.is_token]
        mixed[rows, group.place[group.is_token]] = answer[group.is_token]
    return mixed.to(dtype), None


@contextmanager
def packed_attention_in(model: PreTrainedModel) -> Iterator[None]:
    """Let a language model attend so; its forward pass then takes `layout=`."""
    before: str = model.config._attn_implementation
    AttentionInterface.register(NAME, packed_attention)
    model.set_attn_implementation(NAME)
    try:
        yield
    finally:
        model.set_attn_implementation(before)
