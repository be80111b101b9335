"""Trials in the cell: each independent of the others, shared out to processes, noted when done."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from ..data.parallel import run_all
from ..grasp.errors import RequestInvalid
from ..model.engine import GraspEngine
from ..rollout.simulated_pick import SimulatedPicker

Row = dict[str, Any]
"""What came of a trial, ready for JSON."""

MakeEngine = Callable[[], GraspEngine | None]
"""Loads the engine in the process that uses it; None stands for the truth in the engine's place."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a trial is carried out with."""

    engine: GraspEngine | None
    picker: SimulatedPicker


class Trial(Protocol):
    """One independent piece of an evaluation; plain values, so that it travels to a process."""

    @property
    def section(self) -> str:
        """The part of the run that it belongs to."""
        ...

    @property
    def key(self) -> str:
        """Name it by this in the journal; no two trials of a run share it."""
        ...

    def run(self, bench: Bench) -> Row:
        """Carry it out."""
        ...


OnDone = Callable[[Trial], None]


class Journal:
    """Rows that are done, in a file of JSON lines, so that a killed run goes on where it was."""

    def __init__(self, path: Path | None, settings: Row) -> None:
        """Read what an earlier run left.

        Args:
            path: the file; None remembers nothing.
            settings: what the rows depend on; its first line.

        Raises:
            RequestInvalid: the file was left by a run with other settings.
        """
        self.rows: dict[str, Row] = {}
        self._path = path
        if path is None:
            return
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        complete = [json.loads(line) for line in lines if line.endswith(b"\n")]
        if complete and complete[0] != {"settings": settings}:
            raise RequestInvalid(
                f"The file {path} was left by another evaluation that did not end; remove it, or "
                "give another --json."
            )
        self.rows = {entry["key"]: entry["row"] for entry in complete[1:]}
        path.write_bytes(b"".join(line for line in lines if line.endswith(b"\n")))
        if not complete:
            self._append({"settings": settings})

    def add(self, key: str, row: Row) -> None:
        """Note a row."""
        self.rows[key] = row
        if self._path is not None:
            self._append({"key": key, "row": row})

    def remove(self) -> None:
        """Delete the file: the result is written."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _append(self, entry: Row) -> None:
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, allow_nan=False) + "\n")


def run_trials(
    trials: Sequence[Trial],
    make_engine: MakeEngine,
    journal: Journal,
    processes: int = 1,
    on_done: OnDone = lambda trial: None,
) -> list[Row]:
    """Carry out the trials that the journal does not have yet.

    Args:
        trials: what to do.
        make_engine: called once in each process; picklable where there are several.
        journal: has what is done, and is told of what gets done.
        processes: how many work at once; 1 is this one.
        on_done: told of each trial once it is done, also of those done before.

    Returns:
        A row per trial, in the order of the trials.

    Raises:
        WorkerLost: a working process was killed.
    """
    of_key = {trial.key: trial for trial in trials}
    for key in of_key.keys() & journal.rows.keys():
        on_done(of_key[key])
    missing = [trial for trial in trials if trial.key not in journal.rows]
    set_up = partial(_set_up, make_engine)
    for key, row in run_all(_carry_out, missing, processes, set_up):
        journal.add(key, row)
        on_done(of_key[key])
    return [journal.rows[trial.key] for trial in trials]


_bench_of_process: list[Bench] = []


def _set_up(make_engine: MakeEngine) -> None:
    _bench_of_process[:] = [Bench(make_engine(), SimulatedPicker())]


def _carry_out(trial: Trial) -> tuple[str, Row]:
    return trial.key, trial.run(_bench_of_process[0])
