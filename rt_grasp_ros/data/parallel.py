"""Work for several processes at once."""

from __future__ import annotations

import copy
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from ..grasp.errors import RtGraspError
from ..with_parent import end_with_parent

Job = TypeVar("Job")
Result = TypeVar("Result")


class WorkerLost(RtGraspError):
    """A working process ended before its work was done."""

    def __init__(self) -> None:
        super().__init__(
            "A working process was killed, most often for want of memory; run the command again "
            "with fewer --processes, it goes on where it was."
        )


def run_all(
    work: Callable[[Job], Result],
    jobs: Sequence[Job],
    processes: int,
    set_up: Callable[[], None] | None = None,
) -> Iterator[Result]:
    """Yield the results as they come; Ctrl-C ends the workers.

    Args:
        work: a function of a module, or a partial of one.
        jobs: values that can be pickled.
        processes: how many work at once; one works here, in the jobs' order.
        set_up: called once in each process before it works, where there are jobs; like `work`.

    Raises:
        WorkerLost: a working process was killed.
        Exception: whatever the work raises; a RuntimeError that tells of it, where what another
            process raised can't be made again here.
    """
    if min(processes, len(jobs)) <= 1:
        if jobs and set_up is not None:
            set_up()
        yield from map(work, jobs)
        return
    # Spawned, not forked: the parent may hold an OpenGL context and an engine's threads.
    with ProcessPoolExecutor(
        min(processes, len(jobs)), multiprocessing.get_context("spawn"), _begin, (set_up,)
    ) as pool:
        waiting = [pool.submit(_do, work, job) for job in jobs]
        try:
            for done in as_completed(waiting):
                yield done.result()
        except BrokenProcessPool as error:
            raise WorkerLost from error
        finally:
            # `shutdown(cancel_futures=True)` cancels none where the pool is deleted soon after.
            for one in waiting:
                one.cancel()


def _do(work: Callable[[Job], Result], job: Job) -> Result:
    """Work, and raise only what reaches the parent: another exception breaks the pool there."""
    try:
        return work(job)
    except Exception as error:
        try:
            copy.copy(error)
        except Exception:
            raise RuntimeError(f"{type(error).__name__}: {error}") from error
        raise


def _begin(set_up: Callable[[], None] | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends this one
    end_with_parent()  # a pool whose parent was killed waits for work for ever
    if set_up is not None:
        set_up()
