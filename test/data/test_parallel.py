import os
import signal

import pytest

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
