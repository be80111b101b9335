"""Decoding on tensors that stay where they are: nothing is allocated and nothing asked per token.

Keys and values lie in transformers' static cache. Position, last token and state of the grammar
live on the device beside it, and one step reads and writes them there: it can therefore be
compiled with `fullgraph=True` and recorded as a CUDA graph, and the host may read its outcome while
the next one runs. `generate(cache_implementation="static")` does not do this for models quantised
by bitsandbytes. After gpt-fast (pytorch-labs) and transformers' `StaticCache`.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import LlavaForConditionalGeneration, StaticCache

from ..grasp.errors import ModelNotFinite
from .acceleration import accelerate
from .grammar import NOT_ALLOWED, START, AnswerGrammar

OnProgress = Callable[[str, int, int], None]
"""Called with what is done now, how many parts are done, and of how many."""

_NEVER = torch.iinfo(torch.int16).max
_ALWAYS = -1


@dataclass(frozen=True, slots=True)
class Chosen:
    """Tokens that were written, as the host sees them.

    Attributes:
        token_ids: in order.
        log_probs: of each token among all, before the grammar had its say.
    """

    token_ids: tuple[int, ...]
    log_probs: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check the numbers, which cost nothing more by then.

        Raises:
            ModelNotFinite: the logits held NaN or infinity.
        """
        if not all(map(math.isfinite, self.log_probs)):
            raise ModelNotFinite


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
        self._core = _Core(llava, grammar, capacity, batch=1)
        device = self._core.device
        self._draft = torch.zeros(draft_tokens, dtype=torch.long, device=device)
        self._offsets = torch.arange(draft_tokens + 1, device=device)
        self._step_report = torch.zeros(2, device=device)
        self._verify_report = torch.zeros(2 * draft_tokens + 3, device=device)
        self._run_step = accelerate(self._step, acceleration, device)
        self._run_verify = accelerate(self._verify, acceleration, device)
        self._outbox = _Outbox(device)
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
        self._core = _Core(llava, grammar, capacity, batch)
        device = self._core.device
        self._draws = torch.zeros(len(grammar.next_state), dtype=torch.bool, device=device)
        self._draws[sorted(grammar.number_states)] = True
        self._noise = torch.ones(batch, grammar.next_state.shape[1], device=device)
        self._chance = torch.Generator(device).manual_seed(seed)
        self._report = torch.zeros(2, batch, device=device)
        self._run_step = accelerate(self._step, acceleration, device)

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


class _Core:
    """The model, its cache, and where each row stands; all on the device."""

    def __init__(
        self,
        llava: LlavaForConditionalGeneration,
        grammar: AnswerGrammar,
        capacity: int,
        batch: int,
    ) -> None:
        self._language = llava.model.language_model
        self._head = llava.lm_head
        self.embed = self._language.embed_tokens
        self.capacity = capacity
        self.device = self.embed.weight.device
        config = self._language.config
        self.cache = StaticCache(config=config, max_cache_len=capacity)
        self.cache.early_initialization(
            batch,
            config.num_key_value_heads,
            config.head_dim,
            self.embed.weight.dtype,
            self.device,
        )
        self._slots = torch.arange(capacity, device=self.device)
        self.position = torch.zeros((), dtype=torch.long, device=self.device)
        self.remaining = torch.zeros((), dtype=torch.long, device=self.device)
        self.token = torch.zeros(batch, dtype=torch.long, device=self.device)
        self.state = torch.zeros(batch, dtype=torch.long, device=self.device)
        following = torch.from_numpy(grammar.next_state).long()
        needed = torch.from_numpy(grammar.tokens_needed)[following.clamp(min=0)]
        needed[following == NOT_ALLOWED] = _NEVER
        for state, only in enumerate(grammar.only_token):
            if grammar.is_closed(state):
                needed[state, only] = _ALWAYS
        self.next_state = following.clamp(min=0).to(self.device)
        self._needed_after = needed.to(self.device)

    def place(self, position: int, remaining: int) -> None:
        """Say how many tokens the cache holds, and how many may still be written."""
        self.position.fill_(position)
        self.remaining.fill_(remaining)

    def logits(self, embeddings: Tensor, last: int) -> Tensor:
        """Read tokens and return float32 logits (B, last, V) behind the last ones."""
        for layer in self.cache.layers:
            layer.cumulative_length.copy_(self.position)
        positions = self.position + self._slots[: embeddings.shape[1]]
        hidden = self._language(
            inputs_embeds=embeddings,
            attention_mask=(self._slots <= positions[:, None])[None, None],
            position_ids=positions[None],
            past_key_values=self.cache,
            use_cache=True,
        ).last_hidden_state
        logits: Tensor = self._head(hidden[:, -last:]).float()
        return logits

    def within_grammar(self, logits: Tensor, states: Tensor, remaining: Tensor) -> Tensor:
        """Return logits with -inf where a token may not come, or leaves no room for what has to.

        Args:
            logits: (B, T, V).
            states: (B, T), before each token.
            remaining: (T,): how many tokens may be written from there on.
        """
        return logits.masked_fill(self._needed_after[states] >= remaining[:, None], -torch.inf)

    def choose(self, logits: Tensor, states: Tensor, remaining: Tensor) -> tuple[Tensor, Tensor]:
        """Return the best allowed tokens and their log-probabilities among all, both (B, T)."""
        chosen = self.within_grammar(logits, states, remaining).argmax(dim=-1)
        picked = logits.gather(-1, chosen[..., None])[..., 0]
        return chosen, picked - logits.logsumexp(dim=-1)

    def take(self, chosen: Tensor, read: Tensor | int, written: Tensor | int) -> None:
        """Go on from chosen tokens (B,).

        Args:
            chosen: the last token of each row.
            read: how many tokens this pass has read.
            written: how many it has chosen.
        """
        self.state.copy_(self.next_state[self.state, chosen])
        self.token.copy_(chosen)
        self.position.add_(read)
        self.remaining.sub_(written)


class _Outbox:
    """Outcomes on their way to the host, which waits for the oldest one only."""

    def __init__(self, device: torch.device) -> None:
        self._on_gpu = device.type == "cuda"
        self._posted: deque[tuple[Tensor, torch.cuda.Event | None]] = deque()

    def __len__(self) -> int:
        return len(self._posted)

    def clear(self) -> None:
        self._posted.clear()

    def post(self, report: Tensor) -> None:
        copy = torch.empty(report.shape, dtype=report.dtype, pin_memory=self._on_gpu)
        copy.copy_(report, non_blocking=True)
        arrived = torch.cuda.Event() if self._on_gpu else None
        if arrived is not None:
            arrived.record()
        self._posted.append((copy, arrived))

    def take(self) -> list[float]:
        copy, arrived = self._posted.popleft()
        if arrived is not None:
            arrived.synchronize()
        values: list[float] = copy.tolist()
        return values
