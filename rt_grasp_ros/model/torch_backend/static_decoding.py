"""Greedy decoding within the grammar, a token or a draft at a time, on a `StaticCore`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import median

import torch
from torch import Tensor
from transformers import LlavaForConditionalGeneration, StaticCache

from ..decoding.grammar import START, AnswerGrammar
from .acceleration import Step, accelerate
from .draft_choice import DraftChoice, choose_drafts
from .draft_verifier import DraftVerifier
from .outbox import Outbox
from .prompt_reader import PromptReader
from .static_core import Chosen, OnProgress, StaticCore

MEASURED_RUNS = 20


class StaticDecoder:
    """The language model of a LLaVA with a cache of fixed size, greedy within the grammar.

    Attributes:
        capacity: how many tokens prompt and answer may have, drafts included.
        drafts: how long drafts that `verify` takes are.
        runs_ahead: whether it pays to start a token before the last one was looked at.
    """

    def __init__(
        self,
        llava: LlavaForConditionalGeneration,
        grammar: AnswerGrammar,
        capacity: int,
        draft_tokens: int = 0,
        acceleration: str = "eager",
    ) -> None:
        """Allocate everything.

        Args:
            llava: on its device, quantised or not.
            grammar: of its tokenizer.
            capacity: how many tokens prompt and answer may have, drafts included.
            draft_tokens: length of a draft that `verify` takes; 0 for none.
            acceleration: see `accelerate`.
        """
        self.capacity = capacity
        self.drafts = DraftChoice(draft_tokens)
        self._acceleration = acceleration
        self._core = StaticCore(llava, grammar, capacity, batch=1)
        device = self._core.device
        self._step_report = torch.zeros(2, device=device)
        self._run_step = accelerate(self._step, acceleration, device)
        self._verify = self._verifier(draft_tokens) if draft_tokens else None
        self._reader = PromptReader(self._core, acceleration)
        self._outbox = Outbox(device)
        self.runs_ahead = device.type == "cuda"

    @torch.no_grad()
    def warm_up(self, on_progress: OnProgress) -> None:
        """Compile and record the steps; what the cache holds is lost."""
        runs = [("one token", self._run_step), ("prompts", self._reader.warm_up)]
        if self._verify is not None:
            runs.append(("a draft", self._verify.run))
        for done, (what, run) in enumerate(runs):
            on_progress(f"preparing the step for {what}", done, len(runs))
            for _ in range(2):
                self._core.place(position=0, remaining=self.capacity)
                run()
        on_progress("steps are ready", len(runs), len(runs))

    @torch.no_grad()
    def choose_drafts(self, lengths: Sequence[int], on_progress: OnProgress) -> DraftChoice:
        """Measure passes over drafts beside steps, and take the length that pays most, or none.

        What the cache holds is lost. Call after `warm_up`.

        Args:
            lengths: to try; each is compiled and recorded.
            on_progress: as in `warm_up`.
        """
        step_s = self._median_s(self._run_step)
        verifiers = {}
        pass_s = {}
        for done, length in enumerate(lengths):
            on_progress(f"measuring drafts of {length} tokens", done, len(lengths))
            verifiers[length] = self._verifier(length)
            pass_s[length] = self._median_s(verifiers[length].run)
        self.drafts = choose_drafts(step_s, pass_s)
        self._verify = verifiers.get(self.drafts.length)
        on_progress(f"drafts have {self.drafts.length} tokens", len(lengths), len(lengths))
        return self.drafts

    @torch.no_grad()
    def measure(self, lengths: Sequence[int]) -> tuple[float, dict[int, float]]:
        """Return what a step takes, and what passes over drafts do, by their length.

        What the cache holds is lost. Nothing has to be warmed up before.
        """
        step_s = self._median_s(self._run_step)
        return step_s, {length: self._median_s(self._verifier(length).run) for length in lengths}

    def _median_s(self, run: Step) -> float:
        """Return what a run takes, device and all, at half of the cache, once it is recorded."""
        for _ in range(2):
            self._core.place(position=0, remaining=self.capacity)
            run()
        times_s = []
        for _ in range(MEASURED_RUNS):
            self._core.place(position=self.capacity // 2, remaining=self.capacity)
            self._wait()
            start_s = time.perf_counter()
            run()
            self._wait()
            times_s.append(time.perf_counter() - start_s)
        return median(times_s)

    def _wait(self) -> None:
        if self._core.device.type == "cuda":
            torch.cuda.synchronize(self._core.device)

    def _verifier(self, length: int) -> DraftVerifier:
        return DraftVerifier(self._core, length, self._acceleration)

    @torch.no_grad()
    def prefill(self, embeddings: Tensor, start: int, max_new_tokens: int) -> Chosen:
        """Read a prompt, or the rest of one whose beginning is in the cache; write one token.

        Args:
            embeddings: (1, T, hidden), T at least 1.
            start: how many tokens of the prompt the cache holds already.
            max_new_tokens: length at which the answer has to have ended.
        """
        core = self._core
        self._outbox.clear()
        core.place(start, max_new_tokens)
        core.state.fill_(START)
        token, log_prob = self._reader.read(embeddings, start)
        return Chosen((token,), (log_prob,))

    @property
    def is_under_way(self) -> bool:
        """Whether a token was started that nobody has waited for yet."""
        return len(self._outbox) > 0

    @torch.no_grad()
    def step(self, go_on: bool = False) -> Chosen:
        """Write one token.

        Args:
            go_on: start the next one before waiting for this one, so that a GPU does not idle
                while the host looks at it.
        """
        wanted = 2 if go_on else 1
        while len(self._outbox) < wanted:
            self._run_step()
            self._outbox.post(self._step_report)
        token, log_prob = self._outbox.take()
        return Chosen((int(token),), (log_prob,))

    @torch.no_grad()
    def verify(self, draft: Sequence[int]) -> Chosen:
        """Write what a draft foresaw as far as it is right, and one token more, in one pass.

        Every token is the one that greedy decoding would have chosen after those before it.

        Args:
            draft: at most `drafts.length` ids; no token may be under way.

        Raises:
            ValueError: there are no drafts.
        """
        if self._verify is None:
            raise ValueError("this decoder has no drafts")
        return self._verify(draft)

    @property
    def cache(self) -> StaticCache:
        """Keys and values, for `CandidateSampler` to start from."""
        return self._core.cache

    def _step(self) -> None:
        core = self._core
        logits = core.logits(core.embed(core.token[:, None]), last=1)
        chosen, log_prob = core.choose(logits, core.state[:, None], core.remaining[None])
        core.take(chosen[:, 0], read=1, written=1)
        self._step_report.copy_(torch.cat([chosen[0].float(), log_prob[0]]))
