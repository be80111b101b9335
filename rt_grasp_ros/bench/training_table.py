"""The training benchmark's JSON as a Markdown table: `python -m ...bench.training_table FILE`."""

from __future__ import annotations

from typing import Any

from .result_table import print_table, table_of

_HEAD = """\
| preset | samples/s (range) | a step | at once | GPU memory | reckoned |
|---|---|---|---|---|---|
"""


def markdown_table(result: dict[str, Any]) -> str:
    """Return the table of a result of `bench_training`, what was not run, and where it ran."""
    return table_of(result, _HEAD, _cells, "steps")


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["name"],
        f"{row['samples_per_s']:.2f} ({row['samples_per_s_lowest']:.2f}-"
        f"{row['samples_per_s_highest']:.2f})",
        f"{row['step_s']:.2f} s for {row['batch']}",
        f"{row['micro_batch']}",
        _gigabytes(row["peak_memory_gb"]),
        _gigabytes(row["reckoned_memory_gb"]),
    )


def _gigabytes(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} GB"


if __name__ == "__main__":
    print_table(markdown_table)
