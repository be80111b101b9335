"""`rt-grasp data meshes`: models made by others, written as a folder of meshes."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from ..grasp.errors import RequestInvalid
from .report import write_json

SOURCES = ("sweethome3d",)


def add_action(actions: argparse._SubParsersAction) -> None:
    """Add the action."""
    parser = actions.add_parser(
        "meshes",
        help="write models made by others as a folder for --meshes",
        description="Reads the things of Debian's sweethome3d-furniture that a gripper can take "
        "(sudo apt install sweethome3d-furniture), and writes them with licence and attribution in "
        "the layout of docs/data.md. Models that are kept back for examination are left out.",
    )
    parser.add_argument("--from", dest="source", choices=SOURCES, default=SOURCES[0], help="source")
    parser.add_argument("--data", type=Path, help="folder of the .sh3f files (default: apt's)")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out/meshes/sweethome3d"),
        help="the folder (default out/meshes/sweethome3d)",
    )
    parser.add_argument("--processes", type=int, default=2, help="how many work (default 2)")
    parser.add_argument("--json", help="file for the result, - for standard output")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Convert.

    Raises:
        FurnitureMissing: the package is not installed.
    """
    if arguments.processes < 1:
        raise RequestInvalid("Give at least one process.")
    from ..data.meshes.convert import convert
    from ..data.meshes.convex_parts import can_decompose
    from ..data.meshes.sweethome3d import FOLDER, read_catalogues

    console = Console(stderr=True)
    small = [one for one in read_catalogues(arguments.data or FOLDER) if one.fits_a_gripper]
    wanted = [one for one in small if not one.is_kept_back]
    if not can_decompose():
        console.print(
            "CoACD is not installed (pip install coacd): each mesh touches as one convex hull, so "
            "that cups and bowls are closed"
        )
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("converting", total=None)
        converted = convert(
            wanted,
            arguments.out,
            arguments.processes,
            lambda done, count: progress.update(task, completed=done, total=count),
        )
    result = {
        "folder": str(arguments.out),
        "meshes": len(converted.written),
        "kept_back": len(small) - len(wanted),
        "left_out": [{"id": one, "reason": reason} for one, reason in converted.left_out],
    }
    if arguments.json:
        write_json(result, arguments.json)
    if arguments.json != "-":
        print(
            f"{arguments.out}: {result['meshes']} meshes; {result['kept_back']} kept back; "
            f"{len(converted.left_out)} left out"
        )
    return 0
