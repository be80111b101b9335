import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from benchmarks.faults.pids import is_running
from rt_grasp_ros.data.parallel import WorkerLost, run_all


def double(number):
    return 2 * number, os.getpid()


def test_one_process_works_here_and_in_order():
    assert list(run_all(double, [3, 1, 2], 1)) == [(n, os.getpid()) for n in (6, 2, 4)]
    assert list(run_all(double, [], 4)) == []


def test_several_processes_do_all_of_it_elsewhere():
    results = list(run_all(double, range(6), 2))
    assert sorted(number for number, _ in results) == [0, 2, 4, 6, 8, 10]
    assert os.getpid() not in {pid for _, pid in results}


def die(_number):
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_worker_is_reported_and_nothing_hangs():
    with pytest.raises(WorkerLost, match="fewer --processes"):
        list(run_all(die, range(3), 2))


class Unsendable(ValueError):
    """Can't be made again from its text alone, as those of many libraries."""

    def __init__(self, part, whole):
        super().__init__(f"{part} of {whole}")


def fail(number):
    raise Unsendable(number, "all")


@pytest.mark.parametrize("processes", [1, 2])
def test_what_goes_wrong_in_a_worker_is_told_as_what_it_is(processes):
    with pytest.raises((Unsendable, RuntimeError), match="of all"):
        list(run_all(fail, range(3), processes))


def leave_a_trace(folder, number):
    (folder / str(number)).touch()
    time.sleep(0.1)


def test_who_is_stopped_leaves_nobody_at_work(tmp_path):
    results = run_all(partial(leave_a_trace, tmp_path), range(400), 2)
    next(results)
    results.close()  # as Ctrl-C does
    done = len(list(tmp_path.iterdir()))
    time.sleep(1.0)
    assert len(list(tmp_path.iterdir())) == done < 300


PARENT = """
import sys, time
from functools import partial
from rt_grasp_ros.data.parallel import run_all
sys.path[:0] = [PATH]
from test_parallel import leave_a_pid

if __name__ == "__main__":
    list(run_all(partial(leave_a_pid, sys.argv[1]), range(2), 2))
"""


def leave_a_pid(folder, number):
    Path(folder, f"{os.getpid()}").touch()
    time.sleep(600.0)


def test_workers_end_with_a_process_that_was_killed(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(PARENT.replace("PATH", repr(str(Path(__file__).parent))))
    folder = tmp_path / "pids"
    folder.mkdir()
    root = str(Path(__file__).parents[2])
    parent = subprocess.Popen(
        [sys.executable, str(script), str(folder)], env=os.environ | {"PYTHONPATH": root}
    )
    wait_until(lambda: len(list(folder.iterdir())) == 2 or parent.poll() is not None)
    parent.kill()
    parent.wait()
    workers = [int(path.name) for path in folder.iterdir()]
    assert len(workers) == 2
    wait_until(lambda: not any(map(is_running, workers)))


def wait_until(is_true):
    deadline_s = time.monotonic() + 60.0
    while not is_true():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


READY_IN = []


def note_process():
    READY_IN.append(os.getpid())


def ready_in(_number):
    return READY_IN, os.getpid()


@pytest.mark.parametrize("processes", [1, 2])
def test_every_process_is_set_up_once_before_it_works(processes):
    READY_IN.clear()
    for ready, pid in run_all(ready_in, range(4), processes, note_process):
        assert ready == [pid]


def test_without_work_nothing_is_set_up():
    READY_IN.clear()
    assert list(run_all(ready_in, [], 1, note_process)) == []
    assert not READY_IN
