"""Names that the embedded model was never taught, on its own table: the word eye may know them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..grasp.errors import NoSupportPlane
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Gripper
from ..grasp.trained_view import TrainedView
from ..language.answer import Answer
from ..language.request import Intent, Request
from ..language.thing_phrase import names
from ..language.vocabulary import load_vocabulary
from ..proposals.proposal import Proposals
from ..proposals.relevance import Relevance
from ..proposals.shape_words import is_shape_word
from .by_words import NamedTable, answer_by_words
from .looking import FindTable, Looked
from .measured_words import with_measured_colour
from .things import taken_thing

_ASKED = 3
_SURE = 1.0
"""In logits: of things of the cell that had none of 20 other names one of 160 fitted so well."""


def found_by_words(
    request: Request,
    frame: RgbdFrame,
    trained: TrainedView | None,
    find_table: FindTable,
    relevance: Callable[[], Relevance | None],
    gripper: Gripper,
    count: int,
    ask: Callable[[str], Looked],
    search: Proposals | None = None,
) -> Looked | None:
    """Return grasps of a thing that the embedded model has no name for; None where none is sure.

    Args:
        request: that the model found nothing for.
        frame: colour, depth and intrinsics.
        trained: how the model was trained to see a table; None where it knows more words than ours.
        find_table: finds the planes that things stand on.
        relevance: returns what knows names, if anything does.
        gripper: its measures.
        count: so many candidates at most.
        ask: asks the model for something else.
        search: finds where the gripper could close; by depth alone where left out.

    Raises:
        WhichOne, OnlyExcluded, NoFingerClearance: see `answer_by_words`.
    """
    is_unknown = bool(request.noun) and not (request.noun in names() or is_shape_word(request.noun))
    if trained is None or request.intent is not Intent.GRASP or not is_unknown:
        return None
    words = relevance()
    try:
        support = find_table()
    except NoSupportPlane:
        return None
    if words is None:
        return None
    table = NamedTable.of(frame, support, words)
    looked = answer_by_words(request, table, gripper, count, search, least=_SURE)
    if looked.answers[0].rectangle is None or _is_known(looked.answers[0], table, ask):
        return None
    answers = [with_measured_colour(one, frame, table.segments) for one in looked.answers]
    return replace(looked, answers=answers)


def _is_known(answer: Answer, table: NamedTable, ask: Callable[[str], Looked]) -> bool:
    """Whether the model knows what an answer takes by another name, one of the likeliest."""
    thing = taken_thing(answer.rectangle, table.segments)
    if thing is None:
        return False
    known = [words.names[0] for words in load_vocabulary().objects.values()]
    fits = table.relevance.fits(table.frame, [thing], known)[0]
    likeliest = [known[k] for k in np.argsort(-fits)[:_ASKED]]
    seen = [ask(f"grasp the {name}").answers[0] for name in likeliest]
    return any(taken_thing(one.rectangle, [thing]) is thing for one in seen)
