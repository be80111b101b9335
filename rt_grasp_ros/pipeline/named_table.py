"""A table whose things are told by words: what depth and colour cut out, and what knows names.

The embedded model knows the table that it was trained on. Elsewhere the segments of what stands on
the plane are the things, and `Relevance` tells how well each is named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import NoSupportPlane
from ..grasp.frame import RgbdFrame
from ..grasp.support import Support
from ..grasp.trained_view import TrainedView
from ..proposals.measures import colours as colours_of
from ..proposals.relevance import Relevance
from ..proposals.segments import Segment, find_segments, overlap
from ..proposals.wholeness import PRIOR, wholeness
from .cut_pictures import Cut, CutPictures
from .looking import FindTable
from .neighbours import SAME_SHARE
from .places import Places

MOST_THINGS = 24
_LEAST_WHOLE = 0.05
_FAMILIAR = 0.4
"""Most tables of the cell show 0.41 and more, meshes on its table that the word eye was fitted on
up to 0.39, drawn tables up to 0.1; of tables of others half show more (`docs/evaluation.md`)."""

_SURELY_FAMILIAR = 0.6
"""Of things cut in one way alone: where they look so much like training's, no more is cut."""


def _likely_things(frame: RgbdFrame, support: Support) -> Cut:
    """Return the segments that may be whole things, the likeliest first, and how likely each is."""
    segments = find_segments(frame, support)
    likely = wholeness(frame, segments)
    kept = [k for k in np.argsort(-likely)[:MOST_THINGS] if likely[k] >= _LEAST_WHOLE]
    return [segments[k] for k in kept], likely[kept]


_CUT_PICTURES = CutPictures(_likely_things)


@dataclass(frozen=True, eq=False)
class NamedTable:
    """A table whose things are told by words.

    Attributes:
        frame: colour, depth and intrinsics.
        segments: what may be a thing, as several cuts show it: a thing and its pieces overlap.
        whole: how likely each is one thing, as a prior in logits, shape (S,).
        relevance: knows names.
    """

    frame: RgbdFrame
    segments: list[Segment]
    whole: NDArray[np.float64]
    relevance: Relevance

    @classmethod
    def of(cls, frame: RgbdFrame, support: Support, relevance: Relevance) -> NamedTable:
        """Cut out what stands on the planes, the likeliest to be a whole thing first."""
        segments, likely = _CUT_PICTURES.of(frame, support)
        return cls(frame, segments, PRIOR * np.log(likely), relevance)

    @cached_property
    def colours(self) -> list[dict[str, float]]:
        """Which share of each segment has which named colour, in balanced light."""
        return colours_of(self.frame, self.segments)

    @cached_property
    def is_same(self) -> NDArray[np.bool_]:
        """Whether two segments show the same thing, or one a piece of the other's, shape (S, S)."""
        return np.array(
            [[overlap(one, each) >= SAME_SHARE for each in self.segments] for one in self.segments]
        )

    @cached_property
    def places(self) -> Places:
        """Where the segments are on the table."""
        return Places.of(self.frame, self.segments)

    @property
    def likely(self) -> NDArray[np.float64]:
        """How likely each segment is one whole thing, 0..1, shape (S,)."""
        return np.asarray(np.exp(self.whole / PRIOR))

    @property
    def is_familiar(self) -> bool:
        """Whether most of what likely is a whole thing looks like what the model was trained on."""
        familiar = self.relevance.familiar(self.frame, self.segments)
        weights = self.likely
        return bool(len(weights)) and float(familiar @ weights) > _FAMILIAR * float(weights.sum())


def table_by_words(
    frame: RgbdFrame,
    trained: TrainedView | None,
    find_table: FindTable,
    relevance: Callable[[], Relevance | None],
) -> NamedTable | None:
    """Return the table where its things are to be told by words; None where by the model.

    The model is asked where it was trained on any picture, and where the things look like those of
    training. Where the camera sees the table as in training, a glance tells that mostly, and an
    empty table is the model's.

    Args:
        frame: colour, depth and intrinsics.
        trained: how the model was trained to see a table.
        find_table: finds the planes that things stand on.
        relevance: returns what knows names, if anything does.
    """
    if trained is None:
        return None
    try:
        support = find_table()
    except NoSupportPlane:
        return None
    names = relevance()
    if names is None:
        return None
    is_view = trained.is_that_of(frame.intrinsics, support.plane)
    if is_view and _looks_familiar(frame, support, names):
        return None
    table = NamedTable.of(frame, support, names)
    return None if table.is_familiar or (is_view and not table.segments) else table


def _looks_familiar(frame: RgbdFrame, support: Support, relevance: Relevance) -> bool:
    """Whether what stands on the first plane surely looks like what the model was trained on."""
    things = find_segments(frame, Support((support.plane,)), fold_limits=(None,))
    familiar = relevance.familiar(frame, things)
    return len(things) > 0 and float(familiar.mean()) > _SURELY_FAMILIAR
