"""Records attempts in the background: whatever happens to a recording, no pick notices."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ...grasp.errors import RecordingFailed
from .attempt import Attempt
from .attempt_file import write_attempt

_WAITING_ATTEMPTS = 4
_PREFIX, _SUFFIX = "attempt_", ".mcap"
_BYTES_PER_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class RecordingPlace:
    """Where attempts go.

    Attributes:
        folder: made if it is not there.
        max_mb: how many megabytes of attempts it may hold; the oldest are deleted beyond that.
    """

    folder: Path
    max_mb: int


@dataclass(frozen=True, slots=True)
class RecorderState:
    """How recording goes.

    Attributes:
        recorded: attempts written so far.
        lost: attempts that were not.
        newest: file of the newest attempt.
        failure: why the newest attempt was lost; None where it was not.
    """

    recorded: int = 0
    lost: int = 0
    newest: Path | None = None
    failure: RecordingFailed | None = None


class AttemptRecorder:
    """Writes each attempt into a file of its own, in a thread of its own."""

    def __init__(self, on_failure: Callable[[RecordingFailed], None]) -> None:
        """Start the thread; it waits.

        Args:
            on_failure: told once when recording begins to fail, from any thread.
        """
        self._on_failure = on_failure
        self._waiting: queue.Queue[tuple[Attempt, RecordingPlace] | None] = queue.Queue(
            _WAITING_ATTEMPTS
        )
        self._lock = threading.Lock()
        self._state = RecorderState()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def state(self) -> RecorderState:
        """How recording goes."""
        with self._lock:
            return self._state

    def record(self, attempt: Attempt, place: RecordingPlace) -> None:
        """Take an attempt to write; returns at once and raises nothing.

        Args:
            attempt: nothing in it may change any more.
            place: where it goes.
        """
        try:
            self._waiting.put_nowait((attempt, place))
        except queue.Full:
            self._note_lost(
                RecordingFailed(
                    place.folder,
                    f"{_WAITING_ATTEMPTS} attempts wait for the disk",
                    "name a faster disk in record_dir",
                )
            )

    def close(self, timeout_s: float) -> bool:
        """Write what waits, and return whether that was done in time; takes no more."""
        try:
            self._waiting.put(None, timeout=timeout_s)
        except queue.Full:
            return False
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            attempt, place = waiting
            try:
                path = _write_file(attempt, place)
            except OSError as error:
                self._note_lost(
                    RecordingFailed(
                        place.folder,
                        error.strerror or type(error).__name__,
                        "make room there, or name another folder in record_dir",
                    )
                )
            except Exception as error:
                self._note_lost(
                    RecordingFailed(
                        place.folder, f"{type(error).__name__}: {error}", "report this defect"
                    )
                )
            else:
                with self._lock:
                    recorded = self._state.recorded + 1
                    self._state = replace(self._state, recorded=recorded, newest=path, failure=None)

    def _note_lost(self, failure: RecordingFailed) -> None:
        with self._lock:
            is_new = self._state.failure is None
            self._state = replace(self._state, lost=self._state.lost + 1, failure=failure)
        if is_new:
            self._on_failure(failure)


def _write_file(attempt: Attempt, place: RecordingPlace) -> Path:
    """Write an attempt, then delete the oldest ones that are too many; raises `OSError`."""
    folder = place.folder.expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}{_SUFFIX}"
    try:
        with path.open("xb") as stream:
            write_attempt(stream, attempt)
            os.fsync(stream.fileno())  # a full disk may say so only now
    except OSError:
        if path.exists() and path.stat().st_size == 0:
            path.unlink()
        raise
    _delete_oldest(folder, place.max_mb, keep=path)
    return path


def _delete_oldest(folder: Path, max_mb: int, keep: Path) -> None:
    paths = sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}"))  # by name: by time
    sizes_bytes = {path: path.stat().st_size for path in paths}
    total_bytes = sum(sizes_bytes.values())
    for path, size_bytes in sizes_bytes.items():
        if total_bytes <= max_mb * _BYTES_PER_MB:
            return
        if path != keep:
            path.unlink(missing_ok=True)
            total_bytes -= size_bytes
