"""Answers written in batches on a key-value cache: greedily, or sampled several times a prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import DynamicCache, LlavaForConditionalGeneration

from ...model.decoding.prompt_tokens import MAX_NEW_TOKENS
from .base_model import embed
from .batches import Encoder

GREEDY, NUMBERS, ALL = "greedy", "numbers", "all"


@dataclass(frozen=True)
class Written:
    """One answer.

    Attributes:
        ids: token ids; the last one is the end, unless the model did not stop.
        sampled: for each of them whether chance chose it.
        text: the same in words, without the end.
    """

    ids: list[int]
    sampled: list[bool]
    text: str


class Writer:
    """Lets a model answer many prompts at once.

    What chance chooses: with `NUMBERS` only tokens where the likeliest one is a number, so that
    the copies of a prompt reason alike and differ in where they grasp; with `ALL` every token;
    with `GREEDY` nothing.
    """

    def __init__(self, llava: LlavaForConditionalGeneration, encoder: Encoder) -> None:
        """Take a model and look up which of its tokens are numbers."""
        self._llava, self._encoder = llava, encoder
        vocabulary = llava.get_input_embeddings().num_embeddings
        words = [encoder.tokenizer.id_to_token(index) or "" for index in range(vocabulary)]
        self._is_number = torch.tensor([word.strip("▁Ġ").isdecimal() for word in words])

    @torch.no_grad()
    def write(
        self,
        commands: Sequence[str],
        visual: Sequence[Tensor],
        copies: int = 1,
        chance: str = GREEDY,
        temperature: float = 1.0,
    ) -> list[list[Written]]:
        """Answer commands.

        Args:
            commands: one a picture.
            visual: (T, hidden) of each picture.
            copies: answers a command.
            chance: `GREEDY`, `NUMBERS` or `ALL`.
            temperature: of the sampling.

        Returns:
            For each command its answers.
        """
        llava = self._llava
        was_training = llava.training
        llava.eval()
        device = llava.get_input_embeddings().weight.device
        prompts = []
        for command, tokens in zip(commands, visual, strict=True):
            before, after = self._encoder.prompt(command, len(tokens))
            prompts.append([*before, *after])
        length = max(map(len, prompts))
        ids = torch.tensor([[self._encoder.end_id] * (length - len(p)) + p for p in prompts])
        mask = torch.tensor([[0] * (length - len(p)) + [1] * len(p) for p in prompts])
        ids, mask = ids.to(device), mask.to(device)
        position = (mask.cumsum(dim=1) - 1).clamp_min(0)
        cache = DynamicCache(config=llava.config.get_text_config())
        inputs = embed(llava, ids, torch.cat(list(visual)).to(device))
        logits = self._next_logits(inputs, mask, position, cache)
        cache.batch_repeat_interleave(copies)
        logits, mask = logits.repeat_interleave(copies, 0), mask.repeat_interleave(copies, 0)
        place = position[:, -1:].repeat_interleave(copies, 0)

        new_ids, new_sampled = [], []
        running = torch.ones(len(logits), dtype=torch.bool, device=device)
        for _ in range(MAX_NEW_TOKENS):
            chosen, sampled = self._choose(logits, chance, temperature)
            new_ids.append(chosen)
            new_sampled.append(sampled)
            running &= chosen != self._encoder.end_id
            if not running.any():
                break
            mask = torch.cat([mask, torch.ones_like(mask[:, :1])], dim=1)
            place = place + 1
            words = llava.get_input_embeddings()(chosen[:, None])
            logits = self._next_logits(words, mask, place, cache)
        llava.train(was_training)
        llava.model.vision_tower.eval()
        answers = [
            self._until_end(own_ids, own_sampled)
            for own_ids, own_sampled in zip(
                torch.stack(new_ids, 1).tolist(), torch.stack(new_sampled, 1).tolist(), strict=True
            )
        ]
        return [answers[first : first + copies] for first in range(0, len(answers), copies)]

    def _next_logits(
        self, inputs: Tensor, mask: Tensor, position: Tensor, cache: DynamicCache
    ) -> Tensor:
        output = self._llava(
            inputs_embeds=inputs,
            attention_mask=mask,
            position_ids=position,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        logits: Tensor = output.logits[:, -1].float()
        return logits

    def _choose(self, logits: Tensor, chance: str, temperature: float) -> tuple[Tensor, Tensor]:
        """Return the next token of each sequence, and whether chance chose it.

        The image token is never chosen: it would stand for a picture that is not there.
        """
        logits[:, self._encoder.image_id] = float("-inf")
        likeliest = logits.argmax(dim=1)
        if chance == GREEDY:
            return likeliest, torch.zeros_like(likeliest, dtype=torch.bool)
        drawn = torch.multinomial((logits / temperature).softmax(dim=1), 1)[:, 0]
        if chance == ALL:
            return drawn, torch.ones_like(drawn, dtype=torch.bool)
        is_number = self._is_number.to(logits.device)[likeliest]
        return torch.where(is_number, drawn, likeliest), is_number

    def _until_end(self, ids: list[int], sampled: list[bool]) -> Written:
        end = self._encoder.end_id
        kept = ids.index(end) + 1 if end in ids else len(ids)
        text = self._encoder.tokenizer.decode(ids[:kept], skip_special_tokens=True).strip()
        return Written(ids[:kept], sampled[:kept], text)
