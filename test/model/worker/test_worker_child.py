"""The pipe to the model's process may be full, and the process goes with its parent."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from asked_worker import GOOD

from benchmarks.faults.pids import is_running
from rt_grasp_ros.grasp.errors import AnswerCancelled, ModelNotLoaded, ModelTimeout


def test_a_process_ends_with_its_parent(tmp_path):
    """Also where the parent is killed and the engine hangs."""
    pid_file = tmp_path / "pid"
    program = f"""
import sys, time
sys.path[:0] = {[str(Path(__file__).parents[1]), str(Path(__file__).parents[3])]!r}
if __name__ == "__main__":
    from rt_grasp_ros.model.worker.worker import ModelWorker
    from rt_grasp_ros.model.worker.worker_messages import EngineSource
    import numpy, pathlib, threading
    worker = ModelWorker(EngineSource("fake_engines:well_behaved"))
    worker.start(); worker.warm_up()
    image = numpy.zeros((48, 64, 3), numpy.uint8)
    threading.Thread(target=worker.answer, args=(image, "hang", 1, 60.0), daemon=True).start()
    time.sleep(0.3)
    pathlib.Path({str(pid_file)!r}).write_text(str(worker.pid))
    time.sleep(60)
"""
    script = tmp_path / "parent.py"
    script.write_text(program)
    parent = subprocess.Popen([sys.executable, str(script)])
    while not (pid_file.exists() and pid_file.read_text()):
        assert parent.poll() is None
        time.sleep(0.05)
    child_pid = int(pid_file.read_text())
    parent.kill()
    parent.wait()
    deadline_s = time.monotonic() + 60.0
    while is_running(child_pid):
        assert time.monotonic() < deadline_s, "the model outlived its node"
        time.sleep(0.05)


BIG_IMAGE = np.zeros((1080, 1920, 3), np.uint8)


@pytest.mark.parametrize(
    "timeout_s, is_cancelled, error",
    [(0.5, None, ModelTimeout), (60.0, lambda: True, AnswerCancelled)],
)
def test_a_stopped_process_that_reads_nothing_is_given_up(
    make_worker, timeout_s, is_cancelled, error
):
    """A picture does not fit into the pipe: writing it waits until the process reads."""
    worker = make_worker(GOOD, load_timeout_s=60.0)
    worker.start()
    worker.warm_up()
    pid, begin_s = worker.pid, time.monotonic()
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(error):
        worker.answer(BIG_IMAGE, "grasp the mug", 1, timeout_s, is_cancelled=is_cancelled)
    assert time.monotonic() - begin_s < 15.0
    assert worker.answer(BIG_IMAGE, "grasp the mug", 1, 60.0)
    assert worker.pid != pid


def test_stopping_ends_the_handing_over_of_a_picture(make_worker):
    worker = make_worker(GOOD, load_timeout_s=60.0)
    worker.start()
    worker.warm_up()
    os.kill(worker.pid, signal.SIGSTOP)
    stopper = threading.Timer(0.5, worker.stop)
    stopper.start()
    with pytest.raises(ModelNotLoaded, match="unloaded"):
        worker.answer(BIG_IMAGE, "grasp the mug", 1, 60.0)
    stopper.join()
