"""`rt-grasp bench training`: LLaVA-1.5-7B tuned on a GPU."""

from __future__ import annotations

import argparse
from typing import Any

from rich.console import Console
from rich.progress import Progress

from ..grasp.errors import ModelNotLoaded, RequestInvalid
from .report import write_json
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
    parser.add_argument(
        "--tiny", action="store_true", help="a tiny model on any device, to try the script"
    )
    parser.add_argument(
        "--minutes", type=float, metavar="M", help="begin no preset that is not reckoned to fit"
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help="measure only presets whose names hold NAME; may be given several times",
    )
    parser.add_argument(
        "--json", help="file for the result, written anew after each row; - for standard output"
    )
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
    try:
        from ..bench.bench_training import bench_training
    except ImportError as error:
        raise ModelNotLoaded(
            f"The benchmark needs '{error.name}'; install rt_grasp_ros[gpu]."
        ) from error

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("preparing", total=None)

        def keep(result: dict[str, Any]) -> None:
            if arguments.json and arguments.json != "-":
                write_json(result, arguments.json)

        result = bench_training(
            arguments.steps,
            lambda what, done, count: progress.update(
                task, description=what, completed=done, total=count
            ),
            arguments.tiny,
            arguments.minutes,
            arguments.only,
            keep,
        )
    if arguments.json:
        write_json(result, arguments.json)
    if arguments.json != "-":
        _show(result)
    return 1 if result["failed"] else 0


def _show(result: dict[str, Any]) -> None:
    console = Console()
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
    console.print(table)
    for name, why in result["failed"].items():
        console.print(f"{name} failed: {why}")
    if result["not_run"]:
        console.print(f"not run: {'; '.join(result['not_run'])}")
