"""The training benchmark's JSON as a Markdown table: `python -m ...bench.training_table FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_HEAD = """\
| preset | samples/s (range) | a step | at once | GPU memory | reckoned |
|---|---|---|---|---|---|
"""


def markdown_table(result: dict[str, Any]) -> str:
    """Return the table of a result of `bench_training`, what was not run, and where it ran."""
    machine = result["machine"]
    versions = ", ".join(f"{name} {machine[name]}" for name in ("torch", "transformers"))
    told = f"\n{result['shapes']}; {result['device']}, {versions}; {result['steps']} steps a row.\n"
    told += "".join(f"\nFailed: {name}: {why}\n" for name, why in result["failed"].items())
    if result["not_run"]:
        told += f"\nNot run: {'; '.join(result['not_run'])}.\n"
    return _HEAD + "".join(_line(row) + "\n" for row in result["rows"]) + told


def _line(row: dict[str, Any]) -> str:
    cells = (
        row["name"],
        f"{row['samples_per_s']:.2f} ({row['samples_per_s_lowest']:.2f}-"
        f"{row['samples_per_s_highest']:.2f})",
        f"{row['step_s']:.2f} s for {row['batch']}",
        f"{row['micro_batch']}",
        _gigabytes(row["peak_memory_gb"]),
        _gigabytes(row["reckoned_memory_gb"]),
    )
    return f"| {' | '.join(cells)} |"


def _gigabytes(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} GB"


if __name__ == "__main__":
    sys.stdout.write(markdown_table(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
