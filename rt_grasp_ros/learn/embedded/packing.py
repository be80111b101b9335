"""Several dialogues about one picture in one sequence, so that the picture is encoded once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from ...data.dialogues import Dialogue
from ...language.codec import THOUSANDTHS
from ...language.prompt import END_TOKEN, IMAGE_TOKEN, build_prompt
from ...model.decoding.tokens import number_token, token_id
from ..checkpoint.tokenizer import PAD_TOKEN


@dataclass(frozen=True)
class PackedBatch:
    """Token sequences with a block mask.

    Attributes:
        ids: (B, S) int64; image tokens stand where the picture goes.
        position_ids: (B, S) int64; every dialogue continues from the picture.
        segment: (B, S) int64: 0 the shared prefix, 1.. the dialogues, -1 padding.
        target: (B, S) int64: the next token where it belongs to an answer, else -100.
        recall: (B, S) int64: where the next token is a number that follows from an earlier
            answer, the place of that answer's number, else -1.
    """

    ids: Tensor
    position_ids: Tensor
    segment: Tensor
    target: Tensor
    recall: Tensor

    def may_look(self) -> Tensor:
        """Which places see which, (B, S, S) bool: causal, and no dialogue sees another."""
        length = self.ids.shape[1]
        causal = torch.ones(length, length, dtype=torch.bool, device=self.ids.device).tril()
        own = self.segment[:, :, None] == self.segment[:, None, :]
        prefix = (self.segment == 0)[:, None, :]
        return causal & (own | prefix)


def pack(
    tokenizer: Tokenizer,
    dialogues: Sequence[Sequence[Dialogue]],
    image_tokens: int,
) -> PackedBatch:
    """Pack the dialogues of each picture.

    Args:
        tokenizer: of the model.
        dialogues: for each picture, what is asked and answered about it.
        image_tokens: visual tokens of a picture.
    """
    image_id = token_id(tokenizer, IMAGE_TOKEN)
    end_id, pad_id = token_id(tokenizer, END_TOKEN), token_id(tokenizer, PAD_TOKEN)
    first_number_id = token_id(tokenizer, number_token(0))
    numbers = range(first_number_id, first_number_id + THOUSANDTHS)
    rows = []
    for about_picture in dialogues:
        ids: list[int] = []
        position: list[int] = []
        segment: list[int] = []
        target: list[int] = []
        recall: list[int] = []
        for number, dialogue in enumerate(about_picture, start=1):
            prompt_ids = tokenizer.encode(build_prompt(dialogue.command, dialogue.history)).ids
            split = prompt_ids.index(image_id)
            if not ids:
                ids = prompt_ids[:split] + [image_id] * image_tokens
                position, segment = list(range(len(ids))), [0] * len(ids)
                target, recall, start = [-100] * len(ids), [-1] * len(ids), len(ids)
            question, reply = (
                prompt_ids[split + 1 :],
                [*tokenizer.encode(dialogue.answer).ids, end_id],
            )
            own = [*question, *reply[:-1]]
            next_ids = [-100] * (len(question) - 1) + reply
            earlier = [len(ids) + k for k, token in enumerate(question) if token in numbers]
            places = iter(earlier if dialogue.is_recalled else [])
            recall += [next(places, -1) if token in numbers else -1 for token in next_ids]
            ids += own
            position += range(start, start + len(own))
            segment += [number] * len(own)
            target += next_ids
        rows.append((ids, position, segment, target, recall))
    length = max(len(row[0]) for row in rows)
    fills = (pad_id, 0, -1, -100, -1)
    columns = [
        torch.from_numpy(
            np.array([row[k] + [fill] * (length - len(row[k])) for row in rows], dtype=np.int64)
        )
        for k, fill in enumerate(fills)
    ]
    return PackedBatch(*columns)
