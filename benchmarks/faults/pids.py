"""What Linux says of a process."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def is_running(pid: int) -> bool:
    """Return whether a process runs; one that ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def worker_of(perception_pid: int) -> int | None:
    """Return the process id of the perception node's model worker, None while there is none."""
    for children in Path(f"/proc/{perception_pid}/task").glob("*/children"):
        with suppress(OSError):
            for pid in children.read_text().split():
                if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    return int(pid)
    return None


def own_kib(pid: int) -> float:
    """Return the main memory that a process shares with none; NaN where there is no such process.

    What DDS keeps in shared memory is left out: its pages count only once they were used.
    """
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return float(line.split()[1])
    return float("nan")
