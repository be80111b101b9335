"""Processes that end when the one that started them has ended, even if that one was killed.

A child holds the read end of a pipe and its parent the only write end, which the system closes
with the parent. So it does not matter which thread started the child, or how the parent ended.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import runpy
import select
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Sequence
from typing import Any

END_TIMEOUT_S = 10.0
"""How long a process has for its orderly end before it is killed with its process group."""

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def start_with_parent(arguments: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
    """Start Python in a child that ends with this process: by SIGTERM, then by SIGKILL.

    Args:
        arguments: of the interpreter: `-m MODULE`, `-c CODE` or FILE, and arguments of that.
        options: of `subprocess.Popen`; the child's standard input is not free.

    Returns:
        The child; it ends, too, where this is held no longer.
    """
    read_end, write_end = os.pipe()
    try:
        command = [sys.executable, "-m", __name__, *arguments]
        process = subprocess.Popen(command, stdin=read_end, **options)
    except BaseException:
        os.close(write_end)
        raise
    finally:
        os.close(read_end)
    weakref.finalize(process, os.close, write_end)
    return process


def end_with(descriptor: int) -> None:
    """Let this process end once the other end of a pipe is closed, also where it is stopped then.

    Args:
        descriptor: read end of a pipe to which nobody writes.
    """
    if sys.platform == "linux":
        # A stopped process can't see the pipe; going on is all that this signal makes one do.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGCONT)
    threading.Thread(target=_wait_and_end, args=(descriptor,), name="parent", daemon=True).start()


def end_with_parent() -> None:
    """Let this process, which `multiprocessing` started, end with the one that started it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        end_with(parent.sentinel)


def _wait_and_end(descriptor: int) -> None:
    poll = select.poll()
    poll.register(descriptor, 0)  # tells of the end alone
    poll.poll()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(END_TIMEOUT_S)
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Run what the arguments name, as the interpreter would, until standard input ends."""
    end_with(sys.stdin.fileno())
    kind, *arguments = sys.argv[1:]
    if kind == "-m":
        sys.argv = arguments
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
    elif kind == "-c":
        sys.argv = [kind, *arguments[1:]]
        exec(compile(arguments[0], "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102
    else:
        sys.argv = [kind, *arguments]
        runpy.run_path(kind, run_name="__main__")


if __name__ == "__main__":
    main()
