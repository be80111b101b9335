"""How the perception node is: model, commands, recording."""

from __future__ import annotations

import threading

from ...doctor.finding import Finding
from ...grasp.error_code import ErrorCode
from ...model.worker.worker import ModelWorker
from ...pipeline.command_outcome import CommandOutcome
from ..recording.attempt_recorder import RecorderState

_SHOWN_COMMAND = 80


def model_finding(worker: ModelWorker, is_active: bool) -> Finding:
    """Return whether the model answers.

    Args:
        worker: runs it.
        is_active: whether the node takes commands; a node that does not needs no model.
    """
    numbers = {"replaced": float(worker.replaced)}
    if worker.is_ready:
        message = f"ready, process {worker.pid}, replaced {worker.replaced} times"
        return Finding("model", "ok", message, numbers)
    if worker.pid is not None:
        return Finding("model", "note", f"being started, process {worker.pid}", numbers)
    if not is_active:
        return Finding("model", "note", "not loaded; configure and activate the node.", numbers)
    return Finding(
        "model",
        "wrong",
        "Its process ended too often and is not started again; look at the node's log, then clean "
        "up and configure the node.",
        numbers,
    )


def recorder_finding(state: RecorderState, folder: str) -> Finding:
    """Return how recording goes.

    Args:
        state: of the recorder.
        folder: where attempts are to go; empty where they are not wanted.
    """
    numbers = {"recorded": float(state.recorded), "lost": float(state.lost)}
    if not folder:
        return Finding("recorder", "ok", "off (record_dir is empty)", numbers)
    if state.failure is not None:
        return Finding("recorder", "wrong", state.failure.message, numbers)
    return Finding("recorder", "ok", f"{state.recorded} attempts written to {folder}", numbers)


class CommandHistory:
    """Counts commands and remembers how the last one ended; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = self._failed = 0
        self._last = "no command yet"

    def note(self, outcome: CommandOutcome) -> None:
        """Take the outcome of a command."""
        is_ok = outcome.error_code is ErrorCode.OK
        with self._lock:
            self._count += 1
            self._failed += not is_ok
            command = outcome.command[:_SHOWN_COMMAND]
            self._last = f"'{command}' ended with {outcome.error_code.name}"

    def finding(self, is_active: bool, is_busy: bool) -> Finding:
        """Return what the node does; a command that failed is no fault of the node.

        Args:
            is_active: whether it takes commands.
            is_busy: whether it carries one out.
        """
        with self._lock:
            numbers = {"commands": float(self._count), "failed": float(self._failed)}
            last = self._last
        if not is_active:
            return Finding("commands", "note", f"not active; {last}", numbers)
        return Finding("commands", "ok", f"{'busy' if is_busy else 'idle'}; {last}", numbers)
