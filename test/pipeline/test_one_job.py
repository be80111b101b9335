"""One job at a time, between threads."""

import threading
import time

from rt_grasp_ros.pipeline.one_job import OneJob


def begun():
    job = OneJob()
    assert job.try_begin()
    return job


def test_a_second_job_has_to_wait_for_the_end_of_the_first():
    job = begun()
    assert not job.try_begin()
    job.end()
    assert job.try_begin()


def test_a_halt_is_for_the_job_that_runs_alone():
    job = begun()
    assert not job.halt(0.0)
    assert job.is_halted()
    job.end()
    assert job.try_begin()
    assert not job.is_halted()


def test_a_halt_waits_for_the_end_of_its_job_not_of_the_next():
    job = begun()

    def end_and_go_on():
        time.sleep(0.05)
        job.end()
        assert job.try_begin()

    follower = threading.Thread(target=end_and_go_on)
    follower.start()
    assert job.halt(30.0)
    follower.join()
    assert not job.is_halted()


def test_an_idle_one_is_halted_at_once_and_can_begin_again():
    job = OneJob()
    assert job.halt(30.0)
    assert job.try_begin()


def test_a_closed_one_begins_nothing():
    job = begun()
    assert not job.close(0.01)
    job.end()
    assert not job.try_begin()
    assert job.close(0.0)


def test_it_is_free_but_while_a_job_runs_and_once_closed():
    job = OneJob()
    assert job.is_free()
    job.try_begin()
    assert not job.is_free()
    job.end()
    assert job.is_free()
    job.close(0.0)
    assert not job.is_free()


def test_asking_to_halt_tells_whether_there_was_a_job():
    job = OneJob()
    assert not job.ask_to_halt()
    assert not job.is_halted()
    assert job.try_begin()
    assert job.ask_to_halt()
    assert job.is_halted() and job.is_running()


def test_what_was_closed_can_be_opened():
    job = begun()
    assert not job.is_closed()
    assert not job.close(0.0)
    assert job.is_closed() and job.is_halted()
    job.end()
    job.open()
    assert job.is_free() and not job.is_closed()
    assert job.try_begin()
    assert not job.is_halted()
