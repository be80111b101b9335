import os
import pickle
import time

import numpy as np
import pytest

from rt_grasp_ros.grasp.errors import (
    AnswerGarbled,
    CheckpointInvalid,
    ModelError,
    ModelNotLoaded,
    ModelTimeout,
    ModelWorkerDied,
    ObjectNotFound,
    OpeningTooWide,
)
from rt_grasp_ros.model.worker import EngineSource, ModelWorker

IMAGE = np.zeros((48, 64, 3), np.uint8)
GOOD = EngineSource("fake_engines:well_behaved", {"opening_fraction": 0.25})


@pytest.fixture(scope="module")
def worker():
    worker = ModelWorker(GOOD, load_timeout_s=60.0, max_restarts=1)
    worker.start()
    yield worker
    worker.stop()


def ask(worker, command, timeout_s=60.0, **options):
    return worker.answer(IMAGE, command, 2, timeout_s, **options)


def test_answers_and_streams_the_reasoning(worker):
    heard = []
    answers = ask(worker, "grasp the mug", on_text=heard.append)
    assert [answer.rectangle.opening_px for answer in answers] == [16.0, 16.0]
    assert heard == ["It lies", "It lies in the middle."]


def test_the_engines_own_error_comes_through_with_its_data(worker):
    with pytest.raises(AnswerGarbled) as caught:
        ask(worker, "garbled")
    assert caught.value.answer == "lorem ipsum 0.5 0."
    assert "lorem ipsum" in caught.value.message


def test_a_fault_in_the_engine_becomes_a_sentence_and_the_worker_lives_on(worker):
    with pytest.raises(ModelError, match="ZeroDivisionError"):
        ask(worker, "fault")
    assert ask(worker, "again")


def test_a_hanging_model_misses_its_deadline_and_is_replaced(worker):
    start_s = time.monotonic()
    with pytest.raises(ModelTimeout, match="send the command again"):
        ask(worker, "hang", timeout_s=0.3)
    assert time.monotonic() - start_s < 2.0
    assert ask(worker, "again")


def test_a_model_that_dies_is_noticed_at_once_and_replaced(worker):
    start_s = time.monotonic()
    with pytest.raises(ModelWorkerDied, match="exit code 7"):
        ask(worker, "crash", timeout_s=60.0)
    assert time.monotonic() - start_s < 5.0
    assert ask(worker, "again")


def test_a_model_that_keeps_dying_is_given_up(worker):
    for _ in range(2):
        with pytest.raises(ModelWorkerDied):
            ask(worker, "crash")
    with pytest.raises(ModelNotLoaded, match="2 times in a row"):
        ask(worker, "grasp the mug")
    worker.start()
    assert ask(worker, "grasp the mug")


@pytest.mark.parametrize(
    "factory, error, load_timeout_s",
    [
        ("fake_engines:no_checkpoint", CheckpointInvalid, 60.0),
        ("fake_engines:never_loads", ModelTimeout, 0.5),
        ("fake_engines:crashes_on_load", ModelWorkerDied, 60.0),
        ("no_such_module:load", ModelError, 60.0),
    ],
)
def test_an_engine_that_does_not_load_is_reported(factory, error, load_timeout_s):
    worker = ModelWorker(EngineSource(factory), load_timeout_s=load_timeout_s, max_restarts=0)
    with pytest.raises(error):
        worker.start()
    with pytest.raises(ModelNotLoaded, match="configure"):
        ask(worker, "grasp the mug")


def test_commands_do_not_end_a_model_that_is_still_being_started_anew(tmp_path):
    source = EngineSource("fake_engines:slow_at_first", {"flag": str(tmp_path / "loaded")})
    worker = ModelWorker(source, load_timeout_s=60.0, max_restarts=1)
    worker.start()
    with pytest.raises(ModelWorkerDied):
        ask(worker, "crash")
    for _ in range(3):
        with pytest.raises(ModelTimeout, match="still being started"):
            ask(worker, "grasp the mug", timeout_s=0.01)
    assert ask(worker, "grasp the mug")
    worker.stop()


def test_a_worker_that_was_stopped_answers_no_more():
    worker = ModelWorker(GOOD)
    worker.start()
    worker.stop()
    worker.stop()
    with pytest.raises(ModelNotLoaded):
        ask(worker, "grasp the mug")


def test_the_model_runs_in_another_process(worker):
    assert worker._child.process.pid != os.getpid()


@pytest.mark.parametrize(
    "error", [AnswerGarbled("words"), ObjectNotFound("nothing there"), OpeningTooWide(0.1, 0.08)]
)
def test_errors_keep_sentence_code_and_data_between_processes(error):
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.message, copy.code) == (type(error), error.message, error.code)
    assert vars(copy) == vars(error)
