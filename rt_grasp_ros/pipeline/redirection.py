"""Another thing or part that a follow-up names, as a request of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..language.parse_request import parse_request
from ..language.prompt import Turn
from ..language.request import Earlier, Intent, Request
from ..language.target import target_of


def last_request(history: Sequence[Turn]) -> Request | None:
    """Return what the last turn that named a thing came to; None where none did.

    Args:
        history: earlier turns of the dialogue, oldest first.
    """
    meant: Request | None = None
    came_to: list[Request] = []
    for turn in history:
        request = parse_request(turn.command, is_follow_up=meant is not None)
        if request.intent is Intent.GRASP:
            meant = request if request.noun or meant is None else meant
        elif request.repeats is Earlier.FIRST:
            meant = came_to[0]
        elif request.repeats is Earlier.BEFORE_LAST:
            meant = came_to[-2:][0]
        elif request.intent is Intent.FOLLOW_UP:
            meant = _after(request, meant) or meant
        if meant is not None and request.may_move:
            came_to.append(meant)
    return meant if meant is not None and meant.noun else None


def redirected(request: Request, history: Sequence[Turn]) -> Request | None:
    """Return what a follow-up asks for as a request of its own; None where it names nothing.

    Args:
        request: a follow-up.
        history: the turns before it, oldest first.
    """
    return _after(request, last_request(history))


def _after(request: Request, earlier: Request | None) -> Request | None:
    """Return what a follow-up of a request comes to."""
    if request.is_another:
        noun = request.noun or (earlier.noun if earlier else "")
        return Request(Intent.GRASP, noun=noun, plain=f"grasp the {noun}") if noun else None
    if request.noun:
        return replace(request, intent=Intent.GRASP)
    if earlier is None or not (request.part or request.tells_which):
        return None
    if request.tells_which:
        looks = " ".join([*request.colours, earlier.noun])
        part = f" by its {request.part}" if request.part else ""
        plain = f"grasp the {looks}{part}"
        return replace(request, intent=Intent.GRASP, noun=earlier.noun, plain=plain)
    thing = target_of(earlier).thing
    plain = f"grasp the {thing} by its {request.part}"
    return replace(earlier, part=request.part, plain=plain, excluded=request.excluded)
