"""The described grasp of every part of the catalogue, tried in the physics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..data.parallel import run_all
from ..data.tried_grasps import Part, Trials, read_trials, write_trials
from ..grasp.errors import OutOfReach
from ..sim.cell import Cell
from ..sim.judge import judge
from ..sim.objects import PARTS
from ..sim.scene import random_scene
from .scripted_pick import lift_by_script, true_label

FIRST_TRIAL_SEED = 20_000_000
"""Scenes of trials have seeds from here on: neither evaluation's nor the first of training's."""

EVERY_PART: tuple[Part, ...] = tuple((name, part) for name in PARTS for part in PARTS[name])

_MAX_SCENES_PER_TRIAL = 4
_LABEL_SIZE_PX = {"image_width_px": 160, "image_height_px": 120}


@dataclass(frozen=True, slots=True)
class _Job:
    part: Part
    tries: int


def try_grasps(
    path: Path,
    tries: int,
    processes: int,
    parts: Sequence[Part] = EVERY_PART,
    progress: Callable[[int, int], None] = lambda done, count: None,
) -> dict[Part, Trials]:
    """Try each part on several instances; parts that the file holds with as many tries are kept.

    Args:
        path: the file to write, after every part.
        tries: how many instances of an object, each at a place of its own.
        processes: how many parts are tried at once.
        parts: which parts.
        progress: called with how many parts are done, and of how many.

    Returns:
        All that the file holds.

    Raises:
        DataInvalid: the file holds something else.
    """
    trials = read_trials(path)
    jobs = [_Job(part, tries) for part in parts if part not in trials or trials[part].tried < tries]
    done = len(parts) - len(jobs)
    progress(done, len(parts))
    for part, outcome in run_all(_try_part, jobs, processes):
        trials[part] = outcome
        write_trials(path, trials)
        done += 1
        progress(done, len(parts))
    return trials


def _try_part(job: _Job) -> tuple[Part, Trials]:
    """Lift as often as asked for, where the arm reaches."""
    lifted = tried = 0
    for seed in range(FIRST_TRIAL_SEED, FIRST_TRIAL_SEED + _MAX_SCENES_PER_TRIAL * job.tries):
        if tried == job.tries:
            break
        outcome = is_lifted(*job.part, seed)
        if outcome is not None:
            tried += 1
            lifted += outcome
    return job.part, Trials(lifted, tried)


def is_lifted(object_name: str, part_name: str, seed: int) -> bool | None:
    """Try a part's grasp on an object that stands alone; None where the arm does not reach it.

    Args:
        object_name: as in the catalogue.
        part_name: one of its parts.
        seed: draws the instance and its place.
    """
    with Cell(random_scene(seed, [object_name]), **_LABEL_SIZE_PX) as cell:
        try:
            lift_by_script(cell, true_label(cell, object_name, part_name))
        except OutOfReach:
            return None
        return judge(cell, object_name).lifted
