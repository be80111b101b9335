"""A sentence put to the model so that what it says is obeyed: which one, and what not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from ..grasp.errors import (
    CommandForbids,
    CommandForeign,
    CommandNoGrasp,
    CommandUnclear,
    NoSupportPlane,
)
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Gripper
from ..grasp.support import Support
from ..language.answer import Answer
from ..language.clauses import written_out
from ..language.follow_up_clauses import may_forbid
from ..language.parse_request import parse_request
from ..language.prompt import Turn
from ..language.request import Intent, Request
from ..proposals.proposal import Proposals
from ..proposals.segments import find_segments
from ..proposals.shape_words import is_shape_word
from .after_grasp import (
    as_asked,
    as_asked_before,
    from_last_grasp,
    looked_for_anew,
    other_than_last,
    require_told_parts,
)
from .by_shape import of_that_shape
from .by_words import answer_by_words
from .excluded_places import without_excluded
from .last_grasp import last_grasp
from .looking import FindTable, Looked
from .measured_words import stated_colour, with_measured_colour
from .named_table import NamedTable
from .which_one import choose

_KINDS = {
    Intent.QUESTION: "a question, which is not answered",
    Intent.OTHER_ACTION: "an action that the arm was not taught",
    Intent.SEVERAL: "about several things at once",
    Intent.CALL_OFF: "a call-off",
    Intent.REMARK: "a remark that asks for nothing",
}
_CANDIDATES = 8


class LookFor(Protocol):
    """Asks the model about a frame."""

    def __call__(
        self, frame: RgbdFrame, words: str, count: int, at_things_alone: bool = False
    ) -> Looked:
        """Return what it says to a plain command.

        Args:
            frame: colour and depth.
            words: the command.
            count: so many candidates.
            at_things_alone: see `look`.
        """
        ...


def understood(
    command: str, is_follow_up: bool, is_free: Callable[[], bool] = lambda: False
) -> Request:
    """Return what a command asks for.

    Args:
        command: as `validate_command` returns it.
        is_follow_up: whether the dialogue has earlier turns.
        is_free: returns whether the model was taught language, not only our commands; asked only
            where it matters, as a model may have to be loaded for it. Such a model is asked about a
            follow-up that no rule understands, unless that may forbid, call off or ask.

    Raises:
        CommandNoGrasp, CommandForbids, CommandUnclear, CommandForeign: nothing may move for it.
    """
    request = parse_request(command, is_follow_up)
    if request.intent in _KINDS:
        raise CommandNoGrasp(_KINDS[request.intent], request.unclear or command, is_follow_up)
    if request.intent is Intent.PROHIBITION:
        raise CommandForbids(is_follow_up)
    if request.intent is Intent.OTHER_LANGUAGE:
        raise CommandForeign(request.unclear)
    if request.intent is Intent.UNCLEAR:
        if is_follow_up and not may_forbid(written_out(command)) and is_free():
            return Request(Intent.FOLLOW_UP, plain=command)
        raise CommandUnclear(request.unclear, is_follow_up)
    return request


def obeyed(
    request: Request,
    command: str,
    frame: RgbdFrame,
    count: int,
    look_for: LookFor,
    gripper: Gripper,
    find_table: FindTable,
    named_table: NamedTable | None = None,
    history: Sequence[Turn] = (),
    spares: int = 0,
    search: Proposals | None = None,
) -> Looked:
    """Return answers that are about what a request means and nothing it excludes.

    On a table that the model was trained to see it is the model that is asked, elsewhere its words
    are looked for among what depth cuts out, see `answer_by_words`.

    Args:
        request: from `understood`.
        command: the sentence itself, which a model is asked where it says nothing beyond a name.
        frame: colour and depth.
        count: how many candidates are wanted.
        look_for: asks the model.
        gripper: its measures.
        find_table: finds the planes that things stand on.
        named_table: see `table_by_words`; None where the model is to be asked.
        history: earlier turns of the dialogue, oldest first.
        spares: how many more answers are of use where geometry finds them.
        search: finds where the gripper could close; by depth alone where left out.

    Raises:
        WhichOne: several things fit equally well.
        OnlyExcluded: nothing was found that keeps away from what is excluded, or a part is excluded
            of a thing that was not called anything, whose parts can't be told.
    """
    if request.intent is Intent.FOLLOW_UP:

        def ask(shown: RgbdFrame, words: str) -> Looked:
            return look_for(shown, words, count, at_things_alone=shown is not frame)

        from_last = from_last_grasp(request, history, frame, ask, find_table)
        if from_last is not None:
            return from_last
        if request.is_repeated:
            again = as_asked_before(request, history, frame)
            looked = obeyed(
                again,
                again.plain,
                frame,
                count,
                look_for,
                gripper,
                find_table,
                named_table,
                spares=spares,
                search=search,
            )
            return looked_for_anew(looked) if last_grasp(history, frame) else looked
        if request.is_another:
            looked = other_than_last(
                request, history, frame, ask, find_table, gripper, named_table, count, search
            )
            return replace(looked, answers=_told_truly(looked, frame, find_table))
        request = as_asked(request, history, named_table is not None)
        command = request.plain
    require_told_parts(request)
    if named_table is not None and request.intent is Intent.GRASP:
        looked = answer_by_words(request, named_table, gripper, count + spares, search)
        return _measured(looked, named_table)
    is_plain = not (request.excluded or request.tells_which)
    is_own = is_plain and request.intent is Intent.GRASP and not request.leaves_out
    asked = command if is_own else request.plain
    looked = look_for(frame, asked, count if is_plain else max(count, _CANDIDATES))
    is_one_of_several = _is_one_of_several(request) and not _is_pointed_out(request, looked)
    if request.intent is Intent.GRASP and not is_plain and is_one_of_several:
        looked = choose(
            request,
            frame,
            looked,
            lambda shown, words: look_for(shown, words, count, at_things_alone=True),
            gripper,
            find_table,
            search,
        )
    if request.intent is Intent.GRASP and is_shape_word(request.noun):
        looked = of_that_shape(request, frame, looked, gripper, find_table, search)
    if request.excluded and (request.is_called or request.intent is Intent.FOLLOW_UP):
        looked = without_excluded(request, looked, lambda words: look_for(frame, words, 1))
    return replace(looked, answers=_told_truly(looked, frame, find_table))


def _is_one_of_several(request: Request) -> bool:
    """Whether things have to be looked at one by one to know which is meant."""
    return request.tells_which or not request.is_called


def _is_pointed_out(request: Request, looked: Looked) -> bool:
    """Whether a model that points has pointed at one thing alone, and nothing is excluded."""
    places = looked.answers[0].places
    is_excluding = bool(request.excluded or request.excluded_colours or request.excluded_ones)
    is_excluding = is_excluding or request.rank > 1
    return places is not None and len(places) == 1 and not is_excluding


def _measured(looked: Looked, table: NamedTable) -> Looked:
    """Return answers about a table of named things with no colour that was not measured."""
    answers = [with_measured_colour(one, table.frame, table.segments) for one in looked.answers]
    return replace(looked, answers=answers)


def _told_truly(looked: Looked, frame: RgbdFrame, find_table: FindTable) -> list[Answer]:
    """Return the answers with no colour in them that was not measured."""
    if not any(stated_colour(answer.reasoning) for answer in looked.answers):
        return looked.answers
    try:
        plane = find_table().plane
    except NoSupportPlane:
        segments = []
    else:
        segments = find_segments(frame, Support((plane,)), fold_limits=(None,))
    return [with_measured_colour(answer, frame, segments) for answer in looked.answers]
