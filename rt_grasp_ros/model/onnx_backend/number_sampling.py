"""Other grasps than the likeliest: the numbers of an answer drawn again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..decoding.drawn_candidates import DrawnNumbers
from ..decoding.grammar import AnswerGrammar
from .decoder import Floats
from .prefix_cache import PrefixCache


def draw_numbers(
    prefix: PrefixCache,
    logits: Floats,
    grammar: AnswerGrammar,
    state: int,
    random: np.random.Generator,
) -> DrawnNumbers:
    """Draw the numbers of an answer, each as often as it is likely.

    What was read before is shared by all draws and read once: go back to draw again. On a CPU this
    is faster than drawing side by side, which must hold what was read once for each draw.

    Args:
        prefix: stands before the first number; gets longer.
        logits: of the first number, shape (V,).
        grammar: what may be written.
        state: of the grammar before the first number.
        random: chance.
    """
    token_ids: list[int] = []
    lost = 0.0
    while True:
        log_probs = _log_softmax(logits + grammar.logit_mask[state])
        cumulative = np.exp(log_probs).cumsum()
        threshold = random.random() * cumulative[-1]
        token_id = int(cumulative.searchsorted(threshold, side="right"))
        lost += float(log_probs.max() - log_probs[token_id])
        new_ids, state = grammar.with_forced(state, token_id)
        token_ids += new_ids
        if grammar.is_closed(state):
            return DrawnNumbers(token_ids, lost)
        logits = prefix.append(new_ids)[0]


def _log_softmax(logits: Floats) -> NDArray[np.float64]:
    shifted = (logits - logits.max()).astype(np.float64)
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))
