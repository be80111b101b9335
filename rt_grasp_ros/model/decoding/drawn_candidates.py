"""Other grasps than the likeliest behind the same words, whatever draws their numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tokenizers import Tokenizer

from ...language.answer import Answer, parse_answer
from .grammar import NUMBERS
from .grasp_nms import DRAWS_PER_CANDIDATE, grasp_nms


@dataclass(frozen=True, slots=True)
class DrawnNumbers:
    """The end of an answer, drawn by chance.

    Attributes:
        token_ids: from the first number to the last.
        log_prob_lost: how much less likely it is than taking the likeliest number every time,
            summed over the numbers, at least 0.
    """

    token_ids: Sequence[int]
    log_prob_lost: float


def draw_candidates(
    best: Answer,
    words: Sequence[int],
    draws: Iterable[Sequence[DrawnNumbers]],
    tokenizer: Tokenizer,
    size_px: tuple[int, int],
    max_candidates: int,
) -> list[Answer]:
    """Return the best answer and those drawn beside it that name other grasps, best first.

    Each scores by how likely it is beside the likeliest. Draws are asked for until there are as
    many grasps as are wanted, or `DRAWS_PER_CANDIDATE` for each of them were looked at.

    Args:
        best: the likeliest answer, with a rectangle.
        words: tokens of it before its first number.
        draws: endings, as many at once as the backend draws at once.
        tokenizer: of the checkpoint.
        size_px: width and height of the picture.
        max_candidates: at most this many are returned.
    """
    answers = [best]
    found = [best]
    for drawn in draws:
        for ending in drawn:
            text = tokenizer.decode([*words, *ending.token_ids])
            score = best.score * math.exp(-ending.log_prob_lost / NUMBERS)
            answers.append(replace(parse_answer(text, *size_px, score), reasoning=best.reasoning))
        found = grasp_nms(answers, max_candidates)
        if len(found) >= max_candidates or len(answers) > DRAWS_PER_CANDIDATE * max_candidates:
            break
    return found
