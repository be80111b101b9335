"""`rt-grasp bench training`: LLaVA-1.5-7B tuned on a GPU."""

from __future__ import annotations

import argparse
from typing import Any

from rich.table import Table

from ..grasp.errors import RequestInvalid
from .gpu_rows import add_row_options, gpu_extra, measured, show_rows
from .tables import results_table

MIN_STEPS = 3


def add_device(devices: argparse._SubParsersAction) -> None:
    """Add what is measured to the verb."""
    parser = devices.add_parser(
        "training", help="steps of tuning at shapes of LLaVA-1.5-7B with random weights, on a GPU"
    )
    parser.add_argument(
        "--steps",
        type=int,
        default=MIN_STEPS,
        help=f"of each preset, at least {MIN_STEPS} (the default)",
    )
    add_row_options(parser, "preset")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Return 0 where everything was measured that was begun.

    Raises:
        GpuUnavailable: there is no GPU.
        ModelNotLoaded: torch, transformers, peft or accelerate is not installed.
        RequestInvalid: too few steps, or no preset of that name.
    """
    if arguments.steps < MIN_STEPS:
        raise RequestInvalid(f"The spread needs more steps; give at least --steps {MIN_STEPS}.")
    with gpu_extra():
        from ..bench.bench_training import bench_training
    result = measured(arguments, lambda session: bench_training(arguments.steps, session), _said)
    if arguments.json != "-":
        show_rows(result, _table(result))
    return 1 if result["failed"] else 0


def _said(row: dict[str, Any]) -> str:
    return (
        f"{row['name']}: {row['samples_per_s']:.2f} samples/s, step of {row['batch']} in "
        f"{row['step_s']:.2f} s"
    )


def _table(result: dict[str, Any]) -> Table:
    table = results_table(
        f"{result['shapes']} on {result['device']}",
        ["preset"],
        ["samples/s", "lowest", "highest", "step s", "GB", "reckoned\nGB"],
    )
    for row in result["rows"]:
        numbers = [f"{row[f'samples_per_s{end}']:.2f}" for end in ("", "_lowest", "_highest")]
        memory = [row["peak_memory_gb"], row["reckoned_memory_gb"]]
        table.add_row(
            row["name"],
            *numbers,
            f"{row['step_s']:.2f}",
            *("-" if gb is None else f"{gb:.1f}" for gb in memory),
        )
    return table
