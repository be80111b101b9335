"""Other grasps than the likeliest: the numbers of an answer drawn again, many side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .decoder import Decoder, Floats, KvCache
from .grammar import AnswerGrammar

DRAWS_PER_CANDIDATE = 2


@dataclass(frozen=True, slots=True, eq=False)
class DrawnNumbers:
    """Endings of an answer, drawn side by side.

    Attributes:
        token_ids: (R, T), from the first number to the last.
        log_prob_lost: (R,): how much less likely each is than taking the likeliest number every
            time, summed over the numbers, at least 0.
    """

    token_ids: NDArray[np.int64]
    log_prob_lost: NDArray[np.float64]


def draw_numbers(
    decoder: Decoder,
    cache: KvCache,
    logits: Floats,
    grammar: AnswerGrammar,
    state: int,
    random: np.random.Generator,
) -> DrawnNumbers:
    """Draw the numbers of an answer in every row of a cache.

    Args:
        decoder: what reads.
        cache: R rows, each standing before the first number; gets longer.
        logits: of the first number, shape (V,).
        grammar: what may be written.
        state: of the grammar before the first number.
        random: chance.
    """
    rows = cache.rows
    states = np.full(rows, state)
    all_logits = np.broadcast_to(logits, (rows, len(logits)))
    drawn: list[NDArray[np.int64]] = []
    lost = np.zeros(rows)
    every = np.arange(rows)
    while True:
        log_probs = _log_softmax(all_logits + grammar.blocked[states])
        cumulative = np.exp(log_probs).cumsum(axis=1)
        thresholds = random.random((rows, 1)) * cumulative[:, -1:]
        token_ids = (cumulative <= thresholds).sum(axis=1)
        lost += log_probs.max(axis=1) - log_probs[every, token_ids]
        drawn.append(token_ids)
        states = grammar.next_state[states, token_ids]
        if not grammar.tokens_needed[states].any():
            return DrawnNumbers(np.stack(drawn, axis=1), lost)
        all_logits = decoder.run(cache, decoder.embed(token_ids)[:, None])[:, 0]


def _log_softmax(logits: Floats) -> NDArray[np.float64]:
    shifted = (logits - logits.max(axis=1, keepdims=True)).astype(np.float64)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))
