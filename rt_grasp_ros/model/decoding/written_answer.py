"""An answer while it is written, whatever runs the model."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from .grammar import NOT_ALLOWED, START, AnswerGrammar


@dataclass
class WrittenAnswer:
    """An answer while it is written.

    Attributes:
        token_ids: without the end token.
        state: of the grammar.
        log_prob: of the words that the model chose; numbers share theirs with their neighbours and
            do not count, nor does what the grammar forced.
    """

    token_ids: list[int] = field(default_factory=list)
    state: int = START
    log_prob: float = 0.0

    @property
    def score(self) -> float:
        """The model's probability of its words, per token, in 0..1."""
        return math.exp(self.log_prob / max(1, len(self.token_ids)))

    def append(self, token_id: int, grammar: AnswerGrammar, log_prob: Callable[[], float]) -> None:
        """Append a token that the grammar allows.

        Args:
            token_id: the token.
            grammar: of the tokenizer.
            log_prob: of the token among all; asked where it counts.
        """
        has_choice = grammar.only_token[self.state] == NOT_ALLOWED
        if has_choice and self.state not in grammar.number_states:
            self.log_prob += log_prob()
        self.token_ids.append(token_id)
        self.state = grammar.advance(self.state, token_id)
