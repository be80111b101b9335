"""`rt-grasp evaluate sim`: how commands are carried out in the simulated cell."""

from __future__ import annotations

import argparse
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from ..grasp.errors import RequestInvalid
from ..resources import given_or_shipped
from .camera_options import add_camera_options, cameras_of
from .engine_options import add_engine_options, engine_from
from .report import write_json
from .tables import results_table

if TYPE_CHECKING:
    from ..evaluate.trials import MakeEngine
    from ..sim.cameras.choice import CameraChoice

_DEFAULT_OBJECTS = (1, 6)
_PHRASINGS = ("plain", "trained", "unseen")
_OF_SERVERS = ("family", "server_url", "server_model", "verify")


def add_source(sources: argparse._SubParsersAction) -> None:
    """Add the source `sim`."""
    sim = sources.add_parser("sim", help="random scenes of the simulated cell, without ROS")
    sim.add_argument("--scenes", type=int, default=50, help="how many (default 50)")
    sim.add_argument("--seed", type=int, default=1, help="draws scenes and commands (default 1)")
    sim.add_argument(
        "--objects",
        type=object_count,
        default=_DEFAULT_OBJECTS,
        metavar="N|N-M",
        help="how many stand on the table (default 1-6)",
    )
    sim.add_argument(
        "--unseen", action="store_true", help="ask for objects that training never showed"
    )
    sim.add_argument(
        "--phrasing",
        choices=_PHRASINGS,
        default="plain",
        help="words of the commands: one template, any that training draws, or none of those",
    )
    sim.add_argument(
        "--suite",
        action="store_true",
        help="all measures, in scenes of 4 to 6 objects: see docs/evaluation.md",
    )
    sim.add_argument(
        "--meshes",
        action="append",
        default=[],
        metavar="DIR",
        help="put textured meshes on the table instead, asked for by name, colour and purpose; "
        "the layout is in docs/data.md; may be repeated",
    )
    sim.add_argument("--pages", type=Path, help="folder for a page with misses and hits")
    add_model_options(sim)
    add_camera_options(sim)
    sim.set_defaults(run=run)


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add what answers, how many work at once, and where the result goes."""
    add_engine_options(parser)
    parser.add_argument(
        "--oracle", action="store_true", help="take the label's rectangle instead of the model's"
    )
    parser.add_argument(
        "--processes", type=int, default=1, help="how many work at once (default 1)"
    )
    parser.add_argument(
        "--json",
        help="file for the result, - for standard output; a run that is stopped leaves "
        "FILE.partial, and the same command goes on from there",
    )


def object_count(text: str) -> tuple[int, int]:
    """Read `5` or `4-6` as the fewest and the most objects.

    Raises:
        argparse.ArgumentTypeError: it is neither, or not within 1 to 6.
    """
    found = re.fullmatch(r"(\d)(?:-(\d))?", text)
    if found is not None:
        fewest, most = int(found[1]), int(found[2] or found[1])
        if _DEFAULT_OBJECTS[0] <= fewest <= most <= _DEFAULT_OBJECTS[1]:
            return fewest, most
    raise argparse.ArgumentTypeError(f"'{text}' is no count of objects; give 1 to 6, or 4-6")


def run(arguments: argparse.Namespace) -> int:
    """Return 0 where the evaluation ran, whatever it found.

    Raises:
        RequestInvalid: the options do not fit together, or an unfinished run has others.
    """
    _check(arguments)
    cameras = cameras_of(arguments)
    from ..evaluate.commands import Phrasing
    from ..evaluate.scenes import SceneKind
    from ..evaluate.suite import SCENES, SimRun, evaluate_sim, evaluate_suite
    from ..evaluate.trials import Journal

    make_engine, model = engine_of(arguments)
    journal = Journal(journal_path(arguments.json), _settings(arguments, cameras))
    with Progress(console=Console(stderr=True)) as progress:
        tasks: dict[str, TaskID] = {}

        def show(section: str, done: int, count: int) -> None:
            if section not in tasks:
                tasks[section] = progress.add_task(section, total=count)
            progress.update(tasks[section], completed=done)

        sim_run = SimRun(
            arguments.scenes, arguments.seed, model, make_engine, arguments.processes, show
        )
        if arguments.suite:
            report = evaluate_suite(sim_run, journal, replace(SCENES, cameras=cameras))
        else:
            fewest, most = arguments.objects
            kind = SceneKind(fewest, most, arguments.unseen, cameras, tuple(arguments.meshes))
            report = evaluate_sim(sim_run, kind, Phrasing(arguments.phrasing), journal)
    if arguments.pages:
        _write_page(report, arguments.pages)
    if arguments.json:
        write_json(report, arguments.json)
    journal.remove()
    if arguments.json != "-":
        Console().print(_suite_table(report) if arguments.suite else _table(report))
    return 0


def _check(arguments: argparse.Namespace) -> None:
    if arguments.scenes < 1 or arguments.seed < 0:
        raise RequestInvalid("Give at least one scene and a seed of 0 or more.")
    if arguments.processes < 1:
        raise RequestInvalid("Give at least one process.")
    chooses = arguments.unseen or (arguments.objects, arguments.phrasing) != (
        _DEFAULT_OBJECTS,
        "plain",
    )
    if arguments.suite and (chooses or arguments.meshes):
        raise RequestInvalid(
            "The suite has scenes and phrasings of its own; leave --objects, --unseen, --meshes "
            "and --phrasing out."
        )
    if arguments.unseen and arguments.meshes:
        raise RequestInvalid(
            "The objects of --unseen are no meshes; leave --unseen or --meshes out."
        )


def engine_of(arguments: argparse.Namespace) -> tuple[MakeEngine, str]:
    """Return what loads the engine in the process that uses it, and the engine's name."""
    if arguments.oracle:
        return no_engine, "oracle"
    load = partial(engine_from, arguments, given_or_shipped(arguments.model))
    engine = load()  # also where worker processes load their own: to fail here, and by name
    return (load if arguments.processes > 1 else lambda: engine), engine.name


def no_engine() -> None:
    """Stand for the truth in the engine's place."""


def _settings(arguments: argparse.Namespace, cameras: CameraChoice) -> dict[str, Any]:
    names = ("scenes", "seed", "backend", "oracle", "unseen", "phrasing", "suite")
    return {
        **settings_of(arguments, names),
        "objects": list(arguments.objects),
        "camera": cameras.to_json(),
        "meshes": arguments.meshes,
    }


def settings_of(arguments: argparse.Namespace, names: Sequence[str]) -> dict[str, Any]:
    """Return what the rows of a run depend on: options by name, a checkpoint by its content."""
    digest = hashlib.sha256()
    servers = _OF_SERVERS if arguments.server_url else ()
    if not (arguments.oracle or arguments.server_url):
        folder = given_or_shipped(arguments.model)
        for path in sorted(path for path in folder.iterdir() if path.is_file()):
            digest.update(path.read_bytes())
    return {
        **{name: getattr(arguments, name) for name in (*names, *servers)},
        "checkpoint_sha256": digest.hexdigest(),
    }


def journal_path(json_target: str | None) -> Path | None:
    """Return where rows are noted until the result is written; None where nowhere."""
    return None if json_target in (None, "-") else Path(f"{json_target}.partial")


def _write_page(report: dict[str, Any], folder: Path) -> None:
    from ..evaluate.cell_page import cell_page

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(cell_page(report), encoding="utf-8")


def _title(report: dict[str, Any]) -> str:
    return f"{report['scenes']} scenes, seed {report['seed']}, {report['model']}"


def _table(report: dict[str, Any]) -> Table:
    table = results_table(_title(report), ["what"], ["value"])
    for name, value in report.items():
        if name.endswith("_rate"):
            table.add_row(name, _percent(value, report[f"{name}_se"]))
        elif name == "seconds_per_attempt":
            table.add_row(name, f"{value:.2f}")
    return table


def _suite_table(report: dict[str, Any]) -> Table:
    from ..evaluate.suite import AIMS

    table = results_table(_title(report), ["what"], ["value", "aim", "reached"])
    for name, (bound, aim) in AIMS.items():
        value = report[name]
        is_reached = value is not None and (value >= aim if bound == "at least" else value <= aim)
        table.add_row(
            name,
            _percent(value, report[f"{name}_se"]),
            f"{bound} {aim:.0%}",
            "yes" if is_reached else "no",
        )
    return table


def _percent(share: float | None, standard_error: float | None = None) -> str:
    if share is None:
        return "-"
    return f"{share:.1%}" + (f" +- {standard_error:.1%}" if standard_error is not None else "")
