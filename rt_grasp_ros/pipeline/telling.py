"""Answers in words that were not a model's: what is said is what was measured."""

from __future__ import annotations

from ..grasp.errors import NoFingerClearance
from ..grasp.grasp import Grasp
from ..language.answer import Answer
from ..language.grounding import describe_closing, describe_place
from ..language.request import Request
from ..proposals.shape_words import is_shape_word

_VOWELS = "aeiou"


def told_grasp(request: Request, grasp: Grasp, part: str = "", why_whole: str = "") -> Answer:
    """Return an answer about a grasp that was found by geometry on what a request names.

    Args:
        request: names the thing.
        grasp: of it.
        part: that it takes, where its place is known.
        why_whole: why it does not take the part that was asked for, as a clause.
    """
    place, closing = describe_place(grasp.rectangle), describe_closing(grasp.rectangle)
    start = f"{why_whole[0].upper()}{why_whole[1:]}, so I" if why_whole else "I"
    return Answer(
        f"The {named(request)} lies {place}. {start} take {f'its {part}' if part else 'it'} where "
        f"it fits between the fingers, and close {closing}.",
        grasp.rectangle,
        grasp.score,
        grasp=grasp,
    )


def told_absent(request: Request) -> Answer:
    """Return the answer that what a request names is not there."""
    what = named(request)
    article = "an" if what[0] in _VOWELS else "a"
    return Answer(f"I do not see {article} {what} here.", None, 1.0)


def told_ungraspable(request: Request) -> NoFingerClearance:
    """Return the refusal of what was found, and has no place that the fingers fit around."""
    return NoFingerClearance(
        f"The {named(request)} was found, but the fingers fit nowhere around it: it is wider than "
        "the gripper opens, or something stands too near; make room beside it, or name a part or "
        "another thing."
    )


def named(request: Request) -> str:
    """Return what a request calls the thing: its colours, its noun, or what it is for."""
    is_gerund = request.purpose.partition(" ")[0].endswith("ing")
    use = f" {'for' if is_gerund else 'to'} {request.purpose}" if request.purpose else ""
    noun = f"{request.noun} thing" if is_shape_word(request.noun) else request.noun
    return " ".join([*request.colours, noun or f"thing{use}"])
