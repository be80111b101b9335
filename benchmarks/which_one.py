"""Whether the right one of several is meant: by side, size, number, exclusion, neighbour.

SYNTHETIC tables with all meshes of two nouns (three of each at most) and three other things, as a
D435, a D455 and an Azure Kinect measure them. Of a noun that several things have each is asked for
by what tells it plainly from the others (`of several`), of one that one has by a side or size all
the same (`alone`): what else is on the table may be taken for one. The sentence goes the product's
way up to which segment is meant; what is refused or asked back counts as not right. All is asked
twice, the second time of an `unsure` word eye, whose logits are multiplied by 0.6 and get noise
(1.0 a thing, 0.4 a segment), about as of nouns that it was not fitted on. Standard errors are over
tables. Seven seconds a table.

    python -m benchmarks.which_one --meshes DIR --tables 40
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from benchmarks.names.answers import thing_in
from benchmarks.names.drawn import SeenTable
from benchmarks.names.questions import neighbours, places_m
from benchmarks.segments import pictures, support_of
from rt_grasp_ros.grasp.errors import RtGraspError, WhichOne
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.learn.words.left_out import is_called
from rt_grasp_ros.metrics.clustered_error import clustered_standard_error
from rt_grasp_ros.model.word_eye.shipped import DEFAULT_WORD_EYE
from rt_grasp_ros.model.word_eye.word_eye import load_word_eye
from rt_grasp_ros.pipeline.by_words import told_apart
from rt_grasp_ros.pipeline.fitting import fitting_of, logits_of
from rt_grasp_ros.pipeline.named_table import NamedTable
from rt_grasp_ros.pipeline.understanding import understood
from rt_grasp_ros.proposals.relevance import Relevance
from rt_grasp_ros.proposals.segments import Segment
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.sim.mesh_pictures import Crowd
from rt_grasp_ros.sim.meshes.mesh_entry import MeshEntry, read_meshes

_NOUNS, _MOST_ALIKE, _OTHERS, _REACH_M = 2, 3, 3, 0.26
_SIDES = {"leftmost": (0, -1), "rightmost": (0, 1), "nearest": (1, -1), "farthest": (1, 1)}
_APART_M, _TIMES = 0.04, 1.2
"""How much farther to a side, and how much larger, something plainly is."""

_SHARE, _THING_SD, _SEGMENT_SD = 0.6, 1.0, 0.4
_TWO = 2


@dataclass(frozen=True, slots=True)
class Question:
    """A command about one view of a table: its kind, the sentence, which thing is meant."""

    kind: str
    command: str
    thing: int


class Unsure:
    """A `Relevance` that knows names less surely than another one."""

    def __init__(self, known: Relevance, table: SeenTable) -> None:
        """Take the other one, and the table that is asked about."""
        self._known, self._table = known, table

    def fits(
        self, frame: RgbdFrame, segments: Sequence[Segment], phrases: Sequence[str]
    ) -> NDArray[np.float64]:
        """See `Relevance`."""
        logits = _SHARE * logits_of(self._known.fits(frame, segments, phrases))
        shown = [thing_in(self._table, segment.mask) for segment in segments]
        of_thing = np.array([-1 if thing is None else thing for thing in shown])
        for column, phrase in enumerate(phrases):
            of_phrase = zlib.crc32(phrase.encode())
            rng = np.random.default_rng((self._table.seed, self._table.view, of_phrase))
            noise = rng.normal(0, _THING_SD, len(self._table.things) + 1)[of_thing]
            logits[:, column] += noise + rng.normal(0, _SEGMENT_SD, len(segments))
        return np.asarray(1 / (1 + np.exp(-logits)))

    def familiar(self, frame: RgbdFrame, segments: Sequence[Segment]) -> NDArray[np.float64]:
        """See `Relevance`."""
        return self._known.familiar(frame, segments)


def main(argv: Sequence[str] | None = None) -> None:
    """Draw, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--meshes", type=Path, required=True, help="folder with index.json")
    parser.add_argument("--tables", type=int, default=40)
    parser.add_argument("--seed", type=int, default=71000)
    arguments = parser.parse_args(argv)
    things = read_meshes(str(arguments.meshes))
    eye = load_word_eye(share_path(DEFAULT_WORD_EYE))
    answered: list[tuple[str, int, str]] = []
    for seed in track(range(arguments.seed, arguments.seed + arguments.tables), "tables"):
        for table in tables_of_several(things, seed):
            support = support_of(table.frame)
            if support is None:
                continue
            surely = NamedTable.of(table.frame, support, eye)
            unsurely = replace(surely, relevance=Unsure(eye, table))
            for asked in questions(table) if surely.segments else ():
                answered.append((asked.kind, seed, _outcome(asked, table, surely)))
                answered.append((f"{asked.kind}, unsure", seed, _outcome(asked, table, unsurely)))
    for kind in sorted({kind for kind, *_ in answered}):
        print_rates(kind, [one for one in answered if one[0] == kind])


def tables_of_several(things: Sequence[MeshEntry], seed: int) -> Iterator[SeenTable]:
    """Yield views of a table with several things of a noun."""
    rng = np.random.default_rng((seed, 77))
    of_noun: dict[str, list[MeshEntry]] = {}
    for thing in things:
        of_noun.setdefault(thing.noun, []).append(thing)
    nouns = rng.choice([noun for noun, of in of_noun.items() if len(of) > 1], _NOUNS, replace=False)
    some: list[MeshEntry] = []
    for noun in nouns:
        alike = of_noun[noun]
        some += [alike[k] for k in rng.permutation(len(alike))[:_MOST_ALIKE]]
    others = [thing for thing in things if thing.noun not in nouns]
    some += [others[k] for k in rng.choice(len(others), _OTHERS, replace=False)]
    crowd = Crowd(fewest=len(some), most=len(some) + 1, reach_m=_REACH_M)
    for view, (frame, shown) in enumerate(pictures(tuple(some), seed, crowd)):
        yield SeenTable(
            "several", seed, view, frame, shown.thing_ids, shown.things, shown.T_camera_things
        )


def questions(table: SeenTable) -> Iterator[Question]:
    """Yield what is asked about a view: what tells a thing plainly from its like."""
    rng = np.random.default_rng((table.seed, table.view, 11))
    for thing in table.seen:
        noun = table.things[thing].noun
        alike = [
            k for k, one in enumerate(table.things) if k != thing and is_called(one.names, noun)
        ]
        told = list(neighbours(table, thing))
        if told:
            how, other = told[int(rng.integers(len(told)))]
            kind = "neighbour, of several" if alike else "neighbour, alone"
            yield Question(kind, f"grasp the {noun} {how} the {table.things[other].noun}", thing)
        if not alike:
            side = rng.choice(list(_SIDES))
            yield Question("side, alone", f"grasp the {side} {noun}", thing)
            size = rng.choice(list(_sizes(table)))
            yield Question("size, alone", f"grasp the {size} {noun}", thing)
        elif set(alike) <= set(table.seen):
            yield from _of_several(table, thing, alike)


def _of_several(table: SeenTable, thing: int, alike: Sequence[int]) -> Iterator[Question]:
    """Yield what tells a thing from its like by side, number, exclusion and size."""
    noun, at_m = table.things[thing].noun, places_m(table)
    for side, (axis, sign) in _SIDES.items():
        ahead_m = sign * (at_m[thing, axis] - at_m[list(alike), axis])
        if (ahead_m > _APART_M).all():
            yield Question("side, of several", f"grasp the {side} {noun}", thing)
        is_second = (ahead_m < -_APART_M).sum() == 1 and (np.abs(ahead_m) > _APART_M).all()
        if axis == 0 and is_second:
            end = side.removesuffix("most")
            yield Question("number", f"grasp the second {noun} from the {end}", thing)
            if len(alike) + 1 == _TWO:
                yield Question("excluded", f"grasp the {noun}, not the {side} one", thing)
    for size, measures in _sizes(table).items():
        if all(measures[thing] > _TIMES * measures[k] for k in alike):
            yield Question("size, of several", f"grasp the {size} {noun}", thing)


def _sizes(table: SeenTable) -> dict[str, NDArray[np.float64]]:
    """Return how much of each size things have."""
    sides_m = np.array([sorted(thing.size_m, reverse=True) for thing in table.things])
    surfaces_m2 = (sides_m * np.roll(sides_m, 1, axis=1)).sum(axis=1)
    return {
        "biggest": surfaces_m2,
        "smallest": 1 / surfaces_m2,
        "tallest": np.array([thing.size_m[2] for thing in table.things]),
        "longest": sides_m[:, 0],
    }


def _outcome(asked: Question, table: SeenTable, named: NamedTable) -> str:
    """Return what becomes of a question: `right`, `wrong`, `asked back` or `refused`."""
    try:
        request = understood(asked.command, is_follow_up=False)
        fitting = fitting_of(request, named)
        segment = told_apart(request, named, fitting)
    except WhichOne:
        return "asked back"
    except RtGraspError:
        return "refused"
    if fitting.best < 0:
        return "refused"
    return "right" if thing_in(table, segment.mask) == asked.thing else "wrong"


def print_rates(kind: str, answered: Sequence[tuple[str, int, str]]) -> None:
    """Print the rates of one kind of question."""
    told = [outcome for *_, outcome in answered]
    right = [outcome == "right" for outcome in told]
    error = clustered_standard_error(right, [seed for _, seed, _ in answered]) or 0.0
    rest = ", ".join(
        f"{one} {told.count(one) / len(told):.1%}" for one in ("refused", "asked back")
    )
    print(f"{kind:30s} {len(told):4d}: right {np.mean(right):.1%} ± {error:.1%}, {rest}")


if __name__ == "__main__":
    main()
