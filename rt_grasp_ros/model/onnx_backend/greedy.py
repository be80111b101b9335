"""Writing the likeliest answer, several tokens a run of the decoder where they can be foreseen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from ..decoding.grammar import NOT_ALLOWED, AnswerGrammar
from ..decoding.n_gram_drafter import Drafter
from ..decoding.prompt_tokens import MAX_NEW_TOKENS
from ..decoding.written_answer import WrittenAnswer
from ..engine import IsCancelled, stop_if
from .decoder import Floats
from .prefix_cache import PrefixCache


def write_greedily(
    prefix: PrefixCache,
    logits: Floats,
    grammar: AnswerGrammar,
    drafter: Drafter | None = None,
    on_tokens: Callable[[Sequence[int]], None] | None = None,
    is_cancelled: IsCancelled | None = None,
) -> WrittenAnswer:
    """Write the answer whose every token is the likeliest that the grammar allows.

    Tokens that the grammar leaves no choice about are taken without asking. Guessed tokens are
    read together with the one before them, and kept as far as each is the likeliest (speculative
    decoding, Leviathan et al., ICML 2023, in its greedy form), so that they change the time only.

    Args:
        prefix: stands at the end of the prompt.
        logits: of the first token, shape (V,).
        grammar: what may be written.
        drafter: what guesses; None to write token by token.
        on_tokens: called with new tokens as they come.
        is_cancelled: asked before each run.

    Raises:
        AnswerCancelled: `is_cancelled` said yes.
    """
    start = len(prefix.token_ids)
    written = WrittenAnswer()
    while True:
        stop_if(is_cancelled)
        forced = _take(written, _likeliest(logits, grammar, written), logits, grammar)
        if grammar.is_closed(written.state):
            _tell(on_tokens, forced)
            return written
        guessed = drafter.draft(written.token_ids) if drafter is not None else []
        rows = prefix.append([*forced, *guessed], kept=1 + len(guessed))
        right = _keep_right(written, guessed, rows, grammar)
        prefix.go_back(start + len(written.token_ids))
        _tell(on_tokens, [*forced, *guessed[:right]])
        if grammar.is_closed(written.state):
            return written
        logits = rows[right]


def log_prob(logits: Floats, token_id: int) -> float:
    """Return the logarithm of a token's probability."""
    highest = logits.max()
    return float(logits[token_id] - highest - np.log(np.exp(logits - highest).sum()))


def _likeliest(logits: Floats, grammar: AnswerGrammar, written: WrittenAnswer) -> int:
    remaining = MAX_NEW_TOKENS - len(written.token_ids)
    return int((logits + grammar.blocked_within(written.state, remaining)).argmax())


def _take(
    written: WrittenAnswer, token_id: int, logits: Floats, grammar: AnswerGrammar
) -> list[int]:
    """Append a token and those that must follow it; return them."""
    before = len(written.token_ids)
    written.append(token_id, grammar, partial(log_prob, logits, token_id))
    while not grammar.is_closed(written.state):
        forced = grammar.only_token[written.state]
        if forced == NOT_ALLOWED:
            break
        written.append(forced, grammar, partial(float, 0.0))
    return written.token_ids[before:]


def _keep_right(
    written: WrittenAnswer, guessed: Sequence[int], rows: Floats, grammar: AnswerGrammar
) -> int:
    """Append guessed tokens as far as each is the likeliest; return how many were."""
    for right, token_id in enumerate(guessed):
        logits = rows[right]
        if grammar.is_closed(written.state) or token_id != _likeliest(logits, grammar, written):
            return right
        written.append(token_id, grammar, partial(log_prob, logits, token_id))
    return len(guessed)


def _tell(on_tokens: Callable[[Sequence[int]], None] | None, token_ids: Sequence[int]) -> None:
    if on_tokens is not None:
        on_tokens(token_ids)
