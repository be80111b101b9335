"""The verified reward of a sampled answer: no model judges it, only labels and geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...grasp.errors import AnswerGarbled
from ...grasp.rectangle import GraspRectangle
from ...language.answer import parse_answer
from ...language.grounding import Grounding, check_grounding
from ...metrics.rectangle_metric import judge_rectangle

PARSES, HITS, AGREES, LIFTED = 0.1, 1.0, 0.2, 1.0
"""Weights: the metric and the physics decide, the others break ties among equals."""

MIN_SPREAD = 1e-4
"""Groups whose rewards spread less than this teach nothing."""


@dataclass(frozen=True, slots=True)
class Reward:
    """What one answer earns.

    Attributes:
        parses: it can be read, as a grasp or as a refusal.
        hits: its rectangle meets the rectangle metric with any label, by its own width; or it
            refuses where there is nothing to grasp.
        agrees: its text states place and closing direction, and they are the rectangle's; a right
            refusal agrees, too.
        lifted: carried out in the simulated cell, it lifts what was meant; False where it was not
            tried.
    """

    parses: bool
    hits: bool
    agrees: bool
    lifted: bool = False

    @property
    def total(self) -> float:
        """The weighted sum."""
        return PARSES * self.parses + HITS * self.hits + AGREES * self.agrees + LIFTED * self.lifted


def reward(
    text: str, labels: Sequence[GraspRectangle], image_width_px: int, image_height_px: int
) -> Reward:
    """Judge an answer.

    Args:
        text: what the model wrote.
        labels: every right grasp; none where the object is absent.
        image_width_px: width of the picture.
        image_height_px: height of the picture.
    """
    try:
        answer = parse_answer(text, image_width_px, image_height_px)
    except AnswerGarbled:
        return Reward(parses=False, hits=False, agrees=False)
    if answer.rectangle is None:
        return Reward(parses=True, hits=not labels, agrees=not labels)
    return Reward(
        parses=True,
        hits=bool(labels) and judge_rectangle(answer.rectangle, labels).own_width,
        agrees=check_grounding(answer.reasoning, answer.rectangle) is Grounding.AGREES,
    )


def advantages(rewards: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much better each answer is than the others to its prompt, in their spread.

    Source: Shao et al., "DeepSeekMath", arXiv 2402.03300 (GRPO).

    Args:
        rewards: (prompts, answers a prompt).

    Returns:
        The same shape; zero where all answers to a prompt earn the same.
    """
    spread = rewards.std(axis=1, keepdims=True)
    centred = rewards - rewards.mean(axis=1, keepdims=True)
    return np.where(spread > MIN_SPREAD, centred / np.maximum(spread, MIN_SPREAD), 0.0)
