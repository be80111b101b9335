"""`rt-grasp data build`: labelled pictures for training."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from .report import write_json


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb."""
    parser = subparsers.add_parser("data", help="build training data")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    build = actions.add_parser("build", help="render labelled pictures of simulated scenes")
    build.add_argument("--source", choices=["sim"], default="sim", help="where pictures come from")
    build.add_argument("--pictures", type=int, default=8200, help="how many (default 8200)")
    build.add_argument("--side", type=int, default=256, help="longer side in pixels (default 256)")
    build.add_argument("--processes", type=int, default=2, help="how many render (default 2)")
    build.add_argument("--out", type=Path, default=Path("out/data/sim"), help="folder for shards")
    build.add_argument("--json", help="file for what was written where, - for standard output")
    build.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Render; shards that exist are kept, so a stopped run goes on."""
    from ..data.sim_data import build_sim_shards

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("rendering", total=arguments.pictures)
        build_sim_shards(
            arguments.out,
            arguments.pictures,
            arguments.side,
            processes=arguments.processes,
            progress=lambda done: progress.update(task, completed=done),
        )
    if arguments.json:
        shards = len(list(arguments.out.glob("*.npz")))
        write_json({"folder": str(arguments.out), "shards": shards}, arguments.json)
    if arguments.json != "-":
        print(f"{arguments.out} holds the shards; train: rt-grasp train --data {arguments.out}")
    return 0
