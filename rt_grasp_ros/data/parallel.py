"""Work for several processes at once."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


def run_all(work: Callable[[Job], Result], jobs: Sequence[Job], processes: int) -> Iterator[Result]:
    """Yield the results as they come; Ctrl-C ends the workers.

    Args:
        work: a function of a module, or a partial of one.
        jobs: values that can be pickled.
        processes: how many work at once; one works here, in the jobs' order.
    """
    if min(processes, len(jobs)) <= 1:
        yield from map(work, jobs)
        return
    context = multiprocessing.get_context("spawn")
    count = min(processes, len(jobs))
    with context.Pool(count, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        yield from pool.imap_unordered(work, jobs)
