"""Conversations about recorded pictures: Cornell, Jacquard, a user's folder."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from ..grasp.errors import DataInvalid
from ..language.refinement import load_follow_ups
from ..language.vocabulary import load_vocabulary
from .conversation_row import LabelledTurn, to_row
from .grasp_picture import GraspPicture
from .pixels import write_jpeg
from .reasoning import load_reasoning
from .recorded_scenes import Shown, augmented, draw_groups, show, together
from .recorded_things import absent_names
from .row_files import Rewrite, Row, checked_row, write_rows
from .thing import Thing
from .thing_dialogues import Words, draw_turns

PICTURES_PER_JOB = 32


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """What to build.

    Attributes:
        source: name of the data set, for the rows' ids.
        views: pictures made of each picture: itself, and so many less one augmented views.
        dialogues: conversations about each view.
        compositions: pictures put together of two to four, each with as many conversations.
        answers: name of the answers' format.
        seed: draws everything.
    """

    source: str
    views: int = 1
    dialogues: int = 2
    compositions: int = 0
    answers: str = "reasoning"
    seed: int = 0


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What came of a build.

    Attributes:
        rows: conversations written.
        pictures: recorded pictures that they are about.
        left_out: names of pictures without a label in sight.
    """

    rows: int
    pictures: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Job:
    """Pictures to write about, each alone or several together, numbered from `first`."""

    first: int
    groups: tuple[tuple[Shown, ...], ...]


def build_recorded(
    folder: Path,
    pictures: Sequence[GraspPicture],
    settings: BuildSettings,
    rewrite: Rewrite,
    processes: int,
    progress: Callable[[int, int], None] = lambda done, count: None,
) -> BuildReport:
    """Write conversations about pictures; a stopped build goes on where it was.

    Args:
        folder: gets `conversations.jsonl` and `images/`.
        pictures: those of one file are taken for things in one picture.
        settings: what to build.
        rewrite: brings answers into the format of `settings.answers`; can be pickled.
        processes: how many work at once.
        progress: called with how many jobs are done, and of how many.

    Raises:
        DataInvalid: no picture has a label in sight, the folder holds another build, or a row's
            texts, numbers and labels do not agree.
    """
    shown, left_out = show(pictures)
    if not shown:
        raise DataInvalid("None of the pictures has a grasp in sight; label some of them first.")
    alone = [(one,) for one in shown]
    groups = draw_groups(shown, settings.compositions, settings.seed)
    jobs = [
        _Job(first, tuple(some[first : first + PICTURES_PER_JOB]))
        for some in (alone, groups)
        for first in range(0, len(some), PICTURES_PER_JOB)
    ]
    labels = hashlib.sha256(repr([(p.image_path.name, p.rectangles) for p in pictures]).encode())
    rows = write_rows(
        folder,
        asdict(settings) | {"labels": labels.hexdigest()[:16]},
        jobs,
        partial(_write_job, settings=settings, rewrite=rewrite),
        processes,
        lambda done: progress(done, len(jobs)),
    )
    return BuildReport(rows, len(shown), tuple(left_out))


def _write_job(folder: Path, job: _Job, settings: BuildSettings, rewrite: Rewrite) -> Iterator[Row]:
    words = Words(load_reasoning(), load_vocabulary(), load_follow_ups())
    for index, group in enumerate(job.groups, start=job.first):
        names = [name for shown in group for name in shown.names]
        absent = absent_names(names, words.templates) if all(names) else []
        for view in range(settings.views if len(group) == 1 else 1):
            rng = np.random.default_rng((settings.seed, index, view, len(group)))
            name = f"{'composed-' if len(group) > 1 else ''}{index:06d}-{view}"
            written = _write_picture(folder, f"images/{index // 1000:03d}/{name}", group, view, rng)
            if written is None:
                continue
            image, things = written
            for number in range(settings.dialogues):
                # The first conversation about every picture is about a grasp.
                turns = draw_turns(things, absent if number else [], words, rng)
                if turns:
                    row_id = f"{settings.source}-{name}-{number}"
                    yield _to_row(row_id, image, things, turns, settings, rewrite)


def _write_picture(
    folder: Path, stem: str, group: Sequence[Shown], view: int, rng: np.random.Generator
) -> tuple[str, tuple[Thing, ...]] | None:
    """Write what is asked about, and return its path below the folder and what it shows.

    A single picture's view 0 is the recorded file itself. None where pictures do not fit together.
    """
    (folder / stem).parent.mkdir(parents=True, exist_ok=True)
    if len(group) == 1 and view == 0:
        image = stem + group[0].image_path.suffix
        shutil.copyfile(group[0].image_path, folder / image)
        return image, group[0].things
    scene = together(group, rng) if len(group) > 1 else augmented(group[0], rng)
    if scene is None:
        return None
    write_jpeg(folder / f"{stem}.jpg", scene.image_rgb)
    return f"{stem}.jpg", scene.things


def _to_row(
    row_id: str,
    image: str,
    things: Sequence[Thing],
    turns: Sequence[LabelledTurn],
    settings: BuildSettings,
    rewrite: Rewrite,
) -> Row:
    meant = [thing.object_id for thing in things if thing.labels == turns[0].labels]
    label = things[0].labels[0]
    return checked_row(
        to_row(
            row_id,
            image,
            (label.image_width_px, label.image_height_px),
            turns,
            settings.source,
            meant[0] if meant else "",
        ),
        rewrite,
    )
