"""A language model on tensors that stay where they are: nothing is allocated per token.

Keys and values lie in transformers' static cache. Position, last token and state of the grammar
live on the device beside it, and one step reads and writes them there: it can therefore be
compiled with `fullgraph=True` and recorded as a CUDA graph, and the host may read its outcome while
the next one runs. `generate(cache_implementation="static")` does not do this for models quantised
by bitsandbytes. After gpt-fast (pytorch-labs) and transformers' `StaticCache`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import LlavaForConditionalGeneration, StaticCache

from ...grasp.errors import ModelNotFinite
from ..decoding.grammar import NOT_ALLOWED, AnswerGrammar

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


class StaticCore:
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
        logits: Tensor = self._head(self._hidden(embeddings)[:, -last:]).float()
        return logits

    def logits_at(self, embeddings: Tensor, place: Tensor) -> Tensor:
        """Read tokens and return float32 logits (B, 1, V) behind the one at `place`, (1,)."""
        logits: Tensor = self._head(self._hidden(embeddings).index_select(1, place)).float()
        return logits

    def _hidden(self, embeddings: Tensor) -> Tensor:
        """Read tokens (B, T, hidden) behind those that the cache holds."""
        for layer in self.cache.layers:
            layer.cumulative_length.copy_(self.position)
        positions = self.position + self._slots[: embeddings.shape[1]]
        hidden: Tensor = self._language(
            inputs_embeds=embeddings,
            attention_mask=(self._slots <= positions[:, None])[None, None],
            position_ids=positions[None],
            past_key_values=self.cache,
            use_cache=True,
        ).last_hidden_state
        return hidden

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
