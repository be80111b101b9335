import threading
import time

import pytest

from rt_grasp_ros.ros.rclpy_fixes.callback_threads import CallbackThreads

pytestmark = pytest.mark.ros

LONG_S = 60.0


@pytest.fixture
def threads():
    with CallbackThreads(2) as threads:
        yield threads


def test_a_task_has_begun_when_it_is_handed_over(threads):
    for _ in range(500):
        task = threads.submit(lambda: None)
        assert task.running() or task.done()
        task.result(LONG_S)


def test_its_result_and_its_failure_come_back(threads):
    assert threads.submit(max, 1, 2).result(LONG_S) == 2
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 / 0).result(LONG_S)


def test_where_all_are_busy_it_goes_on_soon_and_the_task_runs_later(threads):
    may_end = threading.Event()
    for _ in range(2):
        threads.submit(may_end.wait, LONG_S)
    start_s = time.monotonic()
    waiting = threads.submit(lambda: "ran")
    assert 0.04 < time.monotonic() - start_s < 10.0
    assert not waiting.done()
    may_end.set()
    assert waiting.result(LONG_S) == "ran"
