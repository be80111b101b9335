"""Every input that strangers were let down with, tried anew; writes a table.

python -m rt_grasp_ros.bootstrap python -m benchmarks.strangers --only braking
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.strangers import cases as kinds
from benchmarks.strangers.case import Case, Row, try_case
from rt_grasp_ros.cli.demo_cell import keep_to_this_machine


def all_cases() -> list[Case]:
    """Return the cases of every file in `cases/`, by file name."""
    names = sorted(module.name for module in pkgutil.iter_modules(kinds.__path__))
    modules = [importlib.import_module(f"{kinds.__name__}.{name}") for name in names]
    return [case for module in modules for case in module.cases()]


def chosen(cases: Sequence[Case], only: Sequence[str], is_quick_only: bool) -> list[Case]:
    """Return the cases with one of the words in their item or name; all where there is none."""
    return [
        case
        for case in cases
        if (case.is_quick or not is_quick_only)
        and (not only or any(word in f"{case.item} {case.name}" for word in only))
    ]


def table(rows: Sequence[Row]) -> str:
    """Return the rows as Markdown."""
    lines = [
        "| item | what is put in | source | right | seen | holds |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        fields = (row.item, row.name, row.source, row.right, row.seen, "yes" if row.holds else "NO")
        lines.append(
            "| " + " | ".join(" ".join(f.split()).replace("|", "/") for f in fields) + " |"
        )
    return "\n".join(lines) + "\n"


def main(argv: list[str] | None = None) -> int:
    """Return 0 only where every case that was asked for holds."""
    parser = argparse.ArgumentParser(prog="strangers", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--only", action="append", default=[], metavar="WORD", help="cases with this in their name"
    )
    parser.add_argument("--quick", action="store_true", help="only what takes seconds, no nodes")
    parser.add_argument("--list", action="store_true", help="name the cases and end")
    parser.add_argument("--out", type=Path, default=Path("out/strangers"), help="for the table")
    arguments = parser.parse_args(argv)
    cases = chosen(all_cases(), arguments.only, arguments.quick)
    if arguments.list:
        for case in cases:
            print(f"{case.item}: {case.name}")
        return 0
    if not cases:
        parser.error("no case has that in its name; --list names them")
    keep_to_this_machine()
    rows = []
    arguments.out.mkdir(parents=True, exist_ok=True)
    for case in cases:
        row = try_case(case)
        rows.append(row)
        print(
            f"{'holds' if row.holds else 'FAILS'}  {row.item}: {row.name}  {row.seen}", flush=True
        )
        (arguments.out / "table.md").write_text(table(rows), encoding="utf-8")
        (arguments.out / "table.json").write_text(
            json.dumps([asdict(done) for done in rows], indent=1), encoding="utf-8"
        )
    failed = sum(not row.holds for row in rows)
    print(f"{len(rows) - failed} of {len(rows)} hold; {arguments.out / 'table.md'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
