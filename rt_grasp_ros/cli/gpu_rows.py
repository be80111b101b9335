"""What the benchmarks on a GPU share: their options, progress, and what is said of their rows."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from ..grasp.errors import ModelNotLoaded
from .report import write_json

if TYPE_CHECKING:
    from ..bench.gpu_session import GpuSession


def add_row_options(parser: argparse.ArgumentParser, row: str) -> None:
    """Add the options of a session.

    Args:
        parser: of the benchmark.
        row: what is measured in one, such as `preset`.
    """
    parser.add_argument(
        "--tiny", action="store_true", help="a tiny model on any device, to try the script"
    )
    parser.add_argument(
        "--minutes", type=float, metavar="M", help=f"begin no {row} that is not reckoned to fit"
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help=f"measure only each {row} whose name holds NAME; may be given several times",
    )
    parser.add_argument(
        "--json", help=f"file for the result, written anew after each {row}; - for standard output"
    )


@contextmanager
def gpu_extra() -> Iterator[None]:
    """Say what to install where an import fails.

    Raises:
        ModelNotLoaded: a package is missing.
    """
    try:
        yield
    except ImportError as error:
        raise ModelNotLoaded(
            f"The benchmark needs '{error.name}'; install rt_grasp_ros[gpu]."
        ) from error


def measured(
    arguments: argparse.Namespace,
    measure: Callable[[GpuSession], dict[str, Any]],
    said: Callable[[dict[str, Any]], str],
) -> dict[str, Any]:
    """Return what a session has measured, written where the options say, after each row, too.

    Args:
        arguments: those of `add_row_options` among them.
        measure: a benchmark.
        said: returns a row in one line, for whoever waits.
    """
    from ..bench.gpu_session import GpuSession

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("preparing", total=None)
        lines = 0

        def show(what: str, done: int, count: int) -> None:
            progress.update(task, description=what, completed=done, total=count)

        def keep(result: dict[str, Any]) -> None:
            nonlocal lines
            for row in result["rows"][lines:]:
                progress.console.print(said(row))
            lines = len(result["rows"])
            if arguments.json and arguments.json != "-":
                write_json(result, arguments.json)

        result = measure(GpuSession(show, arguments.tiny, arguments.minutes, arguments.only, keep))
    if arguments.json:
        write_json(result, arguments.json)
    return result


def show_rows(result: dict[str, Any], table: Table) -> None:
    """Print a table of what was measured, then what failed and what was not begun."""
    console = Console()
    console.print(table)
    for name, why in result["failed"].items():
        console.print(f"{name} failed: {why}")
    if result["not_run"]:
        console.print(f"not run: {'; '.join(result['not_run'])}")
