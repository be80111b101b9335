"""What the Markdown tables of the GPU's benchmarks share: rows, what failed, where it ran."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def table_of(
    result: dict[str, Any], head: str, cells: Callable[[dict[str, Any]], tuple[str, ...]], unit: str
) -> str:
    """Return the table of a result, what of it failed or was not run, and where it ran.

    Args:
        result: of `measure_rows`.
        head: the table's first two lines.
        cells: returns those of a row.
        unit: what there are several of in each row, such as `runs`, by the result's name.
    """
    lines = [f"| {' | '.join(cells(row))} |\n" for row in result["rows"]]
    machine = result["machine"]
    versions = ", ".join(f"{name} {machine[name]}" for name in ("torch", "transformers"))
    where = f"{result['shapes']}; {result['device']}, {versions}; {result[unit]} {unit} a row."
    told = [where, *(f"Failed: {name}: {why}" for name, why in result["failed"].items())]
    if result["not_run"]:
        told.append(f"Not run: {'; '.join(result['not_run'])}.")
    return head + "".join(lines) + "".join(f"\n{line}\n" for line in told)


def print_table(markdown_table: Callable[[dict[str, Any]], str]) -> None:
    """Print the table of the JSON file that the command line names."""
    sys.stdout.write(markdown_table(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
