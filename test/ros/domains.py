"""ROS domains for the tests: no test hears what an earlier one, or another run, left behind."""

import fcntl
import os
import tempfile
from pathlib import Path

_COUNT = 100  # of 1 to 100: the ports of higher ones may be taken by anybody on Linux
_held = None
_newest = os.getpid() % _COUNT


def take_domain():
    """Put nodes and processes that are made from now on into a domain that nobody else is in.

    Destroyed nodes stay in the graph for as long as anything still holds a part of them, so each
    file of tests, and each world of a single test, begins elsewhere. The file lock keeps other
    runs on this machine out.
    """
    global _held, _newest
    for _ in range(_COUNT):
        _newest = _newest % _COUNT + 1
        path = Path(tempfile.gettempdir(), f"rt_grasp_test_domain_{_newest}_{os.getuid()}")
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        if _held is not None:
            os.close(_held)
        _held = lock
        os.environ["ROS_DOMAIN_ID"] = str(_newest)
        return
    raise RuntimeError("other runs of the tests hold every ROS domain; wait for them to end")
