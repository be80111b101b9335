"""`rt-grasp evaluate tabletop`: commands about real tables, put to the whole chain."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress
from rich.table import Table

from ..api import DEFAULT_GRIPPER, Grasper
from ..data.data_folder import folder_of
from ..data.tabletop import TabletopCommand, read_tabletop
from ..evaluate.comparison import comparison_rows
from ..evaluate.tabletop_baselines import DepthAntipodal, OraclePointer, TableCentre
from ..evaluate.tabletop_page import tabletop_page
from ..evaluate.tabletop_trials import (
    ChainPredictor,
    TabletopPredictor,
    TabletopTrial,
    run_trials,
    summarise,
)
from ..grasp.grasp import Gripper
from ..motion.gripper import load_gripper
from ..resources import given_or_shipped
from .engine_options import add_engine_options, engine_from
from .report import write_json
from .tables import results_table

_INTERRUPTED = 130
_ORACLE = "oracle"
_SHOWN_OF_BASELINES = ("right_object_rate", "closing_rate")


def add_source(sources: argparse._SubParsersAction) -> None:
    """Add the source `tabletop`."""
    parser = sources.add_parser("tabletop", help="real tables, any camera: the whole chain")
    parser.add_argument(
        "--data",
        type=Path,
        help="folder of the frames (default: tabletop in RT_GRASP_DATA)",
    )
    parser.add_argument("--split", default="dev", help="name of the split (default dev)")
    parser.add_argument(
        "--pointer",
        choices=(_ORACLE,),
        help="leave the words to the truth, and measure the grasps alone",
    )
    parser.add_argument("--gripper", default=DEFAULT_GRIPPER, help="its profile")
    parser.add_argument(
        "--no-baselines", action="store_true", help="leave out what is measured for comparison"
    )
    parser.add_argument("--pages", type=Path, help="folder for a page with hits and misses")
    parser.add_argument("--json", help="file for the result, - for standard output")
    add_engine_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Return 0 where everything was measured, whatever it found, and 130 after Ctrl-C."""
    folder = arguments.data or folder_of("tabletop")
    commands = read_tabletop(folder, arguments.split)
    gripper = load_gripper(given_or_shipped(arguments.gripper)).geometry
    measured = (
        OraclePointer(gripper) if arguments.pointer == _ORACLE else _chain(arguments, gripper)
    )
    trials, is_complete = _answer(measured, folder, arguments.split, commands)
    report = {
        "model": measured.name,
        "data_set": "tabletop",
        "split": arguments.split,
        **summarise(trials),
    }
    if is_complete and not arguments.no_baselines:
        asked = [command for command in commands if not command.is_absent]
        for baseline in (TableCentre(gripper), DepthAntipodal(gripper)):
            found, is_complete = _answer(baseline, folder, arguments.split, asked)
            if not is_complete:
                break
            report |= _baseline(baseline.name, summarise(found))
    report["complete"] = is_complete
    if arguments.pages:
        arguments.pages.mkdir(parents=True, exist_ok=True)
        page = tabletop_page(_title(report), report, trials, folder, arguments.split)
        (arguments.pages / "index.html").write_text(page, encoding="utf-8")
    if arguments.json:
        write_json(report, arguments.json)
    if arguments.json != "-":
        Console().print(_table(report))
    return 0 if is_complete else _INTERRUPTED


def _chain(arguments: argparse.Namespace, gripper: Gripper) -> TabletopPredictor:
    return ChainPredictor(
        Grasper(engine_from(arguments, given_or_shipped(arguments.model)), gripper)
    )


def _answer(
    predictor: TabletopPredictor, folder: Path, split: str, commands: list[TabletopCommand]
) -> tuple[list[TabletopTrial], bool]:
    """Put all commands to a predictor; return the trials, and whether that was all of them.

    Raises:
        KeyboardInterrupt: Ctrl-C came before the first answer.
    """
    trials: list[TabletopTrial] = []
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task(predictor.name, total=len(commands))
        try:
            for trial in run_trials(folder, split, commands, predictor):
                trials.append(trial)
                progress.update(bar, completed=len(trials))
        except KeyboardInterrupt:
            if not trials:
                raise
            return trials, False
    return trials, True


def _baseline(name: str, report: dict[str, Any]) -> dict[str, Any]:
    """Return a baseline's numbers under keys that begin with its name."""
    keys = [key for shown in _SHOWN_OF_BASELINES for key in (shown, f"{shown}_se")]
    return {f"{name}_{key}": report[key] for key in keys}


def _title(report: dict[str, Any]) -> str:
    return f"{report['model']} on {report['data_set']} {report['split']}"


def _table(report: dict[str, Any]) -> Table:
    table = results_table(_title(report), ["", ""])
    for row in comparison_rows({"": report}):
        table.add_row(*row)
    for kind, rates in report["by_kind"].items():
        table.add_row(
            f"by {kind} ({rates['n']})",
            f"right object {rates['right_object_rate']:.0%}, closing {rates['closing_rate']:.0%}",
        )
    return table
