"""Follow-up turns: an earlier grasp is changed, or something else is asked for instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..grasp.rectangle import GraspRectangle
from ..language.codec import GraspNumbers
from ..language.prompt import Turn
from ..language.refinement import apply, describe, load_follow_ups
from ..language.vocabulary import Vocabulary
from .choice import pick
from .dialogues import MIN_VISIBLE_FRACTION, Dialogue, draw_dialogue, write_answer
from .labels import LabelledPart
from .rewording import reword

REFINEMENT_SHARE = 0.5
TURN_WEIGHT = 3.0
"""How often a follow-up turns the grasp, against one that moves or opens it: turns are harder."""

_EARLIER_ERROR = 0.012  # of the longer side: what was answered before is not quite the label
_EARLIER_ERROR_RAD = 0.1


def draw_follow_up(
    first: Dialogue,
    parts: Sequence[LabelledPart],
    vocabulary: Vocabulary,
    rng: np.random.Generator,
) -> Dialogue:
    """Draw a follow-up turn of a dialogue, and its answer.

    Args:
        first: an earlier command and its answer.
        parts: labels of the picture; empty where it has none.
        vocabulary: the words.
        rng: chance.
    """
    graspable = [part for part in parts if part.visible_fraction >= MIN_VISIBLE_FRACTION]
    redirected = None if first.part is None else _redirect(first.part, graspable, vocabulary, rng)
    if first.rectangle is None or (redirected and rng.random() >= REFINEMENT_SHARE):
        history = (Turn(first.command, first.answer),)
        if redirected is None:
            again = draw_dialogue(parts, vocabulary, rng)
            return replace(again, history=history)
        command = reword(redirected.command, rng)
        return replace(redirected, command=command, history=history)
    before = _disturbed(first.rectangle, rng)
    reasoning = first.answer[: first.answer.rindex(" x ")]
    earlier = Turn(first.command, f"{reasoning} {GraspNumbers.from_rectangle(before).to_text()}")
    follow_ups = load_follow_ups()
    refinements = list(follow_ups.refinements.values())
    weights = np.array([TURN_WEIGHT if one.turn_rad else 1.0 for one in refinements])
    refinement = refinements[int(rng.choice(len(refinements), p=weights / weights.sum()))]
    after = apply(refinement, before)
    answer = describe(refinement, after, pick(follow_ups.refinement_answers, rng))
    return Dialogue(
        command=reword(pick(refinement.phrases, rng), rng),
        answer=f"{answer} {GraspNumbers.from_rectangle(after).to_text()}",
        rectangle=after,
        part=None,
        history=(earlier,),
    )


def _redirect(
    last: LabelledPart,
    graspable: Sequence[LabelledPart],
    vocabulary: Vocabulary,
    rng: np.random.Generator,
) -> Dialogue | None:
    """Ask for another part of the same object, or for another object."""
    ways = load_follow_ups().redirections
    asked: list[tuple[str, LabelledPart]] = []
    siblings = [part for part in graspable if part.object_name == last.object_name]
    other_parts = [part for part in siblings if part.part_name != last.part_name]
    if other_parts:
        part = pick(other_parts, rng)
        parts_words = vocabulary.objects[part.object_name].parts
        called = pick(parts_words[part.part_name].names, rng)
        asked.append((pick(ways["named_part"].phrases, rng).format(p=called), part))
        if len(parts_words) == 2:
            asked.append((pick(ways["other_part"].phrases, rng), part))
    others = [
        p
        for p in graspable
        if p.object_name != last.object_name
        and p.is_default
        and p.object_name in vocabulary.objects
    ]
    if others:
        part = pick(others, rng)
        called = pick(vocabulary.objects[part.object_name].names, rng)
        asked.append((pick(ways["other_object"].phrases, rng).format(o=called), part))
    if not asked:
        return None
    command, part = pick(asked, rng)
    template = pick(load_follow_ups().redirection_answers, rng)
    return Dialogue(command, write_answer(part, vocabulary, template), part.rectangle, part)


def _disturbed(rectangle: GraspRectangle, rng: np.random.Generator) -> GraspRectangle:
    """Return what a model may have answered instead of the label."""
    side_px = max(rectangle.image_width_px, rectangle.image_height_px)
    dx, dy = rng.normal(0.0, _EARLIER_ERROR * side_px, 2)
    return replace(
        rectangle,
        x_px=float(np.clip(rectangle.x_px + dx, 0, rectangle.image_width_px - 1)),
        y_px=float(np.clip(rectangle.y_px + dy, 0, rectangle.image_height_px - 1)),
        theta_rad=rectangle.theta_rad + float(rng.normal(0.0, _EARLIER_ERROR_RAD)),
        opening_px=rectangle.opening_px * float(np.exp(rng.normal(0.0, 0.1))),
    )
