import inspect
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.faults.pids import is_running
from rt_grasp_ros.grasp.errors import (
    AnswerCancelled,
    AnswerGarbled,
    CheckpointInvalid,
    ModelError,
    ModelNotLoaded,
    ModelTimeout,
    ModelWorkerDied,
    ObjectNotFound,
    OpeningTooWide,
)
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.model.worker import worker as worker_module
from rt_grasp_ros.model.worker import worker_child
from rt_grasp_ros.model.worker.worker import ModelWorker
from rt_grasp_ros.model.worker.worker_messages import EngineSource

IMAGE = np.zeros((48, 64, 3), np.uint8)
GOOD = EngineSource("fake_engines:well_behaved", {"opening_fraction": 0.25})


@pytest.fixture(scope="module")
def worker():
    worker = ModelWorker(GOOD, load_timeout_s=60.0, max_restarts=1)
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
def patience(monkeypatch):
    """Give a model that hears of its end between two words the time that a busy machine takes."""
    monkeypatch.setattr(worker_module, "_CANCEL_TIMEOUT_S", 60.0)


@pytest.fixture
def make_worker():
    made = []

    def make(source, **options):
        made.append(ModelWorker(source, **options))
        return made[-1]

    yield make
    for worker in made:
        worker.stop()


def ask(worker, command, timeout_s=60.0, **options):
    return worker.answer(IMAGE, command, 2, timeout_s, **options)


def test_answers_and_streams_the_reasoning(worker):
    heard = []
    answers = ask(worker, "grasp the mug", on_text=heard.append)
    assert [answer.rectangle.opening_px for answer in answers] == [16.0, 16.0]
    assert heard == ["It lies", "It lies in the middle."]


def test_earlier_turns_reach_the_engine(worker):
    answers = ask(worker, "higher", history=[Turn("grasp the mug", "I take it.")])
    assert "grasp the mug; higher" in answers[0].reasoning


def test_the_engines_own_error_comes_through_with_its_data(worker):
    with pytest.raises(AnswerGarbled) as caught:
        ask(worker, "garbled")
    assert caught.value.answer == "lorem ipsum 0.5 0."
    assert "lorem ipsum" in caught.value.message


def test_a_fault_in_the_engine_becomes_a_sentence_and_the_worker_lives_on(worker):
    pid = worker.pid
    with pytest.raises(ModelError, match="ZeroDivisionError"):
        ask(worker, "fault")
    assert ask(worker, "again")
    assert worker.pid == pid


def test_an_answer_is_cancelled_between_two_words_and_the_model_stays(worker, patience):
    heard, pid = [], worker.pid
    with pytest.raises(AnswerCancelled):
        ask(worker, "ramble", on_text=heard.append, is_cancelled=lambda: len(heard) >= 3)
    assert 3 <= len(heard) < 40
    assert ask(worker, "again")
    assert worker.pid == pid


def test_a_model_that_talks_past_its_deadline_is_stopped_and_stays(worker, patience):
    pid = worker.pid
    with pytest.raises(ModelTimeout, match="send the command again"):
        ask(worker, "ramble", timeout_s=0.3)
    assert ask(worker, "again")
    assert worker.pid == pid


def test_a_hanging_model_misses_its_deadline_and_is_replaced(worker):
    start_s, pid = time.monotonic(), worker.pid
    with pytest.raises(ModelTimeout, match="send the command again"):
        ask(worker, "hang", timeout_s=0.3)
    assert time.monotonic() - start_s < 15.0
    assert ask(worker, "again")
    assert worker.pid != pid


def test_a_hanging_model_can_be_cancelled(worker):
    with pytest.raises(AnswerCancelled):
        ask(worker, "hang", is_cancelled=lambda: True)
    assert ask(worker, "again")


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


def test_a_worker_that_was_stopped_answers_no_more():
    worker = ModelWorker(GOOD)
    worker.start()
    worker.stop()
    worker.stop()
    with pytest.raises(ModelNotLoaded, match="configure"):
        ask(worker, "grasp the mug")


def test_stopping_ends_an_answer_under_way(make_worker):
    worker = make_worker(GOOD)
    worker.start()
    heard = []
    stopper = threading.Thread(target=lambda: (wait_for(heard), worker.stop()))
    stopper.start()
    with pytest.raises(ModelNotLoaded, match="unloaded"):
        ask(worker, "ramble", on_text=heard.append)
    stopper.join()


def wait_for(heard):
    while not heard:
        time.sleep(0.01)


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


def test_a_listener_that_fails_does_not_shift_answers(worker):
    """Each answer belongs to its own question, also where nobody took the one before."""

    def fail(text):
        raise UnicodeEncodeError("utf-8", "\ud83d", 0, 1, "surrogates not allowed")

    for command in ("grasp the knife", "ramble"):
        with pytest.raises(UnicodeEncodeError):
            ask(worker, command, on_text=fail)
        for other in ("grasp the mug", "grasp the banana"):
            heard = []
            (answer, _) = ask(worker, other, on_text=heard.append)
            assert answer.reasoning == f"It lies in the middle ({other})."
            assert heard == ["It lies", "It lies in the middle."]


def test_an_answer_given_up_by_a_failing_listener_is_cancelled(worker, patience):
    """Nobody wants it: the next command does not wait for its end."""

    def fail(text):
        raise OSError("the topic is gone")

    pid = worker.pid
    with pytest.raises(OSError, match="the topic is gone"):
        ask(worker, "ramble", on_text=fail)
    assert ask(worker, "grasp the mug", timeout_s=20.0)
    assert worker.pid == pid


def test_what_is_said_can_be_written_as_utf_8(worker):
    heard = []
    (answer, _) = ask(worker, "halves", on_text=heard.append)
    assert heard == ["A", "A \N{GRINNING FACE} mug"]
    assert answer.reasoning == "A \N{GRINNING FACE} \N{REPLACEMENT CHARACTER}mug"
    for command in ("halves garbled", "halves fault"):
        with pytest.raises(ModelError) as caught:
            ask(worker, command)
        assert caught.value.message.encode("utf-8")


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


@pytest.mark.parametrize(
    "error", [AnswerGarbled("words"), ObjectNotFound("nothing there"), OpeningTooWide(0.1, 0.08)]
)
def test_errors_keep_sentence_code_and_data_between_processes(error):
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.message, copy.code) == (type(error), error.message, error.code)
    assert vars(copy) == vars(error)
