"""A process that dies, does not start or talks nonsense is replaced, or given up."""

import inspect
import os
import re
import signal
import threading
import time

import pytest
from asked_worker import GOOD, ask

from rt_grasp_ros.grasp.errors import (
    CheckpointInvalid,
    ModelError,
    ModelNotLoaded,
    ModelTimeout,
    ModelWorkerDied,
)
from rt_grasp_ros.model.worker import worker_child
from rt_grasp_ros.model.worker.worker import ModelWorker
from rt_grasp_ros.model.worker.worker_messages import EngineSource


def test_a_model_that_dies_is_noticed_at_once_and_replaced(worker):
    start_s, replaced = time.monotonic(), worker.replaced
    with pytest.raises(ModelWorkerDied, match="exit code 7"):
        ask(worker, "crash", timeout_s=60.0)
    assert time.monotonic() - start_s < 15.0
    assert ask(worker, "again")
    assert worker.replaced == replaced + 1


def test_a_process_is_replaced_three_times_in_a_row_where_nothing_else_is_said():
    assert inspect.signature(ModelWorker).parameters["max_restarts"].default == 3


def test_a_model_that_keeps_dying_is_given_up(worker):
    for _ in range(2):
        with pytest.raises(ModelWorkerDied):
            ask(worker, "crash")
    with pytest.raises(ModelNotLoaded, match=r"2 times in a row.*exit code 7"):
        ask(worker, "grasp the mug")
    assert worker.pid is None
    worker.start()
    assert ask(worker, "grasp the mug")


def test_a_model_killed_while_it_idles_loses_no_command(make_worker):
    reported = []
    worker = make_worker(GOOD, on_failure=reported.append)
    worker.start()
    worker.warm_up()
    for _ in range(2):
        pid = worker.pid
        os.kill(pid, signal.SIGKILL)
        assert ask(worker, "grasp the mug")
        assert worker.pid != pid
    assert [type(error) for error in reported] == [ModelWorkerDied] * 2
    assert "exit code -9" in reported[0].message


@pytest.mark.parametrize("phase", ["loading", "warming up", "prefill", "decoding"])
def test_a_model_killed_at_any_point_is_reported_and_replaced(make_worker, tmp_path, phase):
    flag, reported = tmp_path / "reached", []
    source = EngineSource("fake_engines:stalls_once", {"phase": phase, "flag": str(flag)})
    worker = make_worker(source, on_failure=reported.append, max_restarts=1)

    def kill():
        while not flag.exists():
            time.sleep(0.01)
        os.kill(worker.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    worker.start()
    worker.warm_up()
    heard = []
    if phase in ("prefill", "decoding"):
        with pytest.raises(ModelWorkerDied, match="exit code -9"):
            ask(worker, "grasp the mug", on_text=heard.append)
        assert heard == (["It"] if phase == "decoding" else [])
    killer.join()
    assert [type(error) for error in reported] == [ModelWorkerDied]
    assert ask(worker, "grasp the mug")


@pytest.mark.parametrize(
    "factory, error, load_timeout_s",
    [
        ("fake_engines:no_checkpoint", CheckpointInvalid, 60.0),
        ("fake_engines:fails_to_warm_up", CheckpointInvalid, 60.0),
        ("fake_engines:never_loads", ModelTimeout, 0.5),
        ("fake_engines:never_warms_up", ModelTimeout, 4.0),
        ("fake_engines:crashes_on_load", ModelWorkerDied, 60.0),
        ("no_such_module:load", ModelError, 60.0),
    ],
)
def test_an_engine_that_does_not_start_is_reported(make_worker, factory, error, load_timeout_s):
    worker = make_worker(EngineSource(factory), load_timeout_s=load_timeout_s, max_restarts=1)
    with pytest.raises(error):
        worker.start()
        worker.warm_up()
    with pytest.raises((ModelNotLoaded, error)):
        ask(worker, "grasp the mug")
    assert worker.pid is None


def test_a_slow_start_is_told_of(make_worker):
    heard = []
    worker = make_worker(EngineSource("fake_engines:never_loads"), load_timeout_s=5.0)
    with pytest.raises(ModelTimeout, match="model_load_timeout_s"):
        worker.start(heard.append)
    assert re.match(r"loading the model, [2-9] s so far", heard[0])
    assert 1 <= len(heard) <= 2  # every other second


def test_commands_do_not_end_a_model_that_is_still_being_started_anew(make_worker, tmp_path):
    source = EngineSource("fake_engines:slow_at_first", {"flag": str(tmp_path / "loaded")})
    worker = make_worker(source, load_timeout_s=60.0, max_restarts=1)
    worker.start()
    with pytest.raises(ModelWorkerDied):
        ask(worker, "crash")
    for _ in range(3):
        with pytest.raises(ModelTimeout, match="still being started"):
            ask(worker, "grasp the mug", timeout_s=0.01)
    assert ask(worker, "grasp the mug")


class NoMemory(worker_child._SPAWN.Process):
    def start(self):
        raise OSError(12, "Cannot allocate memory")


def test_a_process_that_can_not_be_replaced_is_not_ready(make_worker, monkeypatch):
    reported = []
    worker = make_worker(GOOD, load_timeout_s=60.0, on_failure=reported.append)
    worker.start()
    worker.warm_up()
    with monkeypatch.context() as patch:
        patch.setattr(worker_child._SPAWN, "Process", NoMemory)
        os.kill(worker.pid, signal.SIGKILL)
        deadline_s = time.monotonic() + 20.0
        while worker.is_ready or len(reported) < 2:
            assert time.monotonic() < deadline_s
            time.sleep(0.01)
        assert worker.pid is None
        with pytest.raises(ModelNotLoaded, match=r"Cannot allocate memory.*free memory"):
            ask(worker, "grasp the mug")
        assert not worker.is_ready
    assert [type(error) for error in reported] == [ModelWorkerDied, ModelNotLoaded]
    assert ask(worker, "grasp the mug")  # memory is back
    assert worker.is_ready


def test_a_first_process_that_can_not_be_started_is_reported(make_worker, monkeypatch):
    worker = make_worker(GOOD, load_timeout_s=60.0)
    with monkeypatch.context() as patch:
        patch.setattr(worker_child._SPAWN, "Process", NoMemory)
        with pytest.raises(ModelNotLoaded, match="Cannot allocate memory"):
            worker.start()
        with pytest.raises(ModelNotLoaded, match="configure"):
            ask(worker, "grasp the mug")
    worker.start()
    assert ask(worker, "grasp the mug")


def test_a_process_that_talks_nonsense_is_replaced(make_worker):
    worker = make_worker(EngineSource("fake_engines:talks_nonsense", {}), max_restarts=1)
    worker.start()
    worker.warm_up()
    with pytest.raises(ModelWorkerDied, match="can't be read"):
        ask(worker, "nonsense")
    assert ask(worker, "grasp the mug")


def test_a_listener_of_failures_that_fails_leaves_nothing_ready_behind(make_worker):
    def fail(error):
        raise RuntimeError("the log is gone")

    worker = make_worker(GOOD, load_timeout_s=60.0, on_failure=fail, max_restarts=0)
    worker.start()
    worker.warm_up()
    with pytest.raises(ModelWorkerDied):
        ask(worker, "crash")
    assert not worker.is_ready
