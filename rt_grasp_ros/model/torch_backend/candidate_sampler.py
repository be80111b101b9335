"""Several answers from one beginning, as one batch, on a `StaticCore`."""

from __future__ import annotations

import torch
from transformers import LlavaForConditionalGeneration, StaticCache

from ..decoding.grammar import AnswerGrammar
from .acceleration import accelerate
from .static_core import Chosen, OnProgress, StaticCore


class CandidateSampler:
    """Rows that go on from one beginning, each drawing numbers of its own, as one batch."""

    def __init__(
        self,
        llava: LlavaForConditionalGeneration,
        grammar: AnswerGrammar,
        capacity: int,
        batch: int,
        acceleration: str = "eager",
        seed: int = 0,
    ) -> None:
        """Allocate everything; see `StaticDecoder` for what is not said here.

        Args:
            llava: the model.
            grammar: of its tokenizer.
            capacity: as that of the decoder it starts from.
            batch: how many rows.
            acceleration: see `accelerate`.
            seed: of the chance.
        """
        self.batch = batch
        self._grammar = grammar
        self._core = StaticCore(llava, grammar, capacity, batch)
        device = self._core.device
        self._draws = torch.zeros(len(grammar.next_state), dtype=torch.bool, device=device)
        self._draws[sorted(grammar.number_states)] = True
        self._noise = torch.ones(batch, grammar.next_state.shape[1], device=device)
        self._seed = seed
        self._chance = torch.Generator(device)
        self.restart()
        self._report = torch.zeros(2, batch, device=device)
        self._run_step = accelerate(self._step, acceleration, device)

    def restart(self) -> None:
        """Begin the draws anew: the same question has the same candidates."""
        self._chance.manual_seed(self._seed)

    @torch.no_grad()
    def warm_up(self, on_progress: OnProgress) -> None:
        """Compile and record the step."""
        on_progress("preparing the step for candidates", 0, 1)
        for _ in range(2):
            self._core.place(position=0, remaining=self._core.capacity)
            self._run_step()
        on_progress("candidates are ready", 1, 1)

    @torch.no_grad()
    def sample(
        self, cache: StaticCache, position: int, token_id: int, state: int, max_new_tokens: int
    ) -> list[Chosen]:
        """Write every row to its end.

        Args:
            cache: keys and values of the common beginning.
            position: how many tokens of it come before `token_id`.
            token_id: its last token.
            state: of the grammar after that token.
            max_new_tokens: how many tokens more there may be.

        Returns:
            A row each; `log_probs` are relative to the best token, 0 where nothing was drawn.
        """
        core = self._core
        for ours, theirs in zip(core.cache.layers, cache.layers, strict=True):
            ours.keys[:, :, :position].copy_(theirs.keys[:1, :, :position])
            ours.values[:, :, :position].copy_(theirs.values[:1, :, :position])
        core.place(position, max_new_tokens)
        core.token.fill_(token_id)
        core.state.fill_(state)
        rows: list[list[tuple[int, float]]] = [[] for _ in range(self.batch)]
        states = [state] * self.batch
        for _ in range(max_new_tokens):
            if all(self._grammar.is_closed(row_state) for row_state in states):
                break
            self._noise.exponential_(generator=self._chance)
            self._run_step()
            tokens, lost = self._report.tolist()
            for index, (token, log_prob) in enumerate(zip(tokens, lost, strict=True)):
                if not self._grammar.is_closed(states[index]):
                    rows[index].append((int(token), log_prob))
                    states[index] = self._grammar.advance(states[index], int(token))
        return [
            Chosen(tuple(token for token, _ in row), tuple(lost for _, lost in row)) for row in rows
        ]

    def _step(self) -> None:
        core = self._core
        logits = core.logits(core.embed(core.token[:, None]), last=1)
        allowed = core.within_grammar(logits, core.state[:, None], core.remaining[None])[:, 0]
        log_probs = allowed.log_softmax(dim=-1)
        best, greedy = log_probs.max(dim=-1)
        # The largest of p / e with e ~ Exp(1) is a draw from p, and needs no look at the host.
        drawn = (log_probs.exp() / self._noise).argmax(dim=-1)
        chosen = torch.where(self._draws[core.state], drawn, greedy)
        lost = log_probs.gather(1, chosen[:, None])[:, 0] - best
        core.take(chosen, read=1, written=1)
        self._report.copy_(torch.stack([chosen.float(), lost]))
