"""The word eye beside the embedded model, on a table of the model's things.

Where the model does not see what is asked for, the word eye may: what the model was never taught a
name for, or what it takes for nothing in this picture. Where both see it at different places, the
word eye is followed if it is much surer of its own. Either way the thing must be one that the model
knows by no other name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..grasp.errors import NoFingerClearance, NoSupportPlane, WhichOne
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Gripper
from ..grasp.rectangle import GraspRectangle
from ..grasp.trained_view import TrainedView
from ..language.request import Intent, Request
from ..language.thing_phrase import names
from ..language.vocabulary import load_vocabulary
from ..proposals.proposal import Proposals
from ..proposals.relevance import Relevance
from ..proposals.segments import Segment
from ..proposals.shape_words import is_shape_word
from .by_words import answer_by_words
from .fitting import logits_of
from .looking import FindTable, Looked
from .measured_words import with_measured_colour
from .named_table import NamedTable

_SURE_AS_TRAINED, _SURE, _SURER = 0.0, 1.0, 2.5
"""In logits: for names that the model was not taught, where the camera sees the table as in
training and elsewhere, and for those that it was.

Of 126 nouns of other things 1.4 % were taken for something in 20 views of the cell, through a D435
2.4 %. For taught names see `docs/evaluation.md`.
"""

_MUCH_BETTER = 3.0
"""In logits: so much better has a thing to fit than the one that the model takes."""


@dataclass(frozen=True, slots=True, eq=False)
class SecondOpinion:
    """What is needed to ask the word eye where the model has answered.

    Attributes:
        frame: colour, depth and intrinsics.
        trained: how the model was trained to see a table; None where it knows more words than ours.
        find_table: finds the planes that things stand on.
        relevance: returns what knows names, if anything does.
        gripper: its measures.
        ask: asks the model for something else.
        search: finds where the gripper could close; by depth alone where left out.
    """

    frame: RgbdFrame
    trained: TrainedView | None
    find_table: FindTable
    relevance: Callable[[], Relevance | None]
    gripper: Gripper
    ask: Callable[[str], Looked]
    search: Proposals | None = None

    def on(self, request: Request, looked: Looked, count: int) -> Looked | None:
        """Return grasps of what the model does not see or mistakes; None where none is sure.

        What the model sees is looked at again only where it was shown drawn views: there the table
        is cut and known by words already, and it errs more often.

        Args:
            request: that the model was asked for.
            looked: what it said.
            count: so many candidates at most.

        Raises:
            WhichOne, OnlyExcluded, NoFingerClearance: see `answer_by_words`; where the model sees
                nothing.
        """
        is_seen = looked.answers[0].rectangle is not None
        table = self._table(request, is_seen)
        if table is None:
            return None
        if is_seen and not _another_fits_better(request.noun, looked, table):
            return None
        try:
            return self._seen(request, table, count)
        except (NoFingerClearance, WhichOne):
            if is_seen:
                return None
            raise

    def _table(self, request: Request, is_seen: bool) -> NamedTable | None:
        """Return the table where the word eye is to be asked."""
        is_plain = not (request.excluded or request.tells_which)
        is_taught = request.noun in names()
        may_ask = (is_taught and is_plain) if is_seen else (not is_taught or not request.excluded)
        is_named = bool(request.noun) and not is_shape_word(request.noun)
        if self.trained is None or request.intent is not Intent.GRASP or not is_named:
            return None
        try:
            support = self.find_table()
        except NoSupportPlane:
            return None
        if is_seen and self.trained.is_that_of(self.frame.intrinsics, support.plane):
            return None
        words = self.relevance() if may_ask else None
        table = None if words is None else NamedTable.of(self.frame, support, words)
        return table if table is not None and table.segments else None

    def _seen(self, request: Request, table: NamedTable, count: int) -> Looked | None:
        """Return grasps of a thing that fits surely and that the model has no other name for."""
        least = self._least(request.noun)
        looked = answer_by_words(request, table, self.gripper, count, self.search, least=least)
        found = _thing_at(looked.answers[0].rectangle, table)
        if found is None or self._is_known_as_other(request.noun, table.segments[found], table):
            return None
        answers = [with_measured_colour(one, table.frame, table.segments) for one in looked.answers]
        return replace(looked, answers=answers)

    def _least(self, noun: str) -> float:
        """Return how well a thing has to fit a name, in logits."""
        if noun in names():
            return _SURER
        plane = self.find_table().plane
        is_as_trained = self.trained and self.trained.is_that_of(self.frame.intrinsics, plane)
        return _SURE_AS_TRAINED if is_as_trained else _SURE

    def _is_known_as_other(self, noun: str, thing: Segment, table: NamedTable) -> bool:
        """Whether the model sees a thing by another name, the likeliest asked first.

        It takes what it was never taught for one of the things that it was, so a name that fits
        much worse than an untaught one is not asked for.
        """
        taught = [one.names for one in load_vocabulary().objects.values()]
        others = [each[0] for each in taught if noun not in each]
        own, *fits = logits_of(table.relevance.fits(table.frame, [thing], [noun, *others]))[0]
        order = [int(k) for k in np.argsort(-np.array(fits))]
        if noun not in names():
            order = [k for k in order if fits[k] > own - _MUCH_BETTER]
        return any(
            _things_at(self.ask(f"grasp the {others[k]}").answers[0].rectangle, [thing])
            for k in order
        )


def _another_fits_better(noun: str, looked: Looked, table: NamedTable) -> bool:
    """Whether another thing than the one that the model takes surely fits a name much better."""
    theirs = _things_at(looked.answers[0].rectangle, table.segments)
    fits = logits_of(table.relevance.fits(table.frame, table.segments, [noun]))[:, 0]
    best = int(np.argmax(fits + table.whole))
    if best in theirs or fits[best] < _SURER:
        return False
    return not theirs or float(fits[best] - fits[theirs].max()) >= _MUCH_BETTER


def _thing_at(rectangle: GraspRectangle | None, table: NamedTable) -> int | None:
    """Return which segment at a grasp's middle is likeliest one thing; None where there is none."""
    there = _things_at(rectangle, table.segments)
    return max(there, key=lambda k: float(table.likely[k]), default=None)


def _things_at(rectangle: GraspRectangle | None, segments: Sequence[Segment]) -> list[int]:
    """Return in which segments a grasp has its middle."""
    if rectangle is None or not rectangle.is_inside_image:
        return []
    at = int(rectangle.y_px), int(rectangle.x_px)
    return [k for k, one in enumerate(segments) if one.mask[at]]
