"""What commands freed is handed back in the pauses between them."""

import subprocess
import sys
import threading
import time

import pytest

from rt_grasp_ros.ros.perception import malloc_thresholds
from rt_grasp_ros.ros.perception.malloc_thresholds import GiveBackInPauses


@pytest.fixture
def given_back(monkeypatch):
    times_s = []
    monkeypatch.setattr(
        malloc_thresholds, "give_freed_memory_back", lambda: times_s.append(time.monotonic())
    )
    return times_s


ARENAS = """
import ctypes, sys, tempfile, threading
from rt_grasp_ros.ros.perception.malloc_thresholds import keep_freed_pictures
keep_freed_pictures()
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
at_once = threading.Barrier(8)
def take():
    at_once.wait()
    library.malloc(ctypes.c_size_t(1 << 20))
    at_once.wait()
threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
library.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as told:
    stream = ctypes.c_void_p(library.fopen(told.name.encode(), b"w"))
    library.malloc_info(0, stream)
    library.fclose(stream)
    print(told.read().count(b"<heap nr="))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's malloc")
def test_threads_share_two_arenas():
    told = subprocess.run(
        [sys.executable, "-c", ARENAS], capture_output=True, text=True, check=True
    )
    assert 1 <= int(told.stdout) <= 2


def wait_for(count, times_s, timeout_s=5.0):
    deadline_s = time.monotonic() + timeout_s
    while len(times_s) < count and time.monotonic() < deadline_s:
        time.sleep(0.01)
    return len(times_s)


def test_commands_in_a_row_give_back_once_after_the_last(given_back):
    freed = GiveBackInPauses(pause_s=0.4)
    for _ in range(5):
        with freed.command():
            time.sleep(0.02)
        last_s = time.monotonic()
    assert given_back == []
    assert wait_for(1, given_back) == 1
    assert given_back[0] - last_s > 0.3
    time.sleep(0.6)
    assert len(given_back) == 1


def test_each_pause_gives_back(given_back):
    freed = GiveBackInPauses(pause_s=0.05)
    for count in (1, 2):
        with freed.command():
            pass
        assert wait_for(count, given_back) == count


def test_nothing_is_given_back_while_a_command_lasts_that_came_soon(given_back):
    freed = GiveBackInPauses(pause_s=0.1)
    with freed.command():
        pass
    with freed.command():
        time.sleep(0.4)
        assert given_back == []
    assert wait_for(1, given_back) == 1


def test_nothing_is_given_back_while_one_lasts_beside_which_another_was_turned_away(given_back):
    freed = GiveBackInPauses(pause_s=0.1)
    with freed.command():
        with freed.command():
            pass
        time.sleep(0.4)
        assert given_back == []
    assert wait_for(1, given_back) == 1


def test_a_command_that_fails_gives_back_too(given_back):
    freed = GiveBackInPauses(pause_s=0.05)
    with pytest.raises(RuntimeError), freed.command():
        raise RuntimeError
    assert wait_for(1, given_back) == 1


def test_a_process_that_ends_does_not_wait_for_it():
    freed = GiveBackInPauses(pause_s=60.0)
    with freed.command():
        pass
    timers = [one for one in threading.enumerate() if isinstance(one, threading.Timer)]
    assert timers and all(one.daemon for one in timers)
    for one in timers:
        one.cancel()
