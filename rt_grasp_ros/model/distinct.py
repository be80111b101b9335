"""Several answers to one command, without saying the same grasp twice."""

from __future__ import annotations

from collections.abc import Iterable

from ..language.answer import Answer

SAME_GRASP_OVERLAP = 0.6


def distinct_grasps(answers: Iterable[Answer], max_candidates: int) -> list[Answer]:
    """Return the answers that name a grasp, best first, each unlike all better ones.

    Args:
        answers: in any order; of two that are equally probable, the first counts as better.
        max_candidates: at most this many are returned.
    """
    kept: list[Answer] = []
    for answer in sorted(answers, key=lambda answer: -answer.score):
        if len(kept) == max_candidates:
            break
        rectangle = answer.rectangle
        if rectangle is not None and all(
            other.rectangle is None or rectangle.overlap(other.rectangle) < SAME_GRASP_OVERLAP
            for other in kept
        ):
            kept.append(answer)
    return kept
