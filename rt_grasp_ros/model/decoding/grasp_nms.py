"""Non-maximum suppression of grasps: several answers to a command, no grasp twice."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from ...grasp.rectangle import GraspRectangle, jaw_angle_difference
from ...language.answer import Answer

DRAWS_PER_CANDIDATE = 2
"""Answers drawn by chance for each candidate that is asked for: some name the same grasp again."""

SAME_GRASP_OVERLAP = 0.4
SAME_GRASP_ANGLE_RAD = math.radians(30)


def grasp_nms(answers: Iterable[Answer], max_candidates: int) -> list[Answer]:
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
            other.rectangle is None or not _are_same(rectangle, other.rectangle) for other in kept
        ):
            kept.append(answer)
    return kept


def _are_same(first: GraspRectangle, second: GraspRectangle) -> bool:
    """Whether the jaws close at one place in one direction, however far they open for it.

    Rectangles one in another overlap little and are the same grasp, since depth says how far to
    open. So both are compared in the size of the smaller one: the rim of a bowl, far from its
    middle, stays another grasp than the whole bowl.
    """
    turned_rad = jaw_angle_difference(first.theta_rad, second.theta_rad)
    smaller, larger = sorted((first, second), key=lambda rectangle: rectangle.opening_px)
    shrunk = replace(larger, opening_px=smaller.opening_px, jaw_px=smaller.jaw_px)
    return turned_rad < SAME_GRASP_ANGLE_RAD and shrunk.overlap(smaller) >= SAME_GRASP_OVERLAP
