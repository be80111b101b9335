"""JSON lines written in parallel, part by part, so that a stopped build goes on where it was."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from ..grasp.errors import DataInvalid
from ..whole_file import whole_file
from .consistency import row_problems
from .parallel import run_all

ROWS_FILE = "conversations.jsonl"
SETTINGS_FILE = "build.json"
LOCK_FILE = ".lock"

Row = Mapping[str, Any]
WriteJob = Callable[[Path, Any], Iterable[Row]]
"""Draws the rows of a job and writes their pictures below the folder."""

Rewrite = Callable[[str], str]
"""Brings an answer with reasoning and numbers into another format."""


def checked_row(row: dict[str, Any], rewrite: Rewrite) -> Row:
    """Return a row with its answers in another format.

    Args:
        row: see `conversation_row.to_row`, with reasoning and numbers in its answers.
        rewrite: what to do to each answer.

    Raises:
        DataInvalid: its texts, numbers and labels do not agree.
    """
    problems = row_problems(row)
    if problems:
        raise DataInvalid(
            f"Row {row['id']} contradicts itself ({problems[0]}); mend the templates."
        )
    for turn in row["conversations"][1::2]:
        turn["value"] = rewrite(turn["value"])
    return row


def write_rows(
    folder: Path,
    settings: Mapping[str, Any],
    jobs: Sequence[Any],
    write_job: WriteJob,
    processes: int,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Let jobs write their rows, and put them into one file in the jobs' order.

    Args:
        folder: gets `conversations.jsonl`, what the jobs write, and `build.json`.
        settings: what the rows follow from, plain values for JSON.
        jobs: values that can be pickled; each yields the same rows whenever it is run.
        write_job: a function of a module, or a partial of one.
        processes: how many jobs run at once.
        progress: called with the number of jobs done.

    Returns:
        How many rows the file holds.

    Raises:
        DataInvalid: the folder holds a build with other settings, or another build writes to it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK_FILE).open("w") as lock:
        _claim(folder, settings, lock)
        return _write_missing(folder, jobs, write_job, processes, progress)


def _write_missing(
    folder: Path,
    jobs: Sequence[Any],
    write_job: WriteJob,
    processes: int,
    progress: Callable[[int], None],
) -> int:
    target, parts = folder / ROWS_FILE, folder / "parts"
    if target.is_file():
        progress(len(jobs))
        return _count_lines(target)
    parts.mkdir(exist_ok=True)
    paths = [parts / f"{index:06d}.jsonl" for index in range(len(jobs))]
    missing = [
        (folder, path, job, write_job)
        for path, job in zip(paths, jobs, strict=True)
        if not path.is_file()
    ]
    done = len(jobs) - len(missing)
    progress(done)
    for _ in run_all(_write_part, missing, processes):
        done += 1
        progress(done)
    _join(paths, target)
    shutil.rmtree(parts)
    return _count_lines(target)


def _claim(folder: Path, settings: Mapping[str, Any], lock: IO[str]) -> None:
    """Hold the folder until the lock is closed, for one build alone."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise DataInvalid(
            f"Another build writes to '{folder}'; wait for it, or give another folder with --out."
        ) from error
    path = folder / SETTINGS_FILE
    text = json.dumps(settings, indent=2, sort_keys=True) + "\n"
    if not path.is_file():
        path.write_text(text, encoding="utf-8")
    elif path.read_text(encoding="utf-8") != text:
        raise DataInvalid(
            f"'{folder}' holds data built with other settings, see '{path.name}' there; give "
            "another folder with --out, or remove that one."
        )


def _write_part(task: tuple[Path, Path, Any, WriteJob]) -> None:
    folder, path, job, write_job = task
    with whole_file(path) as partial, partial.open("w", encoding="utf-8") as file:
        for row in write_job(folder, job):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _join(paths: Sequence[Path], target: Path) -> None:
    with whole_file(target) as partial, partial.open("wb") as whole:
        for path in paths:
            with path.open("rb") as part:
                shutil.copyfileobj(part, whole)


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)
