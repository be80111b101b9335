"""`rt-grasp evaluate sim`: how often the named object is lifted in the simulated cell."""

from __future__ import annotations

import argparse
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from ..grasp.errors import RequestInvalid
from ..model.engine import BACKENDS, load_engine
from ..resources import given_or_shipped
from .report import write_json


def add_source(sources: argparse._SubParsersAction) -> None:
    """Add the source `sim`."""
    sim = sources.add_parser("sim", help="random scenes of the simulated cell, without ROS")
    sim.add_argument("--scenes", type=int, default=50, help="how many (default 50)")
    sim.add_argument("--seed", type=int, default=1, help="draws scenes and commands (default 1)")
    sim.add_argument("--model", default="models/rt-grasp-tiny", help="folder of the checkpoint")
    sim.add_argument("--backend", choices=BACKENDS, default="auto", help="what runs the model")
    sim.add_argument(
        "--oracle", action="store_true", help="take the label's rectangle instead of the model's"
    )
    sim.add_argument("--json", help="file for the result, - for standard output")
    sim.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Return 0 where the evaluation ran, whatever it found.

    Raises:
        RequestInvalid: no scene is asked for, or the seed is negative.
    """
    if arguments.scenes < 1 or arguments.seed < 0:
        raise RequestInvalid("Give at least one scene and a seed of 0 or more.")
    from ..evaluate.cell import evaluate_sim

    engine = None
    if not arguments.oracle:
        engine = load_engine(given_or_shipped(arguments.model), arguments.backend)
    console = Console(stderr=True)
    with Progress(console=console) as progress:
        task = progress.add_task("picking", total=arguments.scenes)
        report = evaluate_sim(
            arguments.scenes,
            arguments.seed,
            engine,
            lambda done, count: progress.update(task, completed=done, total=count),
        )
    if arguments.json:
        write_json(report, arguments.json)
    if arguments.json != "-":
        Console().print(_table(report))
    return 0


def _table(report: dict[str, Any]) -> Table:
    table = Table(title=f"{report['scenes']} scenes, seed {report['seed']}, {report['model']}")
    table.add_column("what")
    table.add_column("value", justify="right")
    for name, value in report.items():
        if name.endswith("_rate"):
            table.add_row(name, f"{value:.1%}")
        elif name == "seconds_per_attempt":
            table.add_row(name, f"{value:.2f}")
    return table
