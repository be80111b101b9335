"""Carries out cases one after another and writes the table after each."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from benchmarks.faults.chain import Chain
from benchmarks.faults.lateness import Lateness
from benchmarks.faults.row import Row, markdown
from benchmarks.faults.trial import Case, Trial
from rt_grasp_ros.bench.machine import describe_machine
from rt_grasp_ros.grasp.errors import RtGraspError
from rt_grasp_ros.whole_file import whole_file

_TRIES = 3
"""So often a row is tried that does not hold on a machine that was too slow meanwhile."""


class Overdue(Exception):
    """A row did not end within its deadline."""


class Table:
    """The rows so far, on disk as `table.json` and `table.md`."""

    def __init__(self, folder: Path, names: Sequence[str], kept: Sequence[Row] = ()) -> None:
        """Begin a table.

        Args:
            folder: made if it is not there.
            names: of the rows that it is to have.
            kept: rows of an earlier run.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._names = list(names)
        self._rows = {row.name: row for row in kept if row.name in self._names}
        self._machine: dict[str, Any] = describe_machine()

    @property
    def rows(self) -> list[Row]:
        """The rows that are there, in the table's order."""
        return [self._rows[name] for name in self._names if name in self._rows]

    @property
    def holds(self) -> bool:
        """Whether all rows are there and every one holds."""
        return len(self.rows) == len(self._names) and all(row.holds for row in self.rows)

    def add(self, row: Row) -> None:
        """Take a row and write the table anew."""
        self._rows[row.name] = row
        report = {
            "machine": self._machine,
            "holds": self.holds,
            "rows": [row.to_json() for row in self.rows],
        }
        for name, text in (
            ("table.json", json.dumps(report, indent=2)),
            ("table.md", markdown(self.rows)),
        ):
            with whole_file(self._folder / name) as partial:
                partial.write_text(f"{text}\n", encoding="utf-8")


def run_cases(
    cases: Sequence[Case], folder: Path, make_chain: Callable[[], Chain], kept: Sequence[Row] = ()
) -> int:
    """Carry out cases and write the table.

    Args:
        cases: what to do.
        folder: gets `table.json` and `table.md`, anew after every row.
        make_chain: brings up the nodes; called again after a row that left them in disorder.
        kept: rows of an earlier run, which are not carried out again.

    Returns:
        0 where every row holds, else 1.
    """
    table = Table(folder, [case.name for case in cases], kept)
    done = {row.name for row in table.rows}
    chain: Chain | None = None
    lateness = Lateness()
    try:
        for number, case in enumerate(cases, 1):
            if case.name in done:
                continue
            print(f"[{number}/{len(cases)}] {case.name} ...", file=sys.stderr, flush=True)
            for _ in range(_TRIES):
                if chain is None:
                    chain = make_chain()
                lateness.take_longest_s()
                row = replace(run_case(case, chain), late_s=lateness.take_longest_s())
                print(f"    {_verdict(row)}", file=sys.stderr, flush=True)
                if not row.holds:
                    chain.close()
                    chain = None
                if not row.is_inconclusive:
                    break
            table.add(row)
    finally:
        lateness.close()
        if chain is not None:
            chain.close()
    print(markdown(table.rows))
    return 0 if table.holds else 1


def run_case(case: Case, chain: Chain) -> Row:
    """Carry out one case and return its row, whatever happens."""
    trial = Trial(chain)
    hung = False
    try:
        with deadline(case.deadline_s):
            chain.mend()
            if not chain.is_at_home():
                chain.put_back()
            trial = Trial(chain)
            case.run(trial)
    except Overdue:
        hung = True
    except RtGraspError as error:
        trial.require(False, error.message)
    return trial.row(case, hung=hung)


@contextmanager
def deadline(timeout_s: float) -> Iterator[None]:
    """Raise `Overdue` in the main thread where the block takes longer."""

    def raise_overdue(number: int, frame: FrameType | None) -> None:
        raise Overdue

    before = signal.signal(signal.SIGALRM, raise_overdue)
    start_s = time.monotonic()
    left_s, _ = signal.setitimer(signal.ITIMER_REAL, timeout_s)
    try:
        yield
    finally:
        passed_s = time.monotonic() - start_s
        signal.setitimer(signal.ITIMER_REAL, max(0.001, left_s - passed_s) if left_s else 0.0)
        signal.signal(signal.SIGALRM, before)


def _verdict(row: Row) -> str:
    after_s = row.time_to_correct_answer_s
    answer = "no correct answer" if after_s is None else f"correct answer after {after_s:.1f} s"
    arm = f"arm moved {row.arm_moved_rad * 1000:.1f} mrad"
    word = "hung" if row.hung else "holds" if row.holds else "DOES NOT HOLD"
    if row.is_inconclusive:
        word += f" (the machine was {row.late_s:.1f} s late)"
    return "; ".join((word, answer, arm, row.happened, *row.problems, f"{row.duration_s:.0f} s"))
