"""Ways to run the same model: as most people do, and ours, one step after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import cast

import torch
from transformers import LlavaForConditionalGeneration

from ..model.decoding.grammar import AnswerGrammar
from ..model.torch_backend.picture_reader import PictureReader
from ..model.torch_backend.static_decoding import StaticDecoder
from .draft_plans import DraftPlan, EnforcedDecoder, plan_at_share, plan_of_texts
from .gpu_model import Question, Shapes


@dataclass(frozen=True)
class Way:
    """A way to run the model.

    Attributes:
        name: of its row.
        quantise: see `model/torch_backend/quantise.py`; of llama.cpp its own scheme.
        expected_s: what the row is reckoned to take at 7B shapes, model and compiling included.
        doubly: quantise the scales, too.
        acceleration: of our steps.
        draft_tokens: length of drafts; 0 for none.
        right: share of drafted tokens that are right, enforced on the device; `TEXTS` for what the
            n-gram drafter foresees of the embedded checkpoint's own answers.
    """

    name: str
    quantise: str
    expected_s: float
    doubly: bool = False
    acceleration: str = "compiled"
    draft_tokens: int = 0
    right: float | str = 0.0

    @property
    def is_stock(self) -> bool:
        """Whether it is `generate` of transformers, not ours."""
        return self.name.startswith("generate")

    @property
    def is_llama_cpp(self) -> bool:
        """Whether it is llama.cpp, not ours."""
        return self.name == LLAMA_CPP

    def plan(self) -> DraftPlan | None:
        """Return which drafted tokens are right; None without drafts."""
        if not self.draft_tokens:
            return None
        if self.right == TEXTS:
            return plan_of_texts(self.draft_tokens)
        return plan_at_share(float(self.right), self.draft_tokens)


BASELINE = "generate, nf4 doubly quantised"
LLAMA_CPP = "llama.cpp, Q4_0, text alone"
TEXTS = "texts"

_COMPILED_S = 100
WAYS = (
    Way(BASELINE, "nf4", 75, doubly=True),
    Way("int4", "int4", _COMPILED_S),
    Way("int4, drafts of 7, 0.8 right", "int4", _COMPILED_S, draft_tokens=7, right=0.8),
    Way("int4, drafts of 7, embedded texts", "int4", 120, draft_tokens=7, right=TEXTS),
    Way("nf4", "nf4", _COMPILED_S),
    Way(LLAMA_CPP, "Q4_0", 60),
    Way("int4, drafts of 4, 0.8 right", "int4", _COMPILED_S, draft_tokens=4, right=0.8),
    Way("bf16, drafts of 7, 0.8 right", "none", _COMPILED_S, draft_tokens=7, right=0.8),
    Way("bf16", "none", _COMPILED_S),
    Way("int4, drafts of 7, 0.6 right", "int4", _COMPILED_S, draft_tokens=7, right=0.6),
    Way("int4, drafts of 7, 0.95 right", "int4", _COMPILED_S, draft_tokens=7, right=0.95),
    Way("nf4, drafts of 4, 0.8 right", "nf4", _COMPILED_S, draft_tokens=4, right=0.8),
    Way("bf16, drafts of 4, 0.8 right", "none", _COMPILED_S, draft_tokens=4, right=0.8),
    Way("int8", "int8", _COMPILED_S),
    Way("int8, drafts of 7, 0.8 right", "int8", _COMPILED_S, draft_tokens=7, right=0.8),
    Way("generate, bf16", "none", 60),
    Way("int4, graphs alone", "int4", 40, acceleration="graphs"),
    Way("int4, as it is", "int4", 60, acceleration="eager"),
    Way(
        "int4, as it is, drafts of 4, 0.8 right", "int4", 60, acceleration="eager",
        draft_tokens=4, right=0.8,
    ),
)  # fmt: skip
"""In the order of what is least known; a run that is cut off has the first ones."""


@dataclass(frozen=True)
class Timing:
    """One answer.

    Attributes:
        first_token_s: from the picture on the host to the first token on it.
        total_s: to the last token.
        tokens: how many were written.
        second_first_token_s: first token of a second command about the same picture; None for
            `generate`, which reads all of it again.
    """

    first_token_s: float
    total_s: float
    tokens: int
    second_first_token_s: float | None = None

    @property
    def tokens_per_s(self) -> float:
        """Tokens a second behind the first one."""
        return (self.tokens - 1) / (self.total_s - self.first_token_s)


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

    return lambda: Timing(generate(1), generate(shapes.answer_tokens), shapes.answer_tokens)


class OurAnswer:
    """What answers by our static decoding."""

    def __init__(
        self,
        llava: LlavaForConditionalGeneration,
        question: Question,
        shapes: Shapes,
        acceleration: str,
        plan: DraftPlan | None = None,
    ) -> None:
        """Allocate, compile and record.

        Args:
            llava: the model.
            question: the picture and the prompt.
            shapes: say how long the answer is.
            acceleration: of the steps.
            plan: which drafted tokens are right; None to write token by token.
        """
        self._llava = llava
        self._question = question
        self._length = shapes.answer_tokens
        self._plan = plan
        grammar = AnswerGrammar.free(shapes.text["vocab_size"])
        self.decoder = (
            StaticDecoder(llava, grammar, shapes.places, 0, acceleration)
            if plan is None
            else EnforcedDecoder(llava, grammar, shapes.places, plan, acceleration)
        )
        self._read_picture = PictureReader(llava, acceleration)
        self.decoder.warm_up(lambda *_: None)

    @torch.no_grad()
    def __call__(self) -> Timing:
        """Write one answer, then read a second command about the same picture."""
        question, embed = self._question, self._llava.get_input_embeddings()
        start_s = time.perf_counter()
        picture = self._read_picture(question.pixel_values)
        prompt = torch.cat([embed(question.before), picture, embed(question.after)], dim=1)
        first = self.decoder.prefill(prompt, 0, self.decoder.capacity)
        first_token_s = time.perf_counter() - start_s
        tokens = len(first.token_ids)
        for written in self._passes():
            tokens += written
            if tokens >= self._length:
                break
        total_s = time.perf_counter() - start_s
        held = prompt.shape[1] - question.after.shape[1]
        again_s = time.perf_counter()
        self.decoder.prefill(embed(question.after), held, self.decoder.capacity)
        return Timing(first_token_s, total_s, tokens, time.perf_counter() - again_s)

    def _passes(self) -> Iterator[int]:
        """Write on and on, and yield how many tokens each pass wrote."""
        decoder = self.decoder
        if self._plan is None:
            while True:
                yield len(decoder.step(decoder.runs_ahead).token_ids)
        cast(EnforcedDecoder, decoder).restart()
        for one in cycle(self._plan.passes):
            if one.drafted:
                yield len(decoder.verify([0] * one.drafted).token_ids)
            else:
                yield len(decoder.step().token_ids)


def wait_for(device: torch.device) -> None:
    """Wait until a device has done what it was given to do."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
