"""What a follow-up comes to: the last grasp again or changed, another thing, or a new request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..grasp.errors import CommandUnclear, OnlyExcluded
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Gripper
from ..language.prompt import Turn
from ..language.request import Earlier, Request
from ..proposals.proposal import Proposals
from .another_thing import another, another_by_words
from .excluded_places import without_excluded
from .last_grasp import changed, grasp_of, is_still_there, last_grasp, repeated
from .looking import FindTable, Looked
from .named_table import NamedTable
from .redirection import last_request, redirected

Ask = Callable[[RgbdFrame, str], Looked]
"""Asks the model about a frame for what a command names."""


def is_about_last_thing(request: Request) -> bool:
    """Whether a model has to know what was said before to answer a follow-up.

    Where another thing is meant it is asked as at the beginning of a dialogue: the embedded model,
    once it has named a grasp, never says that what it is asked for is not there.
    """
    return not (
        request.noun
        or request.change is not None
        or request.is_repeated
        or request.is_another
        or request.tells_which
    )


def from_last_grasp(
    request: Request,
    history: Sequence[Turn],
    frame: RgbdFrame,
    ask: Ask,
    find_table: FindTable,
) -> Looked | None:
    """Return the last grasp changed, or an earlier one again; None where neither is to be had.

    That is computed, whatever the model: it is exact, and nothing is asked of it. Where what was
    grasped is gone from its place it has to be looked for anew, see `as_asked`.

    Args:
        request: a follow-up.
        history: earlier turns of the dialogue, oldest first.
        frame: colour and depth.
        ask: asks the model where what is excluded lies.
        find_table: finds the planes that things stand on.

    Raises:
        CommandUnclear: there is no grasp that could be changed, or none before the last.
        OnlyExcluded: the changed grasp does not surely keep away from what is excluded.
    """
    before = last_grasp(history, frame)
    if request.change is not None:
        if before is None:
            raise CommandUnclear("there is no grasp before, to change", is_follow_up=True)
        looked = Looked([changed(request.change, before, frame)], doubt="")
        if not request.excluded:
            return looked
        require_told_parts(request)
        return without_excluded(request, looked, lambda words: ask(frame, words))
    if request.repeats is None:
        return None
    meant = grasp_of(request.repeats, history, frame)
    if meant is None and request.repeats is Earlier.BEFORE_LAST:
        raise CommandUnclear("there is no grasp before the last one", is_follow_up=True)
    if meant is None or not is_still_there(meant[1], frame, find_table):
        return None
    return Looked([repeated(meant[1], request.repeats)], doubt="")


def other_than_last(
    request: Request,
    history: Sequence[Turn],
    frame: RgbdFrame,
    ask: Ask,
    find_table: FindTable,
    gripper: Gripper,
    named_table: NamedTable | None,
    count: int,
    search: Proposals | None = None,
) -> Looked:
    """Return grasps of another thing than the last one, of the same name.

    Args:
        request: a follow-up for another thing.
        history: earlier turns of the dialogue, oldest first.
        frame: colour and depth.
        ask: asks the model.
        find_table: finds the planes that things stand on.
        gripper: its measures.
        named_table: see `table_by_words`; None where the model is to be asked.
        count: so many candidates at most.
        search: finds where the gripper could close; by depth alone where left out.

    Raises:
        CommandUnclear: nothing of that name was taken before.
    """
    earlier, before = last_request(history), last_grasp(history, frame)
    meant = redirected(request, history)
    if earlier is None or meant is None or before is None:
        raise CommandUnclear("nothing was taken before, to take another", is_follow_up=True)
    if meant.noun.split()[-1] != earlier.noun.split()[-1]:
        raise CommandUnclear(f"no {meant.noun} was taken before", is_follow_up=True)
    if named_table is not None:
        return another_by_words(meant, before, named_table, gripper, count, search)
    return another(meant, before, frame, ask, find_table)


def as_asked_before(request: Request, history: Sequence[Turn], frame: RgbdFrame) -> Request:
    """Return the request of a grasp that is meant again, for where it has to be looked for anew.

    Args:
        request: a follow-up that repeats a grasp.
        history: earlier turns of the dialogue, oldest first.
        frame: colour and depth.

    Raises:
        CommandUnclear: nothing was named before.
    """
    meant = grasp_of(request.repeats, history, frame) if request.repeats else None
    earlier = last_request(history if meant is None else history[: meant[0] + 1])
    if earlier is None:
        raise CommandUnclear("there is no grasp before, to repeat", is_follow_up=True)
    return earlier


def looked_for_anew(looked: Looked) -> Looked:
    """Return answers to what is meant again, which say that it was not where it was before."""
    said = "Nothing stands where it was grasped before, so I looked for it anew."
    answers = [replace(one, reasoning=f"{said} {one.reasoning}") for one in looked.answers]
    return replace(looked, answers=answers)


def as_asked(request: Request, history: Sequence[Turn], is_by_words: bool) -> Request:
    """Return the request that a follow-up comes to; a model is asked its `plain` words.

    Args:
        request: a follow-up that is not about the last grasp itself.
        history: earlier turns of the dialogue, oldest first.
        is_by_words: whether things are told by words, not by the model.
    """
    meant = redirected(request, history)
    is_anew = is_by_words or request.excluded or not is_about_last_thing(request)
    if meant is not None and is_anew:
        return meant
    if request.part:
        return replace(request, plain=f"by its {request.part} instead")  # as models were taught it
    return request


def require_told_parts(request: Request) -> None:
    """Refuse what excludes a part of something that was not called anything.

    Raises:
        OnlyExcluded: it does.
    """
    parts = [one.words for one in request.excluded if one.is_part]
    if parts and not request.is_called:
        raise OnlyExcluded(parts[0])
