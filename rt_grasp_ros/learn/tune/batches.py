"""From conversations to padded batches of token ids, with the answers as the only targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from ...language.prompt import END_TOKEN, IMAGE_TOKEN, Turn, said
from ...model.decoding.prompt_tokens import PromptTokens
from ...model.decoding.tokens import token_id

NO_TARGET = -100
_PADDING = -1  # segment of padding


@dataclass(frozen=True)
class Sequences:
    """Tokens of one picture: the picture once, then all conversations about it.

    Attributes:
        ids: token ids; image tokens stand where the picture goes.
        position: place of each token in its own conversation; all continue from the picture.
        segment: 0 for what they share, then 1, 2, ... by conversation.
        target: the next token where it belongs to an answer, else `NO_TARGET`.
    """

    ids: list[int]
    position: list[int]
    segment: list[int]
    target: list[int]


@dataclass(frozen=True)
class Batch:
    """B pictures with their conversations, padded at the right to S tokens.

    Attributes:
        ids: (B, S) int64.
        position: (B, S) int64.
        segment: (B, S) int64, -1 on padding.
        target: (B, S) int64.
        visual: (T, hidden): what the tower says about the pictures, one behind the other.
    """

    ids: Tensor
    position: Tensor
    segment: Tensor
    target: Tensor
    visual: Tensor

    @property
    def answer_start(self) -> int:
        """First place at which any sequence has a target."""
        return int((self.target != NO_TARGET).any(dim=0).nonzero()[0])

    def may_attend(self) -> Tensor:
        """Mask (B, 1, S, S), bool: causal, and no conversation sees another."""
        length = self.ids.shape[1]
        causal = torch.ones(length, length, dtype=torch.bool, device=self.ids.device).tril()
        own = self.segment[:, :, None] == self.segment[:, None, :]
        shared = (self.segment == 0)[:, None, :]
        return (causal & (own | shared))[:, None]

    def to(self, device: torch.device) -> Batch:
        """Return the batch on a device."""
        return Batch(**{name: tensor.to(device) for name, tensor in vars(self).items()})


class Encoder:
    """Writes conversations as token ids, in LLaVA-1.5's format (`language/prompt.py`)."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Look up the special tokens.

        Raises:
            ValueError: the tokenizer is not that of a LLaVA model.
        """
        self.tokenizer = tokenizer
        self.end_id = token_id(tokenizer, END_TOKEN)
        self.image_id = token_id(tokenizer, IMAGE_TOKEN)

    def prompt(self, command: str, visual_tokens: int) -> tuple[list[int], list[int]]:
        """Return the ids of what the model completes: up to the picture's end, and from there.

        Args:
            command: the first one about a picture.
            visual_tokens: how many image tokens stand for the picture.
        """
        tokens = PromptTokens.encode(self.tokenizer, command)
        return [*tokens.before, *[self.image_id] * visual_tokens], list(tokens.after)

    def answer(self, text: str) -> list[int]:
        """Return the ids of an answer with its end."""
        return [*self._plain(text), self.end_id]

    def turns(self, turns: Sequence[Turn], visual_tokens: int) -> tuple[list[int], list[int]]:
        """Return the ids of a conversation from the picture's end on, and its targets."""
        ids: list[int] = []
        target: list[int] = []
        for turn in turns:
            question = (
                self._plain(f"USER: {said(turn.command)}")
                if ids
                else self.prompt(turn.command, visual_tokens)[1]
            )
            reply = self.answer(turn.answer)
            ids += [*question, *reply]
            # A token is predicted at the place before it; nothing is at the answer's end.
            target += [*[NO_TARGET] * (len(question) - 1), *reply, NO_TARGET]
        return ids, target

    def picture(self, conversations: Sequence[Sequence[Turn]], visual_tokens: int) -> Sequences:
        """Encode what is said about one picture.

        Args:
            conversations: about the picture, independent of each other, at least one.
            visual_tokens: how many image tokens stand for the picture.
        """
        encoded = [self.turns(turns, visual_tokens) for turns in conversations]
        prefix = self.prompt(conversations[0][0].command, visual_tokens)[0]
        return join(prefix, encoded)

    def _plain(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return ids


def join(prefix: list[int], encoded: Sequence[tuple[list[int], list[int]]]) -> Sequences:
    """Put encoded conversations (ids, targets) behind the prefix that they share."""
    start = len(prefix)
    whole = Sequences(list(prefix), list(range(start)), [0] * start, [NO_TARGET] * start)
    for number, (ids, target) in enumerate(encoded, start=1):
        whole.ids.extend(ids)
        whole.position.extend(range(start, start + len(ids)))
        whole.segment.extend([number] * len(ids))
        whole.target.extend(target)
    return whole


def collate(pictures: Sequence[Sequences], visual: Sequence[Tensor]) -> Batch:
    """Pad to one length.

    Args:
        pictures: encoded pictures.
        visual: (T, hidden) of each.
    """
    length = max(len(picture.ids) for picture in pictures)

    def fill(rows: Sequence[list[int]], value: int) -> Tensor:
        return torch.tensor([row + [value] * (length - len(row)) for row in rows])

    return Batch(
        ids=fill([picture.ids for picture in pictures], 0),
        position=fill([picture.position for picture in pictures], 0),
        segment=fill([picture.segment for picture in pictures], _PADDING),
        target=fill([picture.target for picture in pictures], NO_TARGET),
        visual=torch.cat(list(visual)),
    )
