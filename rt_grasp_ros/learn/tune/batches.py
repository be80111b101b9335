"""From conversations to padded batches of token ids, with the answers as the only targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from ...grasp.errors import DataInvalid
from ...language.prompt import IMAGE_TOKEN, Turn, build_prompt, said

NO_TARGET = -100


@dataclass(frozen=True)
class Batch:
    """B sequences, padded at the right.

    Attributes:
        ids: (B, S) int64; image tokens stand where the picture goes.
        attention_mask: (B, S) int64: 1 on tokens, 0 on padding.
        target: (B, S) int64: the next token where it belongs to an answer, else `NO_TARGET`.
        visual: (T, hidden): what the tower says about the pictures, one behind the other.
    """

    ids: Tensor
    attention_mask: Tensor
    target: Tensor
    visual: Tensor

    @property
    def answer_start(self) -> int:
        """First place at which any sequence has a target."""
        return int((self.target != NO_TARGET).any(dim=0).nonzero()[0])

    def to(self, device: torch.device) -> Batch:
        """Return the batch on a device."""
        return Batch(
            *(t.to(device) for t in (self.ids, self.attention_mask, self.target, self.visual))
        )


class Encoder:
    """Writes conversations as token ids, in LLaVA-1.5's format (`language/prompt.py`)."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        """Look up the special tokens.

        Raises:
            DataInvalid: the tokenizer is not that of a LLaVA model.
        """
        self.tokenizer = tokenizer
        self.image_id = int(tokenizer.convert_tokens_to_ids(IMAGE_TOKEN))
        if tokenizer.eos_token_id is None or self.image_id == tokenizer.unk_token_id:
            raise DataInvalid(
                f"The base's tokenizer lacks {IMAGE_TOKEN} or an end token; give a LLaVA "
                "checkpoint with --base."
            )
        self.end_id = int(tokenizer.eos_token_id)
        pad_id = tokenizer.pad_token_id
        self.pad_id = self.end_id if pad_id is None else int(pad_id)

    def prompt(self, command: str, visual_tokens: int) -> list[int]:
        """Return the ids of what the model completes.

        Args:
            command: the first one about a picture.
            visual_tokens: how many image tokens stand for the picture.
        """
        ids: list[int] = self.tokenizer(build_prompt(command)).input_ids
        split = ids.index(self.image_id)
        return [*ids[:split], *[self.image_id] * visual_tokens, *ids[split + 1 :]]

    def answer(self, text: str) -> list[int]:
        """Return the ids of an answer with its end."""
        return [*self.tokenizer(text, add_special_tokens=False).input_ids, self.end_id]

    def conversation(
        self, turns: Sequence[Turn], visual_tokens: int
    ) -> tuple[list[int], list[int]]:
        """Return a conversation's ids, and for each place the next token if an answer's.

        Args:
            turns: commands and answers.
            visual_tokens: how many image tokens stand for the picture.
        """
        ids: list[int] = []
        target: list[int] = []
        for turn in turns:
            question = (
                self.tokenizer(f"USER: {said(turn.command)}", add_special_tokens=False).input_ids
                if ids
                else self.prompt(turn.command, visual_tokens)
            )
            reply = self.answer(turn.answer)
            ids += [*question, *reply]
            # The place before a token is where it is predicted; after the end nothing is.
            target += [NO_TARGET] * (len(question) - 1) + reply + [NO_TARGET]
        return ids, target

    def batch(self, conversations: Sequence[Sequence[Turn]], visual: Sequence[Tensor]) -> Batch:
        """Encode and pad.

        Args:
            conversations: turns about each picture.
            visual: (T, hidden) of each picture.
        """
        rows = [
            self.conversation(turns, len(tokens))
            for turns, tokens in zip(conversations, visual, strict=True)
        ]
        return self.pad(rows, visual)

    def pad(
        self, rows: Sequence[tuple[list[int], list[int]]], visual: Sequence[Tensor]
    ) -> Batch:
        """Pad encoded rows of ids and targets to one length."""
        length = max(len(ids) for ids, _ in rows)

        def fill(values: Sequence[list[int]], value: int) -> Tensor:
            return torch.tensor([row + [value] * (length - len(row)) for row in values])

        return Batch(
            ids=fill([ids for ids, _ in rows], self.pad_id),
            attention_mask=fill([[1] * len(ids) for ids, _ in rows], 0),
            target=fill([target for _, target in rows], NO_TARGET),
            visual=torch.cat(list(visual)),
        )
