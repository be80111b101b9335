"""At most one job at a time, which others can halt and whose end they can wait for."""

from __future__ import annotations

import threading


class OneJob:
    """Whether a job runs and whether it was asked to halt; safe between threads.

    Beginning, halting and closing are one step each: a job either begins before and is halted, or
    does not begin, and none takes back what another was asked for.
    """

    def __init__(self) -> None:
        """Start idle."""
        self._changed = threading.Condition()
        self._running = False
        self._halted = False
        self._closed = False
        self._count = 0

    def try_begin(self) -> bool:
        """Begin a job where none runs and none is refused."""
        with self._changed:
            if self._running or self._closed:
                return False
            self._running, self._halted = True, False
            self._count += 1
            return True

    def end(self) -> None:
        """End the job; the next may begin."""
        with self._changed:
            self._running = False
            self._changed.notify_all()

    def is_free(self) -> bool:
        """Return whether a job may begin."""
        with self._changed:
            return not (self._running or self._closed)

    def is_running(self) -> bool:
        """Return whether a job runs."""
        return self._running

    def is_halted(self) -> bool:
        """Return whether the job that runs was asked to halt."""
        return self._halted

    def is_closed(self) -> bool:
        """Return whether jobs are refused, whether or not one runs."""
        return self._closed

    def ask_to_halt(self) -> bool:
        """Ask the job that runs to halt, without waiting; return whether there is one."""
        with self._changed:
            self._halted |= self._running
            return self._running

    def halt(self, timeout_s: float) -> bool:
        """Ask the job that runs to halt, and return whether it ended in time.

        A job that begins later is not touched, and not waited for.
        """
        with self._changed:
            return self._halt(timeout_s)

    def close(self, timeout_s: float) -> bool:
        """Refuse jobs from now on, halt the one that runs, and return whether it ended in time."""
        with self._changed:
            self._closed = True
            return self._halt(timeout_s)

    def open(self) -> None:
        """Let jobs begin again; nobody counts as halted then but one that still runs."""
        with self._changed:
            self._closed = False
            self._halted &= self._running

    def _halt(self, timeout_s: float) -> bool:
        """Do what `halt` says; the lock is held, and let go of while it waits."""
        self._halted = True
        job = self._count
        return self._changed.wait_for(lambda: not self._running or self._count != job, timeout_s)
