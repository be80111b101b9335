"""Commands that nobody sane sends, commands at once, and very many commands."""

from __future__ import annotations

import time
from collections import Counter

import numpy as np

from benchmarks.faults.chain import CELL, EXECUTOR, PERCEPTION
from benchmarks.faults.fuzz import fuzzed_commands
from benchmarks.faults.pids import is_running, own_kib
from benchmarks.faults.trial import Case, Trial
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.pipeline.command_stage import CommandStage

_FUZZED, _FUZZ_SEED = 500, 0
_IN_A_ROW, _WARM_UP = 200, 150
_GROWTH_KIB = 32.0
"""Memory that a command may cost after the others, 6 MiB in 200.

A freed picture's place is kept for the next one (`ros/perception/malloc_thresholds.py`), so that
memory grows in steps of a picture, 0.9 MiB, for some hundred commands. A picture kept by each
command would be 900 KiB.
"""

_REFUSED = {
    ErrorCode.COMMAND_EMPTY,
    ErrorCode.COMMAND_TOO_LONG,
    ErrorCode.COMMAND_NOT_TEXT,
    ErrorCode.COMMAND_NO_GRASP,
    ErrorCode.COMMAND_FORBIDS,
    ErrorCode.COMMAND_UNCLEAR,
    ErrorCode.COMMAND_FOREIGN,
    ErrorCode.REQUEST_INVALID,
    ErrorCode.DIALOGUE_UNKNOWN,
}
_ANSWERED = {
    ErrorCode.OK,
    ErrorCode.OBJECT_NOT_FOUND,
    ErrorCode.WHICH_ONE,
    ErrorCode.ONLY_EXCLUDED,
    ErrorCode.MODEL_ANSWER_GARBLED,
    ErrorCode.DEPTH_INVALID_AT_GRASP,
    ErrorCode.OPENING_TOO_WIDE,
    ErrorCode.NO_FINGER_CLEARANCE,
    ErrorCode.GRASP_OUTSIDE_IMAGE,
}


def cases() -> list[Case]:
    """Return what users can do to the nodes."""
    return [
        Case(
            "commands",
            f"{_FUZZED} fuzzed commands",
            "empty, huge, control characters, any script, injections, JSON, numbers",
            "answering",
            _fuzz,
            deadline_s=1200.0,
        ),
        Case(
            "commands",
            "two clients at once",
            "two clients send a command in the same moment",
            "answering",
            _ask_twice,
        ),
        Case(
            "commands",
            "a second client while the arm moves",
            "another client sends a command to move, too",
            "approaching",
            _interrupt,
        ),
        Case(
            "commands",
            f"{_IN_A_ROW} commands in a row",
            f"after {_WARM_UP} others; memory may grow by {_GROWTH_KIB:g} KiB a command",
            "answering",
            _many,
            deadline_s=900.0,
        ),
    ]


def _fuzz(trial: Trial) -> None:
    chain = trial.chain
    pids = {node: chain.pid(node) for node in (CELL, EXECUTOR, PERCEPTION)}
    worker = chain.worker_pid()
    trial.fault()
    ends: Counter[str] = Counter()
    longest_s = 0.0
    unexpected: list[str] = []
    for command in fuzzed_commands(_FUZZED, _FUZZ_SEED):
        start_s = time.monotonic()
        attempt = trial.ask(command=command)
        longest_s = max(longest_s, time.monotonic() - start_s)
        ends[attempt.code.name if attempt.code is not None else "lost"] += 1
        if attempt.code not in _REFUSED | _ANSWERED:
            unexpected.append(f"{command[:40]!r} ended as {attempt}")
    trial.require(
        not unexpected, f"{len(unexpected)} ended as none should: {'; '.join(unexpected[:3])}"
    )
    trial.say(", ".join(f"{count} {name}" for name, count in ends.most_common()))
    trial.say(f"the longest took {longest_s:.1f} s")
    trial.require(chain.worker_pid() == worker, "the model worker did not survive")
    trial.require(all(map(is_running, pids.values())), "a node did not survive")
    trial.require_arm_still()
    trial.fault()
    trial.recover()


def _ask_twice(trial: Trial) -> None:
    with trial.chain.user.second() as other:
        trial.fault()
        attempts = [trial.start(execute=False), trial.start(execute=False, client=other)]
        for attempt in attempts:
            trial.end(attempt)
        trial.say(" and ".join(map(str, attempts)))
        codes = {attempt.code for attempt in attempts}
        trial.require(
            ErrorCode.OK in codes and codes <= {ErrorCode.OK, ErrorCode.BUSY},
            "one is to be answered, the other answered or told to wait",
        )
        trial.require_arm_still()
    trial.recover()


def _interrupt(trial: Trial) -> None:
    with trial.chain.user.second() as other:
        first = trial.start(execute=True)
        trial.wait_for_stage(CommandStage.APPROACH)
        trial.fault()
        second = trial.end(trial.start(execute=True, client=other))
        trial.require_code(second, ErrorCode.BUSY)
        trial.end(first)
        trial.require_code(first, ErrorCode.OK)
        right = first.reply is not None and trial.chain.user.is_right(first.reply)
        trial.require(right, "the first client's object was not lifted")
        trial.require_arm_still()
    trial.recover()


def _many(trial: Trial) -> None:
    chain = trial.chain
    worker = chain.worker_pid() or 0
    watched = {"perception": chain.pid(PERCEPTION), "model worker": worker}
    used_kib: dict[str, list[float]] = {name: [] for name in watched}
    trial.fault()
    wrong = 0
    for _ in range(_WARM_UP + _IN_A_ROW):
        attempt = trial.ask()
        wrong += attempt.reply is None or not chain.user.is_right(attempt.reply)
        for name, pid in watched.items():
            used_kib[name].append(own_kib(pid))
    trial.require(not wrong, f"{wrong} answers were wrong")
    for name, series in used_kib.items():
        growth_kib = slope(series[_WARM_UP:])
        trial.say(f"{name} {series[-1] / 1024:.0f} MiB, {growth_kib:+.1f} KiB a command")
        trial.require(growth_kib <= _GROWTH_KIB, f"the memory of {name} grows")
    trial.require_arm_still()
    trial.fault()
    trial.recover()


def slope(series: list[float]) -> float:
    """Return by how much a series grows from one value to the next, fitted by least squares."""
    return float(np.polyfit(np.arange(len(series)), series, 1)[0])
