"""`rt-grasp data build`: conversations about recorded and simulated pictures, and shards."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from ..grasp.errors import RequestInvalid
from .camera_options import add_camera_options, cameras_of
from .report import write_json

if TYPE_CHECKING:
    from ..data.build_recorded import BuildSettings
    from ..data.row_files import Rewrite

SOURCES = ("cornell", "jacquard", "sim", "folder")
ANSWERS = ("reasoning", "labelled", "numbers")
FORMATS = ("jsonl", "shards")


def add_action(actions: argparse._SubParsersAction) -> None:
    """Add the action."""
    build = actions.add_parser("build", help="write training data; a stopped build goes on")
    build.add_argument("--source", choices=SOURCES, default="sim", help="where pictures come from")
    build.add_argument(
        "--format",
        choices=FORMATS,
        help="jsonl: conversations as LLaVA's training reads them; shards: labels of simulated "
        "pictures, which `rt-grasp train --strategy scratch` reads (default for sim)",
    )
    build.add_argument("--out", type=Path, help="folder to write to (default out/data/SOURCE)")
    build.add_argument("--processes", type=_positive, default=2, help="how many work (default 2)")
    build.add_argument("--seed", type=_natural, default=0, help="draws words and views (default 0)")
    build.add_argument("--json", help="file for what was written where, - for standard output")
    _add_conversations(build.add_argument_group("conversations"))
    recorded = build.add_argument_group("recorded pictures")
    recorded.add_argument(
        "--data",
        type=Path,
        help="folder of the data set (default: its folder in RT_GRASP_DATA)",
    )
    recorded.add_argument("--split", default="train", help="name of the split (default train)")
    recorded.add_argument("--set", choices=("crops", "frames"), default="crops", help="of Cornell")
    recorded.add_argument(
        "--views", type=_positive, default=1, help="itself and so many less one augmented views"
    )
    recorded.add_argument(
        "--compositions",
        type=_natural,
        default=0,
        help="pictures put together of two to four, with exact labels (default 0)",
    )
    simulated = build.add_argument_group("simulated pictures")
    simulated.add_argument("--pictures", type=_positive, default=8200, help="how many (8200)")
    simulated.add_argument("--side", type=_positive, default=256, help="longer side, pixels (256)")
    simulated.add_argument(
        "--meshes",
        action="append",
        default=[],
        metavar="DIR",
        help="let textured meshes lie among the things without a name; the layout is in "
        "docs/data.md; may be repeated",
    )
    add_camera_options(simulated)
    build.set_defaults(run=run)


def _add_conversations(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--answers",
        choices=ANSWERS,
        default="reasoning",
        help="reasoning, then labelled numbers; labelled numbers; bare numbers",
    )
    group.add_argument(
        "--dialogues", type=_positive, default=2, help="conversations about a picture (default 2)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Build; what is there already is kept."""
    is_sim = arguments.source == "sim"
    wanted = arguments.format or ("shards" if is_sim else "jsonl")
    folder = arguments.out or Path("out/data") / arguments.source
    if wanted == "shards" and not is_sim:
        raise RequestInvalid("Shards hold simulated pictures only; leave out --format shards.")
    if arguments.meshes and not is_sim:
        raise RequestInvalid("Meshes lie in simulated pictures only; leave out --meshes.")
    if not is_sim:
        result = _build_recorded(arguments, folder)
    else:
        _build_shards(arguments, folder)
        result = _build_sim(arguments, folder) if wanted == "jsonl" else _shards_in(folder)
    if arguments.json:
        write_json(result, arguments.json)
    if arguments.json != "-":
        for name, value in result.items():
            print(f"{name}: {value}")
    return 0


def _build_recorded(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from ..data.build_recorded import build_recorded
    from ..data.data_folder import folder_of
    from ..evaluate.picture_source import (
        PictureSource,
        cornell_source,
        folder_source,
        jacquard_source,
    )

    if arguments.source == "folder" and arguments.data is None:
        raise RequestInvalid("The source 'folder' has no default; name your folder with --data.")
    data = arguments.data or folder_of(arguments.source)
    source: PictureSource
    if arguments.source == "cornell":
        source = cornell_source(data, arguments.split, arguments.set)
    elif arguments.source == "jacquard":
        source = jacquard_source(data)
    else:
        source = folder_source(data, arguments.split)
    with _progress() as progress:
        task = progress.add_task("writing conversations", total=None)
        report = build_recorded(
            folder,
            source.pictures,
            _settings(arguments),
            _rewrite(arguments.answers),
            arguments.processes,
            lambda done, count: progress.update(task, completed=done, total=count),
        )
    return _written(folder, report.rows, report.pictures) | {"left_out": list(report.left_out)}


def _build_shards(arguments: argparse.Namespace, folder: Path) -> None:
    from ..data.sim_data import build_sim_shards
    from ..sim.meshes.mesh_entry import meshes_in

    with _progress() as progress:
        task = progress.add_task("rendering", total=arguments.pictures)
        build_sim_shards(
            folder,
            arguments.pictures,
            arguments.side,
            processes=arguments.processes,
            progress=lambda done: progress.update(task, completed=done),
            cameras=cameras_of(arguments),
            meshes=meshes_in(arguments.meshes),
        )


def _build_sim(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from ..data.build_sim import build_sim_conversations

    with _progress() as progress:
        task = progress.add_task("writing conversations", total=None)
        report = build_sim_conversations(
            folder,
            _settings(arguments),
            _rewrite(arguments.answers),
            arguments.processes,
            lambda done, count: progress.update(task, completed=done, total=count),
        )
    return _written(folder, report.rows, report.pictures)


def _settings(arguments: argparse.Namespace) -> BuildSettings:
    from ..data.build_recorded import BuildSettings

    return BuildSettings(
        source=arguments.source,
        views=arguments.views,
        dialogues=arguments.dialogues,
        compositions=arguments.compositions,
        answers=arguments.answers,
        seed=arguments.seed,
    )


def _rewrite(answers: str) -> Rewrite:
    from ..learn.tune.answer_formats import AnswerFormat

    return AnswerFormat(answers).write


def _written(folder: Path, rows: int, pictures: int) -> dict[str, Any]:
    from ..data.row_files import ROWS_FILE

    return {"file": str(folder / ROWS_FILE), "conversations": rows, "pictures": pictures}


def _shards_in(folder: Path) -> dict[str, Any]:
    return {"folder": str(folder), "shards": len(list(folder.glob("*.npz")))}


def _progress() -> Progress:
    return Progress(
        *Progress.get_default_columns(), MofNCompleteColumn(), console=Console(stderr=True)
    )


def _positive(text: str) -> int:
    return _at_least(1, text)


def _natural(text: str) -> int:
    return _at_least(0, text)


def _at_least(least: int, text: str) -> int:
    value = int(text)
    if value < least:
        raise argparse.ArgumentTypeError(f"must be at least {least}")
    return value
