"""`rt-grasp evaluate cornell|jacquard|folder`: the rectangle metric on recorded pictures."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import cv2
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TaskID
from rich.table import Table

from ..api import DEFAULT_GRIPPER, Grasper
from ..data.cornell import SETS
from ..data.data_folder import folder_of
from ..data.folds import SPLITS_BY
from ..evaluate.comparison import comparison_rows
from ..evaluate.contact_sheet import contact_sheet
from ..evaluate.picture_chain import PictureChain
from ..evaluate.picture_evaluation import (
    Folds,
    OnTrial,
    PictureEvaluation,
    evaluate_pictures,
)
from ..evaluate.picture_source import PictureSource, cornell_source, folder_source, jacquard_source
from ..evaluate.picture_trial import COMMAND_KINDS
from ..evaluate.predictor import EnginePredictor, Predictor
from ..evaluate.shown_trials import select_trials
from ..evaluate.trial_page import trial_page
from ..grasp.errors import RequestInvalid
from ..model.load_engine import BACKENDS, load_engine
from ..motion.gripper import load_gripper
from ..resources import given_or_shipped
from .report import write_json
from .tables import results_table

_INTERRUPTED = 130


def add_source(sources: argparse._SubParsersAction) -> None:
    """Add the sources `cornell`, `jacquard` and `folder`."""
    cornell = sources.add_parser("cornell", help="the Cornell Grasping Dataset")
    _add_split(cornell)
    cornell.add_argument("--set", choices=SETS, default="crops", help="which pictures")
    jacquard = sources.add_parser("jacquard", help="the Jacquard data set")
    folder = sources.add_parser("folder", help="your own labelled pictures, see docs/data.md")
    _add_split(folder)
    for parser in (cornell, jacquard, folder):
        _add_common(parser, is_data_known=parser is not folder)


def _add_split(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--split", default="val", help="name of the split (default val)")


def _add_common(parser: argparse.ArgumentParser, is_data_known: bool) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        required=not is_data_known,
        help="folder of the data set"
        + (" (default: its folder in RT_GRASP_DATA)" if is_data_known else ""),
    )
    parser.add_argument(
        "--model",
        nargs="+",
        default=["models/rt-grasp-tiny"],
        metavar="DIR",
        help="folder of the checkpoint; several: seeds of one recipe, or one for each fold",
    )
    parser.add_argument("--backend", choices=BACKENDS, default="auto", help="what runs the model")
    parser.add_argument(
        "--commands", choices=COMMAND_KINDS, default="name", help="what a command says of the thing"
    )
    parser.add_argument(
        "--chain",
        action="store_true",
        help="the whole chain with depth, as on a robot, in place of the model alone",
    )
    parser.add_argument("--limit", type=int, help="at most so many pictures, evenly spaced")
    parser.add_argument("--folds", type=int, help="for data without a split: accuracy by fold")
    parser.add_argument(
        "--by", choices=SPLITS_BY, default="object", help="what a fold keeps together"
    )
    parser.add_argument("--pages", type=Path, help="folder for a page with hits and misses")
    parser.add_argument("--json", help="file for the result, - for standard output")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Return 0 where everything was measured, whatever it found, and 130 after Ctrl-C.

    Raises:
        RequestInvalid: no picture is asked for.
    """
    if arguments.limit is not None and arguments.limit < 1:
        raise RequestInvalid("Give at least one picture with --limit.")
    folders = [given_or_shipped(folder) for folder in arguments.model]
    with _progress() as on_trial:
        found = evaluate_pictures(
            _read(arguments),
            arguments.commands,
            [partial(_load, folder, arguments.backend, arguments.chain) for folder in folders],
            None if arguments.folds is None else Folds(arguments.folds, arguments.by),
            arguments.limit,
            on_trial,
        )
    if arguments.pages:
        _write_pages(found, arguments.pages)
    if arguments.json:
        write_json(found.report, arguments.json)
    if arguments.json != "-":
        Console().print(_table(found.report))
    return 0 if found.report["complete"] else _INTERRUPTED


def _read(arguments: argparse.Namespace) -> PictureSource:
    if arguments.source == "folder":
        return folder_source(arguments.data, arguments.split)
    folder = arguments.data or folder_of(arguments.source)
    if arguments.source == "jacquard":
        return jacquard_source(folder)
    return cornell_source(folder, arguments.split, arguments.set)


def _load(folder: Path, backend: str, is_chain: bool) -> Predictor:
    engine = load_engine(folder, backend)
    if not is_chain:
        return EnginePredictor(engine)
    return PictureChain(Grasper(engine, load_gripper(given_or_shipped(DEFAULT_GRIPPER)).geometry))


@contextmanager
def _progress() -> Iterator[OnTrial]:
    """Show one bar for each predictor."""
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bars: list[TaskID] = []

        def on_trial(name: str, done: int, count: int) -> None:
            if done == 1:
                bars.append(progress.add_task(name, total=count))
            progress.update(bars[-1], completed=done)

        yield on_trial


def _write_pages(found: PictureEvaluation, folder: Path) -> None:
    """Write `index.html` and `contact_sheet.png`."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = select_trials(found.trials)
    page = trial_page(_title(found.report), found.report, shown)
    (folder / "index.html").write_text(page, encoding="utf-8")
    sheet = cv2.cvtColor(contact_sheet(shown), cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(folder / "contact_sheet.png"), sheet)


def _title(report: dict[str, Any]) -> str:
    of_what = (report["data_set"], report["split"], report["picture_set"])
    return f"{report['model']} on {' '.join(word for word in of_what if word)}"


def _table(report: dict[str, Any]) -> Table:
    table = results_table(_title(report), ["", ""])
    for row in comparison_rows({"": report}):
        table.add_row(*row)
    return table
