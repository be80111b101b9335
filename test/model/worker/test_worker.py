"""A model in a process of its own answers, streams, is cancelled and held to its deadlines."""

import threading
import time

import pytest
from asked_worker import GOOD, ask, wait_for

from rt_grasp_ros.grasp.errors import (
    AnswerCancelled,
    AnswerGarbled,
    ModelError,
    ModelNotLoaded,
    ModelTimeout,
)
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.model.worker.worker import ModelWorker


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
