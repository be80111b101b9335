"""What a command excludes is not taken: found by the model itself, kept away from by geometry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ..grasp.errors import OnlyExcluded
from ..grasp.rectangle import GraspRectangle
from ..language.answer import Answer
from ..language.request import Exclusion, Request
from ..language.vocabulary import ObjectWords, load_vocabulary
from .looking import Looked

AskFor = Callable[[str], Looked]
"""Asks the model for what a plain command names."""

_APART = 0.75
"""Of an excluded grasp's opening: so far from it a grasp of the same thing is another part."""

_SAME_IOU = 0.1


def without_excluded(request: Request, looked: Looked, ask: AskFor) -> Looked:
    """Return the answers that keep away from what a request excludes, and others that do.

    The model is asked for what is excluded, too: where it would take that, nothing is taken. Of a
    thing whose parts are known it is also asked for the other parts.

    Args:
        request: with exclusions.
        looked: what the model answers to `request.plain`.
        ask: asks it for more.

    Raises:
        OnlyExcluded: none keeps away, or it is not known where the excluded part is.
    """
    answers = [answer for answer in looked.answers if answer.rectangle is not None]
    if not answers:
        return looked
    for excluded in request.excluded:
        if excluded.is_part:
            answers = _off_part(request, excluded, answers, ask)
        else:
            answers = _off_thing(excluded, answers, ask)
        if not answers:
            raise OnlyExcluded(excluded.words)
    return replace(looked, answers=answers)


def _off_thing(excluded: Exclusion, answers: Sequence[Answer], ask: AskFor) -> list[Answer]:
    place = ask(f"grasp the {excluded.words}").answers[0].rectangle
    if place is None:
        return list(answers)
    return [answer for answer in answers if _is_apart(answer.rectangle, place)]


def _off_part(
    request: Request, excluded: Exclusion, answers: Sequence[Answer], ask: AskFor
) -> list[Answer]:
    """Return grasps nearer to another part than to the excluded one."""
    noun = request.noun or "object"
    place = ask(f"grasp the {noun} by its {excluded.words}").answers[0].rectangle
    if place is None:
        raise OnlyExcluded(excluded.words)
    others = [
        answer
        for part in _other_parts(noun, excluded.words)
        for answer in ask(f"grasp the {noun} by its {part}").answers[:1]
        if answer.rectangle is not None and _is_apart(answer.rectangle, place)
    ]
    kept = []
    for answer in (*answers, *others):
        rectangle = answer.rectangle
        if rectangle is None or not _is_apart(rectangle, place):
            continue
        from_excluded_px = _distance_px(rectangle, place)
        if all(_distance_px(rectangle, other.rectangle) < from_excluded_px for other in others[:1]):
            kept.append(answer)
    return kept


def _other_parts(noun: str, excluded: str) -> list[str]:
    """Return the first names of a known thing's parts that are not called as excluded."""
    known = _known_thing(noun)
    if known is None:
        return []
    said = set(excluded.split()) | {word.rstrip("s") for word in excluded.split()}
    return [
        part.names[0]
        for part in known.parts.values()
        if not any(set(name.split()) & said or name.rstrip("s") in said for name in part.names)
    ]


def _known_thing(noun: str) -> ObjectWords | None:
    things = load_vocabulary().objects.values()
    return next((thing for thing in things if noun in thing.names), None)


def _is_apart(rectangle: GraspRectangle | None, place: GraspRectangle) -> bool:
    """Whether a grasp is not at a place."""
    if rectangle is None:
        return False
    is_near = _distance_px(rectangle, place) < _APART * place.opening_px
    return not is_near and rectangle.overlap(place) < _SAME_IOU


def _distance_px(first: GraspRectangle | None, second: GraspRectangle | None) -> float:
    if first is None or second is None:
        return float("inf")
    return float(np.hypot(first.x_px - second.x_px, first.y_px - second.y_px))
