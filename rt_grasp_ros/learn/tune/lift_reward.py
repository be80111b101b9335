"""The part of the reward that the physics gives: answers carried out in the simulated cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...grasp.errors import AnswerGarbled
from ...language.answer import parse_answer
from ...rollout.lift_trial import LiftTrial, lifted
from .conversations import Conversation
from .rewards import Reward
from .writing import Written


def with_lifts(
    rewards: Sequence[Sequence[Reward]],
    prompts: Sequence[Conversation],
    answers: Sequence[Sequence[Written]],
    processes: int,
) -> list[list[Reward]]:
    """Return the rewards with what the physics says of answers about simulated scenes.

    Args:
        rewards: of each answer to each prompt, by labels and geometry.
        prompts: those whose scene can be built again, and in which something is to be grasped,
            are carried out.
        answers: to each prompt.
        processes: how many grasps are carried out at once.

    Raises:
        WorkerLost: a working process was killed.
    """
    trials = [
        [_trial_of(prompt, written) for written in group]
        for prompt, group in zip(prompts, answers, strict=True)
    ]
    every = [trial for group in trials for trial in group if trial is not None]
    is_lifted = lifted(every, processes)
    return [
        [
            one if trial is None else replace(one, lifted=is_lifted[trial])
            for one, trial in zip(group, tried, strict=True)
        ]
        for group, tried in zip(rewards, trials, strict=True)
    ]


def _trial_of(prompt: Conversation, written: Written) -> LiftTrial | None:
    """Return what there is to carry out, None where there is nothing."""
    if prompt.scene_seed is None or not prompt.labels:
        return None
    try:
        rectangle = parse_answer(written.text, *prompt.size_px).rectangle
    except AnswerGarbled:
        return None
    if rectangle is None:
        return None
    return LiftTrial(prompt.scene_seed, prompt.object_name, rectangle)
