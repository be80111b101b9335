"""Ways to run the same model: as most people do, and ours, one step after the other."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from transformers import LlavaForConditionalGeneration

from ..model.torch_backend.static_decoding import StaticDecoder
from .gpu_model import Question, Shapes, free_grammar

DRAFT_RIGHT_SHARE = 0.8
"""How often a drafted token is taken to be right; random weights follow no template."""


@dataclass(frozen=True)
class Way:
    """A way to run the model.

    Attributes:
        name: of its row.
        quantise: see `model/torch_backend/quantise.py`.
        doubly: quantise the scales, too.
        acceleration: of our steps; None for `generate` of transformers.
        draft_tokens: length of drafts; 0 for none.
    """

    name: str
    quantise: str
    doubly: bool = False
    acceleration: str | None = None
    draft_tokens: int = 0


BASELINE = "generate, nf4 doubly quantised"

WAYS = (
    Way("generate, bf16", "none"),
    Way(BASELINE, "nf4", doubly=True),
    Way("static cache", "nf4", doubly=True, acceleration="eager"),
    Way("+ CUDA graph", "nf4", doubly=True, acceleration="graphs"),
    Way("+ compiled", "nf4", doubly=True, acceleration="compiled"),
    Way("+ scales in float32", "nf4", acceleration="compiled"),
    Way("+ drafts of 4 tokens", "nf4", acceleration="compiled", draft_tokens=4),
    Way("ours in int8, drafts of 7", "int8", acceleration="compiled", draft_tokens=7),
    Way("ours in bf16, drafts of 7", "none", acceleration="compiled", draft_tokens=7),
)


@dataclass(frozen=True)
class Timing:
    """One answer.

    Attributes:
        first_token_s: from the picture on the host to the first token on it.
        total_s: to the last token.
    """

    first_token_s: float
    total_s: float


Answer = Callable[[], Timing]


def stock_answer(
    llava: LlavaForConditionalGeneration, question: Question, shapes: Shapes
) -> Answer:
    """Return what answers by `generate`, greedily.

    Args:
        llava: the model.
        question: the picture and the prompt.
        shapes: say how long the answer is.
    """
    device = question.before.device
    picture = torch.full((1, shapes.image_tokens), llava.config.image_token_id, device=device)
    ids = torch.cat([question.before, picture, question.after], dim=1)

    def generate(new_tokens: int) -> float:
        start_s = time.perf_counter()
        llava.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            pixel_values=question.pixel_values.to(device, llava.dtype),
            min_new_tokens=new_tokens,
            max_new_tokens=new_tokens,
            do_sample=False,
            pad_token_id=0,
        )
        wait_for(device)
        return time.perf_counter() - start_s

    return lambda: Timing(generate(1), generate(shapes.answer_tokens))


class OurAnswer:
    """What answers by our static decoding."""

    def __init__(
        self, llava: LlavaForConditionalGeneration, question: Question, shapes: Shapes, way: Way
    ) -> None:
        """Allocate, compile and record.

        Args:
            llava: the model.
            question: the picture and the prompt.
            shapes: say how long the answer is.
            way: how its steps are run.
        """
        self._llava = llava
        self._question = question
        self._length = shapes.answer_tokens
        grammar = free_grammar(shapes.text["vocab_size"])
        self.decoder = StaticDecoder(
            llava, grammar, shapes.places, way.draft_tokens, way.acceleration or "eager"
        )
        self.decoder.warm_up(lambda *_: None)
        self._expected: list[int] = []
        self._chance = np.random.default_rng(0)
        if way.draft_tokens:
            self._write(self._next_step)
            self._expected = list(self._token_ids)

    def __call__(self) -> Timing:
        """Write one answer."""
        return self._write(self._next_draft if self._expected else self._next_step)

    @torch.no_grad()
    def _write(self, go_on: Callable[[], None]) -> Timing:
        start_s = time.perf_counter()
        llava, question = self._llava, self._question
        pixels = question.pixel_values.to(llava.device, llava.dtype)
        features = llava.get_image_features(pixels, return_dict=True).pooler_output
        embed = llava.get_input_embeddings()
        parts = [embed(question.before), torch.cat(list(features))[None], embed(question.after)]
        prompt = torch.cat(parts, dim=1)
        first = self.decoder.prefill(prompt, 0, self.decoder.capacity)
        first_token_s = time.perf_counter() - start_s
        self._token_ids = list(first.token_ids)
        while len(self._token_ids) < self._length:
            go_on()
        return Timing(first_token_s, time.perf_counter() - start_s)

    def _next_step(self) -> None:
        self._token_ids += self.decoder.step(self.decoder.runs_ahead).token_ids

    def _next_draft(self) -> None:
        place = len(self._token_ids)
        foreseen = self._expected[place : place + self.decoder.draft_tokens]
        is_wrong = self._chance.random(len(foreseen)) > DRAFT_RIGHT_SHARE
        draft = [token + int(wrong) for token, wrong in zip(foreseen, is_wrong, strict=True)]
        self._token_ids += self.decoder.verify(draft).token_ids


def wait_for(device: torch.device) -> None:
    """Wait until a device has done what it was given to do."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
