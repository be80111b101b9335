"""What the chain takes a command to mean, up to which segment, and whether that is right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.names.drawn import SeenTable
from benchmarks.names.left_out import Split
from benchmarks.names.questions import ABSENT, Question
from benchmarks.segments import support_of
from rt_grasp_ros.api import DEFAULT_MODEL
from rt_grasp_ros.grasp.errors import RtGraspError, WhichOne
from rt_grasp_ros.grasp.support import Support
from rt_grasp_ros.learn.words.left_out import is_any_called
from rt_grasp_ros.metrics.clustered_error import clustered_standard_error
from rt_grasp_ros.model.checkpoint import trained_view_at
from rt_grasp_ros.pipeline.by_words import told_apart
from rt_grasp_ros.pipeline.fitting import fitting_of
from rt_grasp_ros.pipeline.named_table import NamedTable, table_by_words
from rt_grasp_ros.pipeline.understanding import understood
from rt_grasp_ros.resources import share_path

TAUGHT, LEFT_OUT, ELSEWHERE = "taught", "left out", "elsewhere"
_SHOWN = 0.5
_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question, asked of one word eye.

    Attributes:
        table: which table it was about, kind and seed.
        kind: of the question.
        group: of its noun: `TAUGHT`, `LEFT_OUT`, or `ELSEWHERE` where no mesh is called so.
        fit: how well the thing fits that fits best, in logits; minus infinity where the sentence
            was not understood, or nothing was cut out.
        is_right_thing: whether that one is meant, refused or not.
        is_asked_back: whether two fit equally well.
    """

    table: tuple[str, int]
    kind: str
    group: str
    fit: float
    is_right_thing: bool
    is_asked_back: bool

    @property
    def is_refused(self) -> bool:
        """Whether the chain says that it is not there."""
        return self.fit < 0

    @property
    def is_right(self) -> bool:
        """Whether the right thing is taken."""
        return self.is_right_thing and not self.is_refused


def outcomes(
    table: SeenTable, asked: Sequence[Question], some: Sequence[Split], nouns: frozenset[str]
) -> Iterator[Outcome]:
    """Yield what becomes of questions about a view; nothing where it shows no plane.

    Args:
        table: the view.
        asked: the questions.
        some: word eyes.
        nouns: of all meshes.
    """
    support = support_of(table.frame)
    if support is None:
        return
    for split in some:
        named = _named(table, support, split)
        for one in asked:
            names = (one.noun,) if one.thing is None else table.things[one.thing].names
            known = LEFT_OUT if is_any_called(names, split.left_out) else TAUGHT
            group = known if one.noun in nouns else ELSEWHERE
            fit, thing, is_asked_back = _meant(table, named, one.command)
            is_right = one.thing is not None and thing == one.thing
            yield Outcome((table.kind, table.seed), one.kind, group, fit, is_right, is_asked_back)


def _named(table: SeenTable, support: Support, split: Split) -> NamedTable | None:
    """Return the table by words, as the nodes do; None where it is left to the model."""
    trained = trained_view_at(share_path(DEFAULT_MODEL))
    return table_by_words(table.frame, trained, lambda: support, lambda: split.eye)


def _meant(
    table: SeenTable, named: NamedTable | None, command: str
) -> tuple[float, int | None, bool]:
    """Return how well the meant thing fits, which it is, and whether it is asked back."""
    if named is None or not named.segments:
        return -np.inf, None, False
    try:
        request = understood(command, is_follow_up=False)
    except RtGraspError:
        return -np.inf, None, False
    fitting = fitting_of(request, named)
    try:
        segment = told_apart(request, named, fitting)
    except WhichOne:
        return fitting.best, None, True
    except RtGraspError:
        return -np.inf, None, False
    return fitting.best, thing_in(table, segment.mask), False


def thing_in(table: SeenTable, mask: NDArray[np.bool_]) -> int | None:
    """Return which thing more than half of a mask shows; None where none."""
    counts = np.bincount(table.thing_ids[mask], minlength=len(table.things) + 1)
    best = int(np.argmax(counts[1:]))
    return best if counts[1 + best] > _SHOWN * counts.sum() else None


def rates(some: Sequence[Outcome]) -> dict[str, float | None]:
    """Return the share of what is true of outcomes, each with its standard error over tables."""
    tables = [one.table for one in some]
    told: dict[str, float | None] = {"n": len(some), "tables": len(set(tables))}
    told_of = {"refused": "is_refused"}
    if any(one.kind != ABSENT for one in some):
        told_of = {
            "right_thing": "is_right_thing",
            "right": "is_right",
            "refused": "is_refused",
            "asked_back": "is_asked_back",
        }
    for name, attribute in told_of.items():
        hits = [bool(getattr(one, attribute)) for one in some]
        told[name] = float(np.mean(hits))
        told[f"{name}_se"] = clustered_standard_error(hits, tables)
    return told


def area_under_curve(some: Sequence[Outcome]) -> tuple[float, float]:
    """Return how often a name of what is there fits better than one of what is not, with its error.

    The standard error is that of a bootstrap over tables, seeded.

    Args:
        some: outcomes, both of what is there and of what is not.
    """
    fits = np.array([one.fit for one in some])
    is_there = np.array([one.kind != ABSENT for one in some])
    tables = sorted({one.table for one in some})
    of_table = np.array([tables.index(one.table) for one in some])
    equal = np.full(len(tables), 1 / len(tables))
    draws = np.random.default_rng(0).multinomial(len(tables), equal, size=_ROUNDS)
    drawn = [_area(fits, is_there, counts[of_table]) for counts in draws]
    return _area(fits, is_there, np.ones(len(fits))), float(np.std(drawn))


def _area(
    fits: NDArray[np.float64], is_there: NDArray[np.bool_], weights: NDArray[np.floating]
) -> float:
    """Return the area under the ROC curve; equal fits count half."""
    values, rank = np.unique(fits, return_inverse=True)
    there = np.bincount(rank, weights * is_there, len(values))
    absent = np.bincount(rank, weights * ~is_there, len(values))
    below = np.cumsum(absent) - absent / 2
    return float((there * below).sum() / max(there.sum() * absent.sum(), 1e-12))
