"""Children whose parent was killed are gone soon; what they may do before is theirs."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.faults.pids import is_running
from rt_grasp_ros.with_parent import start_with_parent

PARENT = """
import sys, threading, time
sys.path[:0] = PATHS
from rt_grasp_ros.with_parent import start_with_parent

started = []
starter = threading.Thread(target=lambda: started.append(start_with_parent(ARGUMENTS)))
starter.start()
starter.join()  # the thread that started it is gone, the process is not
print(started[0].pid, flush=True)
time.sleep(600)
"""


def wait_until(is_true, why):
    deadline_s = time.monotonic() + 60.0
    while not is_true():
        assert time.monotonic() < deadline_s, why
        time.sleep(0.02)


@pytest.fixture
def family():
    """Start parents, and return each with the process id of its child."""
    parents, children = [], []

    def start(*arguments):
        paths = [str(Path(__file__).parents[1])]
        program = PARENT.replace("PATHS", repr(paths)).replace("ARGUMENTS", repr(arguments))
        parents.append(
            subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        )
        children.append(int(parents[-1].stdout.readline()))
        return parents[-1], children[-1]

    yield start
    for parent in parents:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    for child in filter(is_running, children):
        os.kill(child, signal.SIGKILL)


LOOP = """
import pathlib, signal, sys
signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path(sys.argv[1]).write_text("told"), sys.exit()))
pathlib.Path(sys.argv[1]).write_text("runs")
while True: pass
"""


@pytest.mark.parametrize("is_stopped", [False, True])
def test_a_child_is_told_of_its_parents_end_and_ends(family, tmp_path, is_stopped):
    note = tmp_path / "note"
    parent, child = family("-c", LOOP, str(note))
    wait_until(lambda: note.exists() and note.read_text() == "runs", "the child did not start")
    if is_stopped:
        os.kill(child, signal.SIGSTOP)
    parent.kill()
    wait_until(lambda: not is_running(child), "the child outlived its parent")
    assert note.read_text() == "told"


DEAF = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sys.modules["__main__"].END_TIMEOUT_S = 0.3
pathlib.Path(sys.argv[1]).write_text("runs")
time.sleep(600)
"""


def test_a_child_that_does_not_listen_is_killed(family, tmp_path):
    note = tmp_path / "note"
    parent, child = family("-c", DEAF, str(note))
    wait_until(note.exists, "the child did not start")
    parent.kill()
    wait_until(lambda: not is_running(child), "the child outlived its parent")


def test_a_child_outlives_the_thread_that_started_it(family, tmp_path):
    note = tmp_path / "note"
    parent, child = family("-c", LOOP, str(note))
    wait_until(lambda: note.exists() and note.read_text() == "runs", "the child did not start")
    assert is_running(child)
    assert parent.poll() is None


def test_a_module_runs_as_the_interpreter_would_run_it(tmp_path):
    (tmp_path / "says.py").write_text(
        "import sys, multiprocessing\n"
        "if __name__ == '__main__':\n"
        "    print(sys.argv[1:], sys.modules['__main__'].__spec__.name)\n"
        "    sys.exit(3)\n"
    )
    root = str(Path(__file__).parents[1])
    process = start_with_parent(
        ["-m", "says", "--ros-args", "-p", "a:=1"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([root, str(tmp_path)])},
    )
    with process:
        assert process.stdout.read() == "['--ros-args', '-p', 'a:=1'] says\n"
        assert process.wait(60.0) == 3
