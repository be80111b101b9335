"""`rt-grasp evaluate cameras`: whether known objects are found through other cameras."""

from __future__ import annotations

import argparse
from typing import Any

from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from ..grasp.errors import RequestInvalid
from .camera_options import add_camera_options, cameras_of
from .evaluate_sim import add_model_options, engine_of, journal_path, settings_of
from .report import write_json
from .tables import results_table


def add_source(sources: argparse._SubParsersAction) -> None:
    """Add the source `cameras`."""
    cameras = sources.add_parser(
        "cameras",
        help="known objects of the cell through the lenses of D435, D455 and Azure Kinect",
    )
    cameras.add_argument("--scenes", type=int, default=30, help="for each camera (default 30)")
    cameras.add_argument("--seed", type=int, default=1, help="draws scenes (default 1)")
    add_model_options(cameras)
    add_camera_options(cameras)
    cameras.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Return 0 where the evaluation ran, whatever it found.

    Raises:
        RequestInvalid: an option makes no sense, or an unfinished run has others.
    """
    if arguments.scenes < 1 or arguments.seed < 0 or arguments.processes < 1:
        raise RequestInvalid("Give at least one scene and process, and a seed of 0 or more.")
    chosen = cameras_of(arguments)
    from ..evaluate.lenses import lens_trials, summarise_lenses
    from ..evaluate.suite import SimRun
    from ..evaluate.trials import Journal

    make_engine, model = engine_of(arguments)
    settings = {**settings_of(arguments, ("scenes", "seed", "backend", "oracle")), "lenses": True}
    journal = Journal(journal_path(arguments.json), {**settings, "camera": chosen.to_json()})
    trials = lens_trials(arguments.scenes, arguments.seed, None if chosen.is_cells else chosen)
    with Progress(console=Console(stderr=True)) as progress:
        tasks: dict[str, TaskID] = {}

        def show(section: str, done: int, count: int) -> None:
            if section not in tasks:
                tasks[section] = progress.add_task(section, total=count)
            progress.update(tasks[section], completed=done)

        sim_run = SimRun(
            arguments.scenes, arguments.seed, model, make_engine, arguments.processes, show
        )
        rows = sim_run.rows(trials, journal)
    report = {
        "model": model,
        "seed": arguments.seed,
        "chosen": None if chosen.is_cells else chosen.to_json(),
        **summarise_lenses(rows),
    }
    if arguments.json:
        write_json(report, arguments.json)
    journal.remove()
    if arguments.json != "-":
        Console().print(_table(report))
    return 0


def _table(report: dict[str, Any]) -> Table:
    table = results_table(
        f"{report['scenes']} scenes, seed {report['seed']}, {report['model']}",
        ["camera", "why not"],
        ["asked", "found", "loss against\nthe cell's", "absent\nrefused"],
    )
    for section, one in report["by_camera"].items():
        found = "-" if one["found_rate"] is None else f"{one['found_rate']:.0%}"
        loss = "-" if one["loss"] is None else f"{one['loss']:+.0%} +- {one['loss_se']:.0%}"
        absent = "-" if one["absent_refused_rate"] is None else f"{one['absent_refused_rate']:.0%}"
        errors = ", ".join(f"{name} {count}" for name, count in one["errors"].items())
        table.add_row(section, errors, str(one["asked"]), found, loss, absent)
    return table
