"""Test runs in children that are forked from one process: what is imported once is there in all."""

from __future__ import annotations

import importlib
import math
import os
import resource
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_IMPORTED_ONCE = (
    "cv2",
    "hypothesis",
    "numpy",
    "pytest",
    "scipy.spatial.transform",
    "yaml",
    "pinocchio",
    "coal",
    "ompl",
    "toppra",
    "mujoco",
)
_POLL_S = 0.02


def import_once() -> None:
    """Import what tests need and nobody changes; what is not installed is left out."""
    for name in _IMPORTED_ONCE:
        with suppress(ImportError):
            importlib.import_module(name)


def run_tests(
    tree: Path,
    tests: Sequence[str],
    timeout_s: float,
    *,
    keep_bytecode: bool = False,
    log: Path = Path(os.devnull),
) -> int | None:
    """Run tests in a child and return pytest's exit code; None where they took too long.

    Args:
        tree: a copy of the checkout.
        tests: files or folders of it.
        timeout_s: after which the child and its children are killed.
        keep_bytecode: whether compiled files are left for later runs.
        log: gets what pytest says.
    """
    pid = os.fork()
    if pid == 0:
        _limit_time(timeout_s)
        _be_the_child(tree, tests, log, keep_bytecode=keep_bytecode)
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            _kill_group(pid)
            return os.waitstatus_to_exitcode(status)
        time.sleep(_POLL_S)
    _kill_group(pid)
    os.waitpid(pid, 0)
    return None


def _limit_time(timeout_s: float) -> None:
    """End this process and its children some time, also where nobody is left to do so."""
    cpu_s = math.ceil(timeout_s * (os.cpu_count() or 1))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))


def _be_the_child(tree: Path, tests: Sequence[str], log: Path, *, keep_bytecode: bool) -> None:
    code = 1
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for descriptor in (1, 2):
            os.dup2(written, descriptor)
        os.chdir(tree)
        sys.path.insert(0, str(tree))
        paths = [str(tree), os.environ.get("PYTHONPATH", "")]
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))  # of nodes in processes
        sys.dont_write_bytecode = not keep_bytecode
        import pytest

        arguments = ["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
        code = int(pytest.main([*arguments, *tests]))
    finally:
        os._exit(code)


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
