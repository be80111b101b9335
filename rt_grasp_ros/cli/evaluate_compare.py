"""`rt-grasp evaluate compare A.json B.json ...`: results side by side."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from ..evaluate.comparison import comparison_table
from ..grasp.errors import DataInvalid
from .report import write_json


def add_source(sources: argparse._SubParsersAction) -> None:
    """Add `compare`, which measures nothing itself."""
    compare = sources.add_parser("compare", help="earlier results side by side, as Markdown")
    compare.add_argument("results", nargs="+", type=Path, help="JSON files of `rt-grasp evaluate`")
    compare.add_argument("--json", help="file for all of them under their names, - for the output")
    compare.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the table.

    Raises:
        DataInvalid: a file is missing or is no result.
    """
    results = {_heading(path, arguments.results): _read(path) for path in arguments.results}
    if arguments.json:
        write_json(results, arguments.json)
    if arguments.json != "-":
        sys.stdout.write(comparison_table(results))
    return 0


def _heading(path: Path, others: list[Path]) -> str:
    """Name a result after its file, or its path where that is not unique."""
    is_unique = sum(other.stem == path.stem for other in others) == 1
    return path.stem if is_unique else str(path)


def _read(path: Path) -> dict[str, Any]:
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataInvalid(
            f"'{path}' can't be read ({error}); give a file that `rt-grasp evaluate --json` wrote."
        ) from error
    if not isinstance(result, dict):
        raise DataInvalid(f"'{path}' is no result; give one that `rt-grasp evaluate --json` wrote.")
    return result
