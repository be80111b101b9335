"""Work for several processes at once."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from ..grasp.errors import RtGraspError

Job = TypeVar("Job")
Result = TypeVar("Result")


class WorkerLost(RtGraspError):
    """A working process ended before its work was done."""

    def __init__(self) -> None:
        super().__init__(
            "A working process was killed, most often for want of memory; run the command again "
            "with fewer --processes, it goes on where it was."
        )


def run_all(work: Callable[[Job], Result], jobs: Sequence[Job], processes: int) -> Iterator[Result]:
    """Yield the results as they come; Ctrl-C ends the workers.

    Args:
        work: a function of a module, or a partial of one.
        jobs: values that can be pickled.
        processes: how many work at once; one works here, in the jobs' order.

    Raises:
        WorkerLost: a working process was killed.
    """
    if min(processes, len(jobs)) <= 1:
        yield from map(work, jobs)
        return
    with ProcessPoolExecutor(
        min(processes, len(jobs)),
        multiprocessing.get_context("spawn"),
        signal.signal,
        (signal.SIGINT, signal.SIG_IGN),
    ) as pool:
        waiting = [pool.submit(work, job) for job in jobs]
        try:
            for done in as_completed(waiting):
                yield done.result()
        except BrokenProcessPool as error:
            raise WorkerLost from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
