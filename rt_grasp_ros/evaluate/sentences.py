"""Whether sentences are taken as they are meant: exclusions, prohibitions, which of two, colours.

Pictures, no motion, in wordings that no rule was written for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..grasp.error_code import ErrorCode
from ..language.unseen_commands import load_unseen_commands
from ..metrics.pointing import pointed_part
from ..metrics.rates import rate_fields
from ..pipeline.command_outcome import CommandOutcome
from ..pipeline.measured_words import stated_colour
from ..rollout.simulated_pick import Oracle
from ..sim.cell import Cell
from ..sim.labels import PartLabel
from .commands import object_names, part_names, visible_labels
from .scenes import SceneKind, draw_alike_scene, draw_scene
from .trials import Bench, Row

_APART_PX = 60.0  # two things of one name are told apart by side from here on


class Saying(StrEnum):
    """What a sentence is to be taken for."""

    OTHER_PART = "other_part"
    """A part of the object must not be touched."""
    PROHIBITED = "prohibited"
    """The object must not be taken."""
    BY_ACCIDENT = "by_accident"
    """A plain command with "not", "no", "without" or "other" in it."""
    ONE_OF_TWO = "one_of_two"
    """One of two things of the same name, by its side."""


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence and what was made of it.

    Attributes:
        saying: what it is to be taken for.
        command: the sentence.
        is_kept: whether nothing is taken that it forbids: the excluded part, the object, the other
            one of two. Who is refused or asked back takes nothing.
        is_done: whether the right thing is taken, or, where it is prohibited, nothing.
        is_colour_right: whether the colour that the answer states is that of the object which it
            points at; None where it states none or points at none.
        error_code: how it ended.
        text: the answer's reasoning, or why there is none.
    """

    saying: Saying
    command: str
    is_kept: bool
    is_done: bool
    is_colour_right: bool | None
    error_code: ErrorCode
    text: str


@dataclass(frozen=True, slots=True)
class SentenceTrial:
    """A random scene and sentences about it.

    Attributes:
        section: names the run that it is part of.
        seed: of that run.
        index: in that run; everything drawn depends on seed and index alone.
        scene_kind: what stands on the table.
        is_alike: whether two things have one name, and which of them is meant is asked; else an
            exclusion, a prohibition and a plain command are said.
    """

    section: str
    seed: int
    index: int
    scene_kind: SceneKind
    is_alike: bool

    @property
    def key(self) -> str:
        """See `Trial`."""
        return f"{self.section}/{self.index}"

    def run(self, bench: Bench) -> Row:
        """Say all of them."""
        rng = np.random.default_rng((self.seed, self.index))
        draw = draw_alike_scene if self.is_alike else draw_scene
        asked = _one_of_two if self.is_alike else _forbidding
        while True:
            with Cell(draw(self.scene_kind, rng)) as cell:
                labels = visible_labels(cell.labels())
                sentences = list(asked(labels, rng))
                if not sentences:
                    continue
                seen, part_ids = cell.observe(), cell.part_ids()
                said = []
                for saying, text, wanted, forbidden in sentences:
                    engine = bench.engine or Oracle(wanted.rectangle)
                    outcome = bench.picker.find(seen, text, engine)
                    pointed = _pointed(outcome, labels, part_ids)
                    said.append(asdict(_judged(saying, outcome, pointed, wanted, forbidden)))
                return {
                    "scene_seed": cell.scene.seed,
                    "objects": [placed.name for placed in cell.scene.objects],
                    "sentences": said,
                }


_Sentence = tuple[Saying, str, PartLabel, tuple[int, ...]]
"""What it is, its words, what may be taken, and the ids of the parts that may not be."""


def _forbidding(labels: Sequence[PartLabel], rng: np.random.Generator) -> Iterator[_Sentence]:
    """Yield an exclusion, a prohibition and a plain command; nothing where no part is left."""
    pairs = [
        (label, other)
        for label in labels
        for other in labels
        if label.object_index == other.object_index
        and label.part_id != other.part_id
        and part_names(other.object_name, other.part_name)
    ]
    if not pairs:
        return
    wanted, excluded = pairs[int(rng.integers(len(pairs)))]
    part = part_names(excluded.object_name, excluded.part_name)[0]
    text = _template(Saying.OTHER_PART, rng).format(o=object_names(wanted)[0], p=part)
    yield Saying.OTHER_PART, text, wanted, (excluded.part_id,)
    for saying in (Saying.PROHIBITED, Saying.BY_ACCIDENT):
        whole = [label for label in labels if label.is_default]
        meant = whole[int(rng.integers(len(whole)))] if whole else wanted
        text = _template(saying, rng).format(o=object_names(meant)[0])
        is_it = saying is Saying.PROHIBITED
        yield saying, text, meant, _ids_of(labels, meant.object_index, is_it=is_it)


def _one_of_two(labels: Sequence[PartLabel], rng: np.random.Generator) -> Iterator[_Sentence]:
    """Yield a sentence for each of two things of one name that stand apart from left to right."""
    whole = sorted(
        (label for label in labels if label.is_default), key=lambda label: label.rectangle.x_px
    )
    names = [label.object_name for label in whole]
    pair = [label for label in whole if names.count(label.object_name) == 2]
    if len(pair) != 2 or pair[1].rectangle.x_px - pair[0].rectangle.x_px < _APART_PX:
        return
    for meant, side in zip(pair, ("left", "right"), strict=True):
        text = _template(Saying.ONE_OF_TWO, rng).format(o=object_names(meant)[0], s=side)
        others = _ids_of(labels, meant.object_index, is_it=False)
        yield Saying.ONE_OF_TWO, text, meant, others


def _template(saying: Saying, rng: np.random.Generator) -> str:
    templates = load_unseen_commands().sentences[saying]
    return templates[int(rng.integers(len(templates)))]


def _ids_of(labels: Sequence[PartLabel], object_index: int, *, is_it: bool) -> tuple[int, ...]:
    """Return the parts of an object, or those of all others."""
    return tuple(one.part_id for one in labels if (one.object_index == object_index) is is_it)


def _pointed(
    outcome: CommandOutcome, labels: Sequence[PartLabel], part_ids: NDArray[np.uint8]
) -> PartLabel | None:
    """Return what the best candidate takes, executable or not; None where there is none."""
    if not outcome.candidates:
        return None
    part_id = pointed_part(part_ids, outcome.candidates[0].grasp.rectangle)
    return next((label for label in labels if label.part_id == part_id), None)


def _judged(
    saying: Saying,
    outcome: CommandOutcome,
    pointed: PartLabel | None,
    wanted: PartLabel,
    forbidden: tuple[int, ...],
) -> Said:
    if saying is Saying.PROHIBITED:
        is_kept = is_done = not outcome.candidates
    else:
        is_kept = pointed is None or pointed.part_id not in forbidden
        is_done = is_kept and pointed is not None and pointed.object_index == wanted.object_index
    colour = stated_colour(outcome.reasoning) if pointed is not None else None
    return Said(
        saying=saying,
        command=outcome.command,
        is_kept=is_kept,
        is_done=is_done,
        is_colour_right=(
            None if colour is None or pointed is None else colour[1] == pointed.colour_name
        ),
        error_code=outcome.error_code,
        text=outcome.reasoning or outcome.error_message,
    )


def summarise_sentences(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the report of sentence trials, ready for JSON; see `cell.summarise` for its form.

    - `exclusion_kept_rate`, `exclusion_done_rate`: the excluded part is not taken; another part of
      the same object is.
    - `prohibition_kept_rate`: nothing is taken.
    - `by_accident_done_rate`: the object of a plain command is taken.
    - `one_of_two_kept_rate`, `one_of_two_done_rate`: the right one or none; the right one.
    - `stated_colour_right_rate`: of the answers that state a colour.

    Args:
        rows: from `SentenceTrial.run`, at least one.
    """
    said = [one for row in rows for one in row["sentences"]]

    def shares(name: str, saying: Saying, what: str) -> dict[str, float | None]:
        return rate_fields(name, (one[what] for one in said if one["saying"] == saying))

    colours = [one["is_colour_right"] for one in said if one["is_colour_right"] is not None]
    return {
        "scenes": len(rows),
        "sentences": len(said),
        **shares("exclusion_kept_rate", Saying.OTHER_PART, "is_kept"),
        **shares("exclusion_done_rate", Saying.OTHER_PART, "is_done"),
        **shares("prohibition_kept_rate", Saying.PROHIBITED, "is_kept"),
        **shares("by_accident_done_rate", Saying.BY_ACCIDENT, "is_done"),
        **shares("one_of_two_kept_rate", Saying.ONE_OF_TWO, "is_kept"),
        **shares("one_of_two_done_rate", Saying.ONE_OF_TWO, "is_done"),
        **rate_fields("stated_colour_right_rate", colours),
        "scenes_detail": list(rows),
    }
