"""`make faults`: brings every fault about, and says for each whether all stayed well.

python -m rt_grasp_ros.bootstrap python -m benchmarks.faults --only "cell killed while planning"
"""

from __future__ import annotations

import argparse
import itertools
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.faults import camera, commands, controller, processes, recording, transforms
from benchmarks.faults.chain import Chain
from benchmarks.faults.row import Row, row_from_json
from benchmarks.faults.runner import run_cases
from benchmarks.faults.trial import Case
from rt_grasp_ros.cli.demo_cell import keep_to_this_machine

_FAMILIES = (processes, camera, transforms, controller, recording, commands)


def main(argv: list[str] | None = None) -> int:
    """Return 0 only where every row that was asked for holds."""
    parser = argparse.ArgumentParser(prog="faults", description="Bring faults about, one by one.")
    parser.add_argument(
        "--only",
        action="append",
        metavar="NAME",
        help="only the rows whose name or family has this in it; may be repeated",
    )
    parser.add_argument("--list", action="store_true", help="name the rows and end")
    parser.add_argument("--out", type=Path, default=Path("out/faults"), help="where the table goes")
    parser.add_argument(
        "--resume", action="store_true", help="keep the rows of the table that is there and hold"
    )
    arguments = parser.parse_args(argv)
    cases = chosen(arguments.only)
    if arguments.list:
        for case in cases:
            print(f"{case.family}: {case.name} ({case.fault})")
        return 0
    if not cases:
        parser.error("no row has that name; --list names them")
    table = arguments.out / "table.json"
    kept = []
    if arguments.resume and table.exists():
        rows = map(row_from_json, json.loads(table.read_text(encoding="utf-8"))["rows"])
        kept = [row for row in rows if row.holds]
    return run(cases, arguments.out, kept)


def run(cases: Sequence[Case], folder: Path, kept: Sequence[Row] = ()) -> int:
    """Carry out cases on real nodes; the arguments and what is returned are `run_cases`'s."""
    keep_to_this_machine()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leaves no node behind
    number = itertools.count(1)
    return run_cases(cases, folder, lambda: Chain(folder / "logs" / str(next(number))), kept)


def chosen(only: list[str] | None) -> list[Case]:
    """Return the cases whose name or family has one of the words in it; all for None."""
    every = [case for family in _FAMILIES for case in family.cases()]
    if only is None:
        return every
    return [
        case
        for case in every
        if any(word in (case.family, case.name) or word in case.name for word in only)
    ]


if __name__ == "__main__":
    sys.exit(main())
