"""`rt-grasp bench gpu`: LLaVA-1.5-7B on a GPU."""

from __future__ import annotations

import argparse
from typing import Any

from rich.console import Console

from ..grasp.errors import RequestInvalid
from .bench_cpu import MIN_RUNS
from .gpu_rows import add_row_options, gpu_extra, measured, show_rows
from .tables import results_table


def add_device(devices: argparse._SubParsersAction) -> None:
    """Add the device to the verb."""
    parser = devices.add_parser(
        "gpu", help="shapes of LLaVA-1.5-7B with random weights, beside transformers generate"
    )
    parser.add_argument(
        "--runs", type=int, default=MIN_RUNS, help=f"repetitions, at least {MIN_RUNS} (the default)"
    )
    parser.add_argument(
        "--profile", action="store_true", help="say where the time goes, by torch.profiler"
    )
    add_row_options(parser, "row")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Return 0 where everything was measured that was begun.

    Raises:
        GpuUnavailable: there is no GPU.
        ModelNotLoaded: torch, transformers or bitsandbytes is not installed.
        RequestInvalid: too few runs, or no row of that name.
    """
    if arguments.runs < MIN_RUNS:
        raise RequestInvalid(f"The spread needs more runs; give at least --runs {MIN_RUNS}.")
    with gpu_extra():
        from ..bench.bench_gpu import bench_gpu
    result = measured(
        arguments, lambda session: bench_gpu(arguments.runs, session, arguments.profile), _said
    )
    if arguments.json != "-":
        _show(result)
    return 1 if result["failed"] else 0


def _said(row: dict[str, Any]) -> str:
    """Return a row in one line, for whoever waits."""
    return (
        f"{row['name']}: {row['decode_tokens_per_s']:.1f} tokens/s, first token "
        f"{1000 * row['first_token_s']:.0f} ms, answer {row['answer_s']:.2f} s"
    )


def _show(result: dict[str, Any]) -> None:
    table = results_table(
        f"{result['shapes']} on {result['device']}",
        ["what"],
        [
            "tokens/s",
            "lowest",
            "highest",
            "first\nms",
            "second\nms",
            "answer\ns",
            "MB",
            "share",
            "times",
        ],
    )
    for row in result["rows"]:
        faster, second_s = row["speedup_over_generate"], row["second_first_token_s"]
        table.add_row(
            row["name"],
            f"{row['decode_tokens_per_s']:.1f}",
            f"{row['decode_tokens_per_s_lowest']:.1f}",
            f"{row['decode_tokens_per_s_highest']:.1f}",
            f"{1000 * row['first_token_s']:.0f}",
            "-" if second_s is None else f"{1000 * second_s:.0f}",
            f"{row['answer_s']:.2f}",
            f"{row['weights_mb']:.0f}",
            f"{100 * row['bandwidth_share']:.0f} %",
            "-" if faster is None else f"{faster:.1f}",
        )
    show_rows(result, table)
    console = Console()
    for row in result["rows"]:
        if row.get("profile"):
            console.print(f"\n{row['name']}: where the time of one answer goes")
            for entry in row["profile"]:
                console.print(f"{entry['us'] / 1000:10.2f} ms {entry['calls']:7d} {entry['what']}")
