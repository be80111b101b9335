"""`rt-grasp merge`: work an adapter into the weights of its base."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..grasp.errors import ModelNotLoaded
from ..resources import share_path
from .report import write_json


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "merge", help="work a tuned adapter into its base's weights (needs the extra [train])"
    )
    parser.add_argument("--adapter", type=Path, required=True, help="what `rt-grasp train` wrote")
    parser.add_argument(
        "--base",
        type=Path,
        default=share_path("models/rt-grasp-tiny"),
        help="what it was trained on",
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument("--json", help="file for what was written where, - for standard output")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Merge."""
    try:
        from ..learn.tune.outputs import merge
    except ImportError as error:
        raise ModelNotLoaded(
            f"Merging needs '{error.name}'; install it with: pip install 'rt_grasp_ros[train]'."
        ) from error
    merge(arguments.base, arguments.adapter, arguments.out)
    if arguments.json:
        write_json({"checkpoint": str(arguments.out)}, arguments.json)
    if arguments.json != "-":
        print(f"written to {arguments.out}")
    return 0
