"""`rt-grasp bench cpu`: the embedded checkpoint on a CPU."""

from __future__ import annotations

import argparse
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from ..grasp.errors import RequestInvalid
from ..resources import given_or_shipped
from .report import write_json
from .tables import results_table

MIN_RUNS = 5


def add_device(devices: argparse._SubParsersAction) -> None:
    """Add the device to the verb."""
    parser = devices.add_parser("cpu", help="the embedded checkpoint, beside transformers generate")
    parser.add_argument("--model", default="models/rt-grasp-tiny", help="folder of the checkpoint")
    parser.add_argument(
        "--runs", type=int, default=MIN_RUNS, help=f"repetitions, at least {MIN_RUNS} (the default)"
    )
    parser.add_argument("--json", help="file for the result, - for standard output")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Return 0 where everything was measured.

    Raises:
        RequestInvalid: too few runs.
    """
    if arguments.runs < MIN_RUNS:
        raise RequestInvalid(f"The spread needs more runs; give at least --runs {MIN_RUNS}.")
    from ..bench.bench_cpu import bench_cpu

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("answering", total=None)
        result = bench_cpu(
            given_or_shipped(arguments.model),
            arguments.runs,
            lambda done, count: progress.update(task, completed=done, total=count),
        )
    if arguments.json:
        write_json(result, arguments.json)
    if arguments.json != "-":
        Console().print(_table(result))
    return 0


def _table(result: dict[str, Any]) -> Table:
    table = results_table(
        f"{result['checkpoint']} on {result['machine']['cpu']}",
        ["what"],
        ["ms", "lowest", "highest", "prefill ms", "tokens/s", "speed-up"],
    )
    for row in result["rows"]:
        in_ms = [
            f"{1000 * row[key]:.1f}"
            for key in (
                "end_to_end_median_s",
                "end_to_end_lowest_run_s",
                "end_to_end_highest_run_s",
                "prefill_s",
            )
        ]
        rate, faster = row["decode_tokens_per_s"], row["speedup_over_generate"]
        table.add_row(
            row["name"],
            *in_ms,
            "-" if rate is None else f"{rate:.0f}",
            "-" if faster is None else f"{faster:.1f}",
        )
    return table
