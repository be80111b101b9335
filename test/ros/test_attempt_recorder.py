"""Recording in the background: nothing of it reaches who records."""

import errno
import os
import resource
import threading
import time

import pytest
from attempts import attempt_at
from fake_engines import FakeEngine

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.ros.recording import attempt_recorder
from rt_grasp_ros.ros.recording.attempt_file import read_attempt
from rt_grasp_ros.ros.recording.attempt_recorder import AttemptRecorder, RecordingPlace

pytestmark = pytest.mark.ros

ATTEMPT = attempt_at("grasp the box", FakeEngine())


@pytest.fixture
def failures():
    return []


@pytest.fixture
def recorder(failures):
    recorder = AttemptRecorder(failures.append)
    yield recorder
    recorder.close(60.0)


def wait_for(recorder, **state):
    deadline_s = time.monotonic() + 60.0
    while any(getattr(recorder.state, name) != value for name, value in state.items()):
        assert time.monotonic() < deadline_s, recorder.state
        time.sleep(0.01)


def test_each_attempt_is_a_file_of_its_own(recorder, failures, tmp_path):
    folder = tmp_path / "made" / "for it"
    for _ in range(3):
        recorder.record(ATTEMPT, RecordingPlace(folder, 100))
    assert recorder.close(60.0)
    paths = sorted(folder.iterdir())
    assert len(paths) == 3
    assert recorder.state == attempt_recorder.RecorderState(3, 0, paths[-1], None)
    for path in paths:
        assert read_attempt(path).request == ATTEMPT.request
    assert failures == []


@pytest.fixture
def full_disk():
    """Let the kernel refuse files of more than 20 kB, as it refuses all on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_reported_once_until_there_is_room_again(
    recorder, failures, tmp_path, request
):
    place = RecordingPlace(tmp_path, 100)
    request.getfixturevalue("full_disk")
    for lost in (1, 2):
        recorder.record(ATTEMPT, place)
        wait_for(recorder, lost=lost)
    (failure,) = failures
    assert failure.code is ErrorCode.RECORDING_FAILED
    assert str(tmp_path) in failure.message
    assert "File too large" in failure.message
    assert recorder.state.failure is not None
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    recorder.record(ATTEMPT, place)
    wait_for(recorder, recorded=1, lost=2, failure=None)
    assert read_attempt(recorder.state.newest).request == ATTEMPT.request
    assert len(failures) == 1


def test_no_space_on_the_device(recorder, failures, tmp_path, monkeypatch):
    def write_attempt(stream, attempt):
        full = os.open("/dev/full", os.O_WRONLY)
        try:
            os.write(full, b"attempt")
        finally:
            os.close(full)

    monkeypatch.setattr(attempt_recorder, "write_attempt", write_attempt)
    recorder.record(ATTEMPT, RecordingPlace(tmp_path, 100))
    wait_for(recorder, lost=1)
    assert "No space left on device" in failures[0].message
    assert not any(tmp_path.iterdir()), "an empty file was left"


def test_a_disk_that_says_only_at_the_end_that_it_is_full(
    recorder, failures, tmp_path, monkeypatch
):
    def fsync(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(attempt_recorder.os, "fsync", fsync)
        recorder.record(ATTEMPT, RecordingPlace(tmp_path, 100))
        wait_for(recorder, lost=1)
    assert "No space left on device" in failures[0].message


def test_a_folder_that_cannot_be_made(recorder, failures, tmp_path):
    (tmp_path / "file").touch()
    recorder.record(ATTEMPT, RecordingPlace(tmp_path / "file" / "folder", 100))
    wait_for(recorder, lost=1)
    assert "Not a directory" in failures[0].message


def test_a_defect_does_not_end_the_thread(recorder, failures, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(attempt_recorder, "write_attempt", lambda stream, attempt: 1 / 0)
        recorder.record(ATTEMPT, RecordingPlace(tmp_path, 100))
        wait_for(recorder, lost=1)
    assert "ZeroDivisionError" in failures[0].message
    recorder.record(ATTEMPT, RecordingPlace(tmp_path, 100))
    wait_for(recorder, recorded=1)


def test_a_disk_that_hangs_delays_nobody(recorder, failures, tmp_path, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(attempt_recorder, "write_attempt", lambda *_: go_on.wait(60.0))
    place = RecordingPlace(tmp_path, 100)
    start_s = time.monotonic()
    for _ in range(10):
        recorder.record(ATTEMPT, place)
    assert time.monotonic() - start_s < 10.0
    assert recorder.state.lost >= 5
    assert "wait for the disk" in failures[0].message
    assert len(failures) == 1
    assert not recorder.close(0.1)
    go_on.set()
    wait_for(recorder, recorded=10 - recorder.state.lost)


def test_the_oldest_attempts_make_room(recorder, tmp_path):
    other = tmp_path / "notes.mcap"
    other.write_bytes(bytes(5_000_000))
    for count in range(1, 9):
        recorder.record(ATTEMPT, RecordingPlace(tmp_path, 1))
        wait_for(recorder, recorded=count)
    attempts = sorted(tmp_path.glob("attempt_*.mcap"))
    size_bytes = attempts[0].stat().st_size
    assert len(attempts) == 1_000_000 // size_bytes < 8
    assert attempts[-1] == recorder.state.newest
    assert other.exists()
