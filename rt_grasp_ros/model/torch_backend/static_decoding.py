"""Greedy decoding within the grammar, a token or a draft at a time, on a `StaticCore`."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import LlavaForConditionalGeneration, StaticCache

from ..decoding.grammar import START, AnswerGrammar
from .acceleration import accelerate
from .outbox import Outbox
from .static_core import Chosen, OnProgress, StaticCore


class StaticDecoder:
    """The language model of a LLaVA with a cache of fixed size, greedy within the grammar.

    Attributes:
        capacity: how many tokens prompt and answer may have, drafts included.
        draft_tokens: length of a draft that `verify` takes.
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
        self.draft_tokens = draft_tokens
        self._core = StaticCore(llava, grammar, capacity, batch=1)
        device = self._core.device
        self._draft = torch.zeros(draft_tokens, dtype=torch.long, device=device)
        self._offsets = torch.arange(draft_tokens + 1, device=device)
        self._step_report = torch.zeros(2, device=device)
        self._verify_report = torch.zeros(2 * draft_tokens + 3, device=device)
        self._run_step = accelerate(self._step, acceleration, device)
        self._run_verify = accelerate(self._verify, acceleration, device)
        self._outbox = Outbox(device)
        self.runs_ahead = device.type == "cuda"

    @torch.no_grad()
    def warm_up(self, on_progress: OnProgress) -> None:
        """Compile and record the steps; what the cache holds is lost."""
        runs = [("one token", self._run_step)]
        if self.draft_tokens:
            runs.append(("a draft", self._run_verify))
        for done, (what, run) in enumerate(runs):
            on_progress(f"preparing the step for {what}", done, len(runs))
            for _ in range(2):
                self._core.place(position=0, remaining=self.capacity)
                run()
        on_progress("steps are ready", len(runs), len(runs))

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
        logits = core.logits(embeddings, last=1)
        chosen, log_prob = core.choose(logits, core.state[:, None], core.remaining[None])
        core.take(chosen[:, 0], read=embeddings.shape[1], written=1)
        return Chosen((int(chosen),), (float(log_prob),))

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
            draft: at most `draft_tokens` ids; no token may be under way.
        """
        padded = [*draft, *[0] * (self.draft_tokens - len(draft))]
        self._draft.copy_(torch.tensor(padded))
        self._run_verify()
        right, *rest = self._verify_report.tolist()
        count, width = int(right) + 1, self.draft_tokens + 1
        return Chosen(
            tuple(int(token) for token in rest[:count]), tuple(rest[width : width + count])
        )

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

    def _verify(self) -> None:
        core, width = self._core, self.draft_tokens + 1
        ids = torch.cat([core.token, self._draft])
        states = [core.state]
        for index in range(self.draft_tokens):
            states.append(core.next_state[states[-1], self._draft[index : index + 1]])
        along = torch.stack(states, dim=1)
        logits = core.logits(core.embed(ids[None]), last=width)
        chosen, log_probs = core.choose(logits, along, core.remaining - self._offsets)
        agrees = (chosen[0, :-1] == self._draft).long()
        right = agrees.cumprod(dim=0).sum(dim=0, keepdim=True)
        core.state.copy_(along[0].gather(0, right))
        core.take(chosen[0].gather(0, right), read=right[0] + 1, written=right[0] + 1)
        self._verify_report.copy_(torch.cat([right.float(), chosen[0].float(), log_probs[0]]))
